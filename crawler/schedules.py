"""``[scheduler]`` and ``[[schedule]]``: what is run by itself, when, and within what limits."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator

from crawler.names import schedule_name
from scheduling.triggers import Cron, time_of, zone_of

Job = Literal["harvest", "settle", "refresh", "report", "verify", "backup", "retain", "reparse"]
_Span = Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)]
_Words = Annotated[tuple[str, ...], Strict(False)]


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def check_cron(line: str) -> str:
    """A cron line, or nothing. Raises ValueError."""
    if line:
        Cron.parse(line)
    return line


def _zone(name: str) -> str:
    if name:
        zone_of(name)
    return name


def _time(text: str) -> str:
    time_of(text)
    return text


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and not words[0].strip():
        raise ValueError('begins with nothing; write on_failure = ["/usr/local/bin/tell-me"]')
    return words


class SchedulerConfig(_Section):
    """``[scheduler]``: what holds for every schedule."""

    timezone: Annotated[str, AfterValidator(_zone)] = Field(default="", examples=["Asia/Shanghai"])
    """Of every cron line and calendar interval. Empty: this machine's."""
    logs: str = "logs"
    """Folder of what jobs write, a file a run."""
    concurrency: int = Field(default=2, ge=1, le=64)
    """Jobs at once."""
    grace: float = Field(default=30.0, ge=1, le=3600, allow_inf_nan=False)
    """Seconds that a job has to end by itself when it is asked to; then it is killed."""
    keep: float = Field(default=90.0, ge=1, le=36_500, allow_inf_nan=False)
    """Days for which ended runs and their logs are kept."""
    back_off: int = Field(default=3, ge=1, le=100)
    """After so many failures in a row a schedule is run less often, at the least once a week."""
    on_failure: Annotated[_Words, AfterValidator(_command)] = Field(
        default=(), examples=[["/usr/local/bin/tell-me", "--urgent"]]
    )
    """A program of yours and its arguments, run when a run failed, was lost, or is done but in
    part. Empty: nobody is told."""


class Schedule(_Section):
    """One ``[[schedule]]``: a job, when it is run, and within what limits."""

    name: Annotated[str, AfterValidator(schedule_name)] = Field(examples=["nightly-backup"])
    job: Job = Field(examples=["settle"])
    source: str = Field(default="", examples=["government-media"])
    """Of a harvest, or of what is read again. Empty, of a harvest: all sources."""
    arguments: _Words = Field(default=(), examples=[["backups/{time}.db"]])
    """Further words of the command; ``{time}`` stands for the fire time, ``20261123T030000Z``."""
    cron: Annotated[str, AfterValidator(check_cron)] = Field(default="", examples=["0 3 * * *"])
    every: _Span = Field(default=0.0, examples=[3600.0])
    """Seconds between two runs, counted from the Unix epoch. 0: it is no interval."""
    calendar: dict[Literal["years", "months", "weeks", "days"], Annotated[int, Field(ge=1)]] = (
        Field(default_factory=dict, examples=[{"months": 1}])
    )
    at: Annotated[str, AfterValidator(_time)] = Field(default="00:00", examples=["03:00"])
    """Time of day of a calendar interval."""
    start: date = date(2001, 1, 1)
    """Day from which a calendar interval is counted."""
    after: _Words = Field(default=(), examples=[["government-media"]])
    """Schedules (a source's own has its name) that come first."""
    timezone: Annotated[str, AfterValidator(_zone)] = Field(default="", examples=["Asia/Shanghai"])
    """Empty: that of ``[scheduler]``."""
    jitter: _Span = 0.0
    """It begins up to so many seconds later, each time another number of them."""
    catch_up: Literal["latest", "all", "none"] = "latest"
    """Of fire times that passed while nobody was there: the newest is run, all are, or none is."""
    catch_up_limit: int = Field(default=10, ge=1, le=1000)
    """With ``all``: at most the newest so many."""
    overlap: Literal["skip", "wait", "stop"] = "skip"
    """When it is due while it still runs: the fire time is passed over, it waits, or what runs is
    asked to end."""
    time_limit: _Span = 86_400.0
    """Seconds after which it is ended. 0: it may run for ever."""
    memory: int = Field(default=4096, ge=0)
    """MB of its processes together over which it is ended. 0: it may take what there is."""

    @model_validator(mode="after")
    def _one_kind_of_moment(self) -> "Schedule":
        kinds = [key for key in ("cron", "every", "calendar") if getattr(self, key)]
        if len(kinds) > 1:
            raise ValueError(f"has {' and '.join(kinds)}; write one of them")
        if not kinds and not self.after:
            raise ValueError(
                'says not when; write cron = "0 3 * * *", every = 3600.0, '
                'calendar = {months = 1} or after = ["…"]'
            )
        units = {*self.calendar}
        if units & {"years", "months"} and units & {"weeks", "days"}:
            raise ValueError("calendar counts months or days, not both; write one of them")
        if self.source and self.job not in ("harvest", "reparse"):
            raise ValueError(f"source is of a harvest, and {self.job} is none; leave it out")
        if self.job == "backup" and not self.arguments:
            raise ValueError('names no file; write arguments = ["backups/{time}.db"]')
        if self.name in self.after:
            raise ValueError("after names itself; leave that out")
        return self

    @property
    def steps(self) -> dict[str, int]:
        """Of the calendar, by unit; empty: it is no calendar interval."""
        return {str(unit): number for unit, number in self.calendar.items()}


def check_together(
    scheduled: Mapping[str, Schedule], names: Iterable[str], sources: Iterable[str]
) -> None:
    """Raise ValueError for what schedules say of each other and of sources that is not so.

    `names`: of every schedule as written, a source's own too.
    """
    known = [*names]
    for name in known:
        if known.count(name) > 1:
            raise ValueError(
                f"schedule: the name {name!r} stands twice (a source with a schedule of its own "
                "has one of its name); write another for one of them"
            )
    for each in scheduled.values():
        if each.source and each.source not in {*sources}:
            raise ValueError(f"schedule {each.name}: there is no source {each.source!r}")
        for other in each.after:
            if other not in scheduled:
                raise ValueError(f"schedule {each.name}: after names no schedule: {other!r}")
    for each in scheduled.values():
        _check_circle(scheduled, each.name, [])


def _check_circle(scheduled: Mapping[str, Schedule], name: str, path: list[str]) -> None:
    if name in path:
        circle = " after ".join([*path[path.index(name) :], name])
        raise ValueError(f"schedule: waits for itself: {circle}; leave one of them out")
    for other in scheduled[name].after:
        _check_circle(scheduled, other, [*path, name])
