"""What somebody should know of schedules: whether anybody runs them, and which go wrong."""

from collections.abc import Iterator

from crawler.config import Config
from records import ConfigError, Firing, iso_time
from records.finding import Finding
from scheduling.plans import plans_of
from scheduling.standing import Standing, standing
from scheduling.triggers import local_zone
from storage.database import Database


def examine_schedules(config: Config, database: Database | None) -> Iterator[Finding]:
    """`database`: None where the store cannot be opened."""
    try:
        plans = plans_of(config)
    except ConfigError as error:
        yield Finding(severity="fault", what=str(error), where="schedules", next="mend it")
        return
    zone = config.scheduler.timezone
    said = zone or f"{local_zone()}, this machine's"
    if not plans:
        yield Finding(
            severity="note",
            what="nothing is run by itself",
            where="schedules",
            next="write a schedule, or have cron run glean harvest: docs/operating.md",
        )
        return
    yield Finding(
        severity="ok" if zone else "note",
        what=f"times are those of {said}",
        where="scheduler.timezone",
        next=None if zone else "name one, and a machine set up anew keeps the times",
    )
    if database is None:
        return
    found = standing(database, plans)
    if found.leader is None:
        yield Finding(
            severity="warning",
            what="no scheduler runs, so nothing of them does",
            where="schedules",
            next="start glean schedule run: docs/operating.md",
        )
    else:
        since = iso_time(found.leader.since)[:19]
        yield Finding(
            severity="ok", what=f"{found.leader.owner} leads since {since}Z", where="scheduler"
        )
    for each in found.dead:
        yield Finding(
            severity="warning",
            what=f"run {each.id}: the process that kept it is gone",
            where=f"schedule {each.schedule}",
            next="the scheduler gives it up when it looks next",
        )
    for one in found.schedules:
        yield _of(one, config.scheduler.back_off)


def _of(one: Standing, back_off: int) -> Finding:
    where = f"schedule {one.plan.name}"
    if one.failures:
        assert one.last is not None
        more = ", and is run less often" if one.failures >= back_off else ""
        times = "once" if one.failures == 1 else f"{one.failures} times in a row"
        return Finding(
            severity="warning",
            what=f"failed {times}{more}: {one.last.reason}",
            where=where,
            next=_look(one.last),
        )
    if one.last is not None and one.last.state == "partly":
        return Finding(
            severity="note",
            what=f"was done in part: {one.last.reason}",
            where=where,
            next=_look(one.last),
        )
    fires = "when others have ended" if one.next is None else f"next {iso_time(one.next)[:19]}Z"
    ended = "never ran" if one.last is None else f"last run {one.last.state}"
    return Finding(severity="ok", what=f"{ended}, {fires}", where=where)


def _look(firing: Firing) -> str:
    return f"glean runs --log {firing.id}"
