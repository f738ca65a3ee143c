"""The demo: a portal of synthetic records served, harvested, settled, reported and judged."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

from cli.children import run_glean
from cli.endings import DONE, GATE, INTERRUPTED, PARTLY
from cli.place import Place, place
from cli.terminal import counted, print_table, say, tell
from records import Cluster, UsageError

if TYPE_CHECKING:
    from crawler.sample import Planted, Portal

SOURCE = "sample-portal"
_PORT = "portal.port"
_MADE = "demo.json"
"""What the portal was made with."""
_KIN = 20
"""Records that a page of the portal lists."""
_CONFIG = """\
# Written by glean demo: a portal of synthetic records on this machine alone.

[store]
url = "sqlite:///glean.db"
archive = "archive"

[network]
delay = 0.0
allow = ["{host}"]

[[source]]
name = "{source}"
start = [
{starts}
]
depth = {depth}
pages = {pages}
"""


@dataclass(slots=True)
class Judged:
    """What was found, beside what was planted."""

    planted: Counter[str] = field(default_factory=Counter)
    """Pairs of one work by the kind of alteration, both of whose records were harvested."""
    found: Counter[str] = field(default_factory=Counter)
    """Of those, pairs that stand in one cluster."""
    wrong: int = 0
    """Pairs in one cluster that are not one work."""
    lookalikes: int = 0
    """Pairs planted to look alike that are not one work."""
    confused: int = 0
    """Of those, pairs that stand in one cluster all the same."""


def demonstrate(folder: Path, records: int, seed: int) -> int:
    """Run the demo in a folder; returns the exit status."""
    from crawler.sample import Portal, PortTaken

    asked = {"records": records, "seed": seed}
    try:
        _check_ours(folder, asked)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}; name another") from error
    try:
        with Portal(records, seed, port=_port_of(folder)) as portal:
            (folder / _PORT).write_text(f"{portal.port}\n", "ascii")
            (folder / _MADE).write_text(json.dumps(asked) + "\n", "ascii")
            config = _write_config(folder, portal, records)
            say(f"serving {counted(records, 'synthetic record')} at {portal.url}")
            ended = run_glean(["harvest", SOURCE, "--json", "--config", str(config), *_at(folder)])
            planted = portal.truth.pairs
    except PortTaken as error:
        raise PortTaken(f"{error}; removing {folder / _PORT} chooses another") from error
    if ended.interrupted:
        return INTERRUPTED
    if ended.status in (DONE, GATE, PARTLY):
        _conclude(folder, place(config, _at(folder)[1]), json.loads(ended.output), planted)
    return ended.status


def _check_ours(folder: Path, asked: dict[str, int]) -> None:
    """Raise UsageError for a folder with files of somebody else's, or of another portal."""
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there and there.isdisjoint({_PORT, _MADE}):
        raise UsageError(f"{folder}: holds files that no demo made; name a new folder with --dir")
    if _MADE not in there:
        return
    try:
        made = json.loads((folder / _MADE).read_text("ascii"))
    except ValueError:
        return
    if made != asked:
        options = " ".join(f"--{name} {value}" for name, value in made.items())
        raise UsageError(
            f"{folder}: was made with {options}; write the same, or name a new folder with --dir"
        )


def _at(folder: Path) -> list[str]:
    """The demo's own store, whatever the environment names."""
    return ["--store", f"sqlite:///{folder / 'glean.db'}"]


def _port_of(folder: Path) -> int:
    """The port of the first run; 0, any that is free, before it."""
    try:
        return int((folder / _PORT).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _write_config(folder: Path, portal: "Portal", records: int) -> Path:
    path = folder / "glean.toml"
    starts = portal.start
    path.write_text(
        _CONFIG.format(
            host=portal.url.removeprefix("http://"),
            source=SOURCE,
            starts="\n".join(f'    "{address}",' for address in starts),
            depth=_depth(records, len(starts)),
            pages=records,
        ),
        "utf-8",
    )
    return path


def _depth(records: int, starts: int) -> int:
    """Steps after which pages list every record, the first ones listing new ones throughout.

    >>> _depth(300, 8), _depth(2_000, 8), _depth(10_000, 8)
    (1, 1, 2)
    """
    depth, listed = 1, starts * _KIN * _KIN
    while listed < records:
        depth, listed = depth + 1, listed * _KIN
    return depth


def _conclude(
    folder: Path, found: Place, run: dict[str, int], planted: "Iterable[Planted]"
) -> None:
    from reports import gather, write_report

    with found.open() as store:
        figures = gather(store)
        keys = {record.key for record in store.records()}
        judged = judge(store.clusters(), keys, planted)
    write_report(figures, folder / "report.html")
    totals = figures.totals
    tell(
        f"harvested {counted(run['pages'], 'page')} in {run['seconds']:.1f} s: "
        f"{counted(run['records'], 'record')}, "
        f"{run['new']:,} of them new"
    )
    tell(
        f"the store holds {counted(totals.records, 'record')}: {figures.unique:,} unique, "
        f"{figures.repeats:,} repeat another"
    )
    print_table(
        ("planted as", "#pairs", "#found"),
        (
            *((kind, count, judged.found[kind]) for kind, count in sorted(judged.planted.items())),
            ("all duplicates", judged.planted.total(), judged.found.total()),
        ),
    )
    tell(f"lookalikes planted: {judged.lookalikes:,}; merged all the same: {judged.confused:,}")
    tell(f"wrongly merged pairs: {judged.wrong:,}")
    tell(f"report: {folder / 'report.html'}")
    tell(f"go on:  {_command()} status --config {folder / 'glean.toml'}")


def _command() -> str:
    """``glean`` as it was typed, so that the line can be typed again."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == "glean" else "glean"


def judge(clusters: Iterable[Cluster], keys: set[str], planted: "Iterable[Planted]") -> Judged:
    """Compare clusters with what was planted among the records of these keys."""
    judged = Judged()
    standing: dict[str, str] = {}
    sizes = {}
    for cluster in clusters:
        sizes[cluster.id] = cluster.keys
        standing.update(dict.fromkeys(cluster.keys, cluster.id))
    work: dict[str, str] = {}
    for pair in planted:
        a, b = (f"aid:{aid.casefold()}" for aid in (pair.a, pair.b))
        if pair.duplicate:
            work[b] = work.get(a, a)
        if a not in keys or b not in keys:
            continue
        together = standing.get(a) is not None and standing.get(a) == standing.get(b)
        if pair.duplicate:
            judged.planted[pair.kind] += 1
            judged.found[pair.kind] += together
        else:
            judged.lookalikes += 1
            judged.confused += together
    for members in sizes.values():
        works = Counter(work.get(key, key) for key in members)
        judged.wrong += comb(len(members), 2) - sum(comb(n, 2) for n in works.values())
    return judged
