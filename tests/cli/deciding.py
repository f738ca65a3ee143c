"""A store of pairs that a person has to decide, and of some that need none."""

from pathlib import Path

from storage import SqlStore, open_store
from tests.storage.filling import NOUNS, Filler, abstract, record

PAIRS = ((4, 5), (8, 9))
"""Numbers of the records of borderline pairs, in the order of review."""
TWINS = (31, 32)
"""Of records that are one work."""


def fill(folder: Path) -> None:
    """Make ``glean.db`` in a folder."""
    with open_store(f"sqlite:///{folder / 'glean.db'}", create=True) as store:
        filler = Filler(store)
        for a, b in PAIRS:
            title = f"Transport of {NOUNS[a // 2]} and burial of {NOUNS[a // 2 + 9]} in the delta"
            for number, said in ((a, title), (b, f"{title} and its estuary")):
                filler.add(100 + number, [record(number, text="", title=said, year=None)])
        for number in TWINS:
            filler.add(
                100 + number, [record(number, text=abstract(1), title="One work", year=2000)]
            )
        store.settle()


def opened(folder: Path) -> SqlStore:
    return open_store(f"sqlite:///{folder / 'glean.db'}")


def key(number: int) -> str:
    return record(number).key
