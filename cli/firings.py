"""What the scheduler ran, for ``glean runs``: fire times and what came of them, and a log's end."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.terminal import print_table, tell
from records import Firing, UsageError, iso_time, moment

if TYPE_CHECKING:
    from storage import SqlStore


def moment_of(since: str | None) -> int | None:
    """Microseconds UTC of a day, or of a day and time; without a zone it is UTC. Raises
    UsageError."""
    if since is None:
        return None
    try:
        return moment(since)
    except ValueError as error:
        raise UsageError(f"--since {since}: is no day; write 2026-11-23, or a time too") from error


def check_state(state: str | None) -> None:
    """Raise UsageError for a state that there is not."""
    from storage.firings import STATES

    if state is not None and state not in STATES:
        raise UsageError(f"--state {state}: is none; write one of {', '.join(STATES)}")


def fired(
    store: "SqlStore", *, schedule: str | None, state: str | None, since: str | None, limit: int
) -> list[Firing]:
    """Newest first. Raises UsageError for a schedule that never was, and what `moment_of` and
    `check_state` raise."""
    from storage import firings

    check_state(state)
    moment = moment_of(since)
    with store.database.read() as connection:
        if schedule is not None and schedule not in firings.known(connection):
            raise UsageError(f"{schedule}: no schedule of this name was ever run here")
        return firings.listed(
            connection,
            name=schedule,
            states=[state] if state is not None else (),
            since=moment,
            limit=limit,
        )


def show(found: Sequence[Firing]) -> None:
    """Fire times as a table."""
    print_table(
        ("#id", "schedule", "fire time (UTC)", "state", "#seconds", "#status", "~reason"),
        (
            (
                each.id,
                each.schedule,
                iso_time(each.fire_time)[:19].replace("T", " "),
                each.state,
                _seconds(each),
                each.status,
                each.reason,
            )
            for each in found
        ),
    )


def _seconds(firing: Firing) -> float | None:
    if firing.started_at is None or firing.ended_at is None:
        return None
    return (firing.ended_at - firing.started_at) / 1_000_000


def show_log(store: "SqlStore", firing_id: int, lines: int) -> None:
    """The end of what a run wrote. Raises UsageError where there is no such run, or no log here."""
    from scheduling.logs import tail_of
    from storage import firings

    with store.database.read() as connection:
        found = firings.of_id(connection, firing_id)
    if found is None:
        raise UsageError(f"{firing_id}: no run has this number; glean runs --scheduled lists them")
    if found.log is None:
        raise UsageError(f"{firing_id}: was not run ({found.state}: {found.reason}); no log of it")
    try:
        text = tail_of(Path(found.log), lines)
    except OSError as error:
        raise UsageError(f"{found.log}: cannot be read: {error.strerror}") from error
    for line in text:
        tell(line)
