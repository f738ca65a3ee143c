"""Hosts that are left alone for their refusals: which, until when, why."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cli.place import Place
from cli.terminal import counted, say, tell
from records import as_json, iso_time

if TYPE_CHECKING:
    from storage.suspension import Closed


def _local(moment: int) -> str:
    """A moment by this machine's clock, with its offset. `moment`: microseconds UTC."""
    return datetime.fromtimestamp(moment // 1_000_000, UTC).astimezone().isoformat(" ")


def hosts_json(closed: "list[Closed]") -> list[dict[str, Any]]:
    """As ``glean status --json`` prints them."""
    return [
        {**as_json(each), "until": iso_time(each.until), "until_local": _local(each.until)}
        for each in closed
    ]


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
    what = "suspended" if each.suspensions else "asks to be left alone"
    utc = iso_time(each.until // 1_000_000 * 1_000_000)
    why = f"{each.reason}, {counted(each.refusals, 'refusal')} in a row"
    return f"{each.host}: {what} until {_local(each.until)} ({utc}): {why}"
