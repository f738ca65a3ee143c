"""Pages of unknown sites read a second on one core, and the longest that one page takes.

Prints one JSON object. The pages are generated, with scripts and menus to the weight of real ones;
``--pages FOLDER`` reads the ``*.html`` of a folder instead. ``hostile`` has the seconds of pages
that are made to take long. Times are of the processor.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

# Run as a script: what it shares with the tests lies one folder up.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpora.layouts import LAYOUTS
from benchmarks.corpora.listings import listing
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


def hostile() -> dict[str, bytes]:
    """Pages without records that are made to take long, by what they have too much of."""
    attributes = " ".join(f"a{n}=1" for n in range(1_000_000))
    record = "<li><a href=x>title here</a> and some text</li>"
    return {
        "nested tags": b"<html><body>" + b"<div>" * 200_000,
        "attributes": f"<html><body><p {attributes}>x</p>".encode(),
        "one text": b"<html><body><p>" + b"lorem ipsum " * 1_400_000,
        "many records": f"<html><body><ul>{record * 100_000}</ul>".encode(),
        "scripts": b"<html><script>" + b"var a = 1;\n" * 500_000 + b"</script><div id=root></div>",
    }


def seconds(page: bytes) -> float:
    """Processor time of one page."""
    begun = time.process_time()
    read(page, profile="auto")
    return time.process_time() - begun


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
                "hostile_seconds": {
                    name: round(seconds(page), 2) for name, page in hostile().items()
                },
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
    )


if __name__ == "__main__":
    main()
