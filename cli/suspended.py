"""Hosts that are left alone for their refusals: which, until when, why."""

from typing import TYPE_CHECKING

from cli.place import Place
from cli.terminal import counted, say, tell
from records import iso_time

if TYPE_CHECKING:
    from storage.suspension import Closed


def show_hosts(closed: "list[Closed]") -> None:
    if closed:
        tell("hosts left alone:")
    for each in closed:
        tell(f"  {_told(each)}")


def say_hosts(found: Place, source: str) -> None:
    """Which hosts a harvest ended for, on stderr."""
    from time import time_ns

    from storage import suspension

    with found.open() as opened, opened.database.read() as connection:
        closed = suspension.closed(connection, now=time_ns() // 1000, source=source, only_due=True)
    for each in closed:
        say(f"glean: {source}: {_told(each)}; run it again after that")


def _told(each: "Closed") -> str:
    from storage.standing import local_time

    what = "suspended" if each.suspensions else "asks to be left alone"
    utc = iso_time(each.until // 1_000_000 * 1_000_000)
    why = f"{each.reason}, {counted(each.refusals, 'refusal')} in a row"
    return f"{each.host}: {what} until {local_time(each.until)} ({utc}): {why}"
