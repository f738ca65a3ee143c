"""A schedule as it is carried out: trigger, command line, limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from crawler.config import Config
from crawler.schedules import Schedule
from records import ConfigError
from scheduling.moments import stamp_of
from scheduling.triggers import Trigger, local_zone

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One schedule."""

    name: str
    trigger: Trigger
    job: str
    words: tuple[str, ...]
    """What comes after ``glean``, with ``{time}`` still in it."""
    jitter: int
    """Microseconds."""
    catch_up: Literal["latest", "all", "none"]
    catch_up_limit: int
    overlap: Literal["skip", "wait", "stop"]
    time_limit: float | None
    """Seconds; None: there is none."""
    memory: int | None
    """Bytes; None: there is no limit."""

    def arguments(self, fire_time: int) -> tuple[str, ...]:
        """The command of one fire time.

        >>> plan_of(Schedule(name="b", job="backup", every=1.0, arguments=["{time}.db"]), "UTC"
        ... ).arguments(1_763_866_800_000_000)
        ('backup', '20251123T030000Z.db', '--json')
        """
        stamp = stamp_of(fire_time)
        return tuple(word.replace("{time}", stamp) for word in self.words)

    def begins(self, fire_time: int) -> int:
        """When it is begun: the fire time and its jitter, the same for whoever asks."""
        if not self.jitter:
            return fire_time
        drawn = blake2b(f"{self.name}\x1f{fire_time}".encode(), digest_size=8).digest()
        return fire_time + int.from_bytes(drawn, "big") % (self.jitter + 1)


def plan_of(schedule: Schedule, zone: str) -> Plan:
    """`zone`: of what names none."""
    has_figures = schedule.job != "report" and "--json" not in schedule.arguments
    words = [schedule.job, *([schedule.source] if schedule.source else []), *schedule.arguments]
    return Plan(
        name=schedule.name,
        trigger=Trigger(
            zone=schedule.timezone or zone,
            cron=schedule.cron or None,
            every=schedule.every or None,
            calendar=schedule.steps or None,
            at=schedule.at,
            start=schedule.start.isoformat(),
            after=schedule.after,
        ),
        job=schedule.job,
        words=(*words, *(["--json"] if has_figures else [])),
        jitter=round(schedule.jitter * _MICRO),
        catch_up=schedule.catch_up,
        catch_up_limit=schedule.catch_up_limit,
        overlap=schedule.overlap,
        time_limit=schedule.time_limit or None,
        memory=schedule.memory * 1_000_000 or None,
    )


def plans_of(config: Config) -> dict[str, Plan]:
    """Every schedule of the settings, by name. Raises ConfigError for one that never fires."""
    zone = config.scheduler.timezone or local_zone()
    plans = {name: plan_of(each, zone) for name, each in config.schedules.items()}
    for plan in plans.values():
        try:
            plan.trigger.check()
        except ValueError as error:
            raise ConfigError(f"schedule {plan.name}: {error}") from error
    return plans


def chosen(plans: Mapping[str, Plan], names: Iterable[str]) -> dict[str, Plan]:
    """Those of the names, all where there are none. Raises ConfigError."""
    wanted = [*names] or [*plans]
    for name in wanted:
        if name not in plans:
            known = f"; there are {', '.join(plans)}" if plans else "; there is none at all"
            raise ConfigError(f"{name}: no schedule has this name{known}")
    return {name: plans[name] for name in wanted}
