"""Pages of unknown sites read a second on one core, what is read of pages that are made to break a
reader, and how far the reader's confidence is to be believed.

Prints one JSON object. The pages are generated, with scripts and menus to the weight of real ones;
``--pages FOLDER`` reads the ``*.html`` of a folder instead. Times are of the processor; those of
hostile pages, and their memory, are of `glean read` as a whole. ``confidence`` has, for each tenth
that a page was given, how many pages there are and which share of them has the records it has, all
and no others: of result pages, and of pages that are none, whose records are none.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

# Run as a script: what it shares with the tests lies one folder up.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpora.hostile import HOSTILE
from benchmarks.corpora.layouts import LAYOUTS
from benchmarks.corpora.listings import Listing, listing
from benchmarks.corpora.others import OTHERS
from benchmarks.corpora.refusals import REFUSALS
from spiders.pages import read

BYTES = 210_000
"""Weight of an average result page of a large site."""
_SCRIPT = "window.dataLayer=window.dataLayer||[];function on(event){return event.target.value;}\n"


def generated(count: int, seed: int) -> Iterator[bytes]:
    """Result pages in every layout, of a third to five thirds of `BYTES`."""
    dice = random.Random(seed)
    names = list(LAYOUTS)
    for number in range(count):
        page = listing(dice, names[number % len(names)]).html
        body, _, end = page.rpartition("</body>")
        menus = "".join(
            f'<li class="m{n % 7}"><a href="/m/{n}">Menu entry {n}</a></li>'
            for n in range(dice.randint(0, 1200))
        )
        padded = f"{body}<nav><ul>{menus}</ul></nav>"
        size = int(BYTES * dice.uniform(1 / 3, 5 / 3))
        script = _SCRIPT * max(0, (size - len(padded)) // len(_SCRIPT))
        yield f"{padded}<script>{script}</script></body>{end}".encode()


def seconds(page: bytes) -> float:
    """Processor time of one page."""
    begun = time.process_time()
    read(page, profile="auto")
    return time.process_time() - begun


def cost(page: bytes) -> dict[str, float]:
    """Seconds of the processor, and MB at the peak, of `glean read` on one page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(page)
        command = [sys.executable, "-m", "cli", "read", "--jsonl", str(path)]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[1])
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {
        "seconds": round(used.ru_utime + used.ru_stime, 2),
        "mb": round(used.ru_maxrss / scale),
    }


def tenths(count: int, seed: int) -> list[dict[str, float]]:
    """Of each tenth of confidence, from the least: its pages, and the share that is right."""
    dice = random.Random(seed)
    pages: list[tuple[str, Listing | None]] = []
    for number in range(count):
        name = list(LAYOUTS)[number % len(LAYOUTS)]
        page = listing(dice, name)
        pages.append((page.html, page))
    pages += [(make(), None) for make in (OTHERS | REFUSALS).values()]
    right: list[list[bool]] = [[] for _ in range(10)]
    for html, truth in pages:
        said = read(html, url="https://site.example/find", profile="auto")
        asked = [record.title for record in truth.records] if truth else None
        titles = [record.title for record in said.records]
        right[min(int(said.confidence * 10), 9)].append(titles == asked)
    return [
        {"from": at / 10, "pages": len(each), "right": round(sum(each) / len(each), 2)}
        for at, each in enumerate(right)
        if each
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=Path, help="a folder of saved pages")
    options.add_argument("--count", type=int, default=108)
    asked = options.parse_args()
    if asked.pages:
        pages = [path.read_bytes() for path in sorted(asked.pages.glob("*.html"))]
    else:
        pages = list(generated(asked.count, 3))
    if not pages:
        options.error(f"{asked.pages} holds no *.html")
    seconds(pages[0])
    spent = [seconds(page) for page in pages]
    print(
        json.dumps(
            {
                "question": "pages of unknown sites read a second on one core",
                "pages": len(pages),
                "bytes_mean": sum(map(len, pages)) // len(pages),
                "pages_a_second": round(len(pages) / sum(spent), 1),
                "slowest_seconds": round(max(spent), 3),
                "confidence": tenths(asked.count, 4),
                "hostile": {name: cost(make()) for name, make in HOSTILE.items()},
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
    )


if __name__ == "__main__":
    main()
