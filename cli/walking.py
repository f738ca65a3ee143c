"""Walks through listings, told to people: how far each came, and why it ended."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.place import Place
from cli.terminal import counted, tell

if TYPE_CHECKING:
    from storage.walks import Walk

_LISTED = 10
"""How many walks of a run are told one by one."""


def tell_walks_of(found: Place, run: int) -> None:
    """How each walk of a run stands at its end."""
    from storage import walks

    with found.open() as opened, opened.database.read() as connection:
        walked = walks.of_run(connection, run)
    show_walks(walked[:_LISTED])
    more = Counter(each.reason for each in walked[_LISTED:])
    if more:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in more.most_common())
        tell(f"  and {counted(more.total(), 'walk')} more: {reasons}")


def show_walks(walked: "Sequence[Walk]") -> None:
    for each in walked:
        stated = "" if each.stated_total is None else f" of {each.stated_total:,} stated"
        records = counted(each.records, "record")
        pages = counted(each.pages, "page")
        tell(f"  {each.start}: {pages}, {records}{stated}; {each.reason}")
