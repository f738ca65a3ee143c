"""What ``glean status`` says of sizes, growth, and what the scheduler does."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.place import Place
from cli.running import never_harvested
from cli.terminal import counted, print_table, tell
from records import ConfigError, Firing, iso_time

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduling.standing import Scheduled
    from scheduling.standing import Standing as ScheduleStanding
    from storage import SqlStore
    from storage.refreshing import Staleness
    from storage.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that ``glean status`` says."""

    store: str
    """Its address, without a password."""
    said: "Standing"
    sizes: Mapping[str, Any]
    related: "Staleness"
    scheduled: "Scheduled"
    harvests: Mapping[str, Mapping[str, Any]]
    """By source, see `harvests_json`."""

    def harvest_of(self, source: str) -> Mapping[str, Any]:
        from storage.standing import NEVER

        return self.harvests.get(source, NEVER)

    def json(self) -> dict[str, Any]:
        """The object that ``glean status --json`` prints."""
        from storage.standing import standing_json

        return standing_json(
            self.said,
            store=self.store,
            sizes=self.sizes,
            related=self.related,
            harvests=self.harvests,
            scheduler=scheduler_json(self.scheduled),
        )


def told_of(
    found: Place,
    opened: "SqlStore",
    source: str | None = None,
    *,
    all_failed: bool = False,
    all_revisits: bool = False,
) -> Told:
    """Of one source or of all. Raises UsageError for a source that was never harvested."""
    from storage.standing import sizes_json, standing

    with opened.database.read() as connection:
        said = standing(
            connection,
            source,
            now=time.time_ns() // 1000,
            all_failed=all_failed,
            all_revisits=all_revisits,
        )
        if source is not None and not said.sources:
            raise never_harvested(source)
        scheduled = scheduled_of(found, opened)
        return Told(
            store=opened.database.name,
            said=said,
            sizes=sizes_json(opened, connection, found.config.store.archive),
            related=opened.related_state(),
            scheduled=scheduled,
            harvests=harvests_json(found, connection, scheduled),
        )


def scheduled_of(found: Place, opened: "SqlStore") -> "Scheduled":
    """Of settings whose schedules are wrong none is listed: ``glean doctor`` says so."""
    from scheduling.plans import plans_of
    from scheduling.standing import standing

    plans = {}
    with suppress(ConfigError):
        plans = plans_of(found.config)
    return standing(opened.database, plans)


def scheduler_json(scheduled: "Scheduled") -> dict[str, Any]:
    """As ``glean status --json`` prints it."""
    leader = scheduled.leader
    return {
        "leader": leader and {"owner": leader.owner, "since": iso_time(leader.since)},
        "running": [_running_json(each) for each in scheduled.running],
        "schedules": [_schedule_json(each) for each in scheduled.schedules],
    }


def _running_json(each: Firing) -> dict[str, Any]:
    return {
        "id": each.id,
        "schedule": each.schedule,
        "fire_time": iso_time(each.fire_time),
        "started": iso_time(each.started_at),
        "owner": each.owner,
        "arguments": [*each.arguments],
    }


def _schedule_json(each: "ScheduleStanding") -> dict[str, Any]:
    last, done = each.last, each.done
    return {
        "name": each.plan.name,
        "job": each.plan.job,
        "next": iso_time(each.next),
        "due": each.waits,
        "last": iso_time(None if last is None else last.ended_at),
        "state": None if last is None else last.state,
        "last_success": iso_time(None if done is None else done.ended_at),
        "failures": each.failures,
    }


def harvests_json(
    found: Place, connection: "Connection", scheduled: "Scheduled"
) -> dict[str, dict[str, Any]]:
    """By source when it was harvested to the end, and when it will be again."""
    from storage.growth import last_successes

    ended = last_successes(connection)
    said: dict[str, dict[str, Any]] = {
        name: {"last_success": iso_time(ended.get(name)), "next": None}
        for name in {*ended, *found.config.sources}
    }
    schedules = found.config.schedules
    for each in sorted(scheduled.schedules, key=lambda each: each.next or 0):
        schedule = schedules[each.plan.name]
        if schedule.job != "harvest" or each.next is None:
            continue
        for name in [schedule.source] if schedule.source else found.config.sources:
            if said[name]["next"] is None:
                said[name]["next"] = iso_time(each.next)
    return said


def show_sizes(sizes: Mapping[str, Any]) -> None:
    parts = [
        f"{name} {sizes[key] / 1e6:,.1f} MB"
        for name, key in (("store", "size_bytes"), ("archive", "archive_bytes"))
        if sizes[key] is not None
    ]
    grows = sizes["growth"]
    tell(
        f"{', '.join(parts)}; a week brings {counted(grows['records'], 'record')}, "
        f"{counted(grows['pages'], 'page')}, {grows['archive_bytes'] / 1e6:,.1f} MB of archive"
    )


def show_harvests(harvests: Mapping[str, Mapping[str, Any]]) -> None:
    if not any(each["next"] for each in harvests.values()):
        return
    print_table(
        ("source", "harvested to its end (UTC)", "next (UTC)"),
        (
            (name, _short(each["last_success"]), _short(each["next"]))
            for name, each in sorted(harvests.items())
        ),
    )


def show_scheduler(scheduled: "Scheduled") -> None:
    """Nothing where there is no schedule."""
    if not scheduled.schedules:
        return
    leader = scheduled.leader
    if leader is None:
        tell("no scheduler runs: glean schedule run")
    else:
        tell(f"scheduler: {leader.owner} leads since {_short(iso_time(leader.since))} UTC")
    for each in scheduled.running:
        since = "" if each.started_at is None else f" since {_short(iso_time(each.started_at))} UTC"
        tell(f"  runs: {each.schedule}{since}")
    for one in scheduled.schedules:
        if one.waits:
            tell(f"  due: {one.plan.name}")
        if one.failures and one.last is not None:
            tell(f"  failed: {one.plan.name}, {one.last.reason}: glean runs --log {one.last.id}")


def _short(moment: str | None) -> str | None:
    return None if moment is None else moment[:16].replace("T", " ")
