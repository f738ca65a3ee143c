"""``glean schedule``: what is run by itself, when, and the process that runs it."""

import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import INTERRUPTED
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, place
from cli.terminal import print_json, print_table, say, tell
from records import StoreError, UsageError, iso_time

if TYPE_CHECKING:
    from records import Firing
    from scheduler import Settings
    from scheduling.plans import Plan

_NO_SCHEDULE = 'no schedule; write schedule = "0 3 * * *" under a [[source]], or a [[schedule]]'
schedule = typer.Typer(
    help="Run jobs by themselves: what glean.toml says of when.", rich_markup_mode=None
)
_Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="These; else all.")]


@schedule.command("run")
def run(store: StoreUrl = None, config: ConfigFile = None, debug: Debug = False) -> int:
    """Run jobs at their times, until SIGTERM or Ctrl-C; a line of JSON for each that ended."""
    from scheduler import Scheduler
    from storage.engine import open_database

    found = place(config, store)
    kept = _Kept(found, store)
    settings = kept.take()
    _make(found)
    database = open_database(found.url, create=False)
    try:
        Scheduler(database, settings, kept.changed, _say_now, _ship).run()
    finally:
        database.close()
    return INTERRUPTED


def _settings(found: Place) -> "Settings":
    """Raises ConfigError, for what a harvest would refuse at night too; UsageError where there is
    nothing to run."""
    from crawler.config import require_contact
    from scheduler import Settings
    from scheduling.plans import plans_of

    plans = plans_of(found.config)
    if not plans:
        raise UsageError(f"{found.file}: names {_NO_SCHEDULE}")
    for each in found.config.schedules.values():
        if each.job == "harvest":
            for source in found.config.source:
                if each.source in ("", source.name):
                    require_contact(found.config, source.addresses())
    return Settings(plans, found.config.scheduler, found.url)


def _make(found: Place) -> None:
    """A store that is not there yet, and tables that are of an older program, are made in a
    process of their own: what that takes, this one would carry for years."""
    import subprocess

    making = (
        "import os, sys; from pathlib import Path; from cli.place import place\n"
        "from records import GleaningsError\n"
        "try: place(None, None).open(create=True).close()\n"
        "except GleaningsError as error: sys.exit(str(error))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", making], stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise StoreError(done.stderr.decode("utf-8", "replace").strip() or "the store was not made")


class _Kept:
    """The settings that hold: a copy of their file is what jobs work with, so that one which is
    being written, or is wrong, keeps none of them from being run."""

    def __init__(self, found: Place, store: str | None) -> None:
        self._file = found.file
        self._store = store
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> "Settings | None":
        """The settings anew, when their file is another than it was. Raises GleaningsError, once
        for each way in which it is wrong."""
        stands = self._identity()
        if stands is None or stands == self._seen:
            return None  # an editor may have removed it for a moment
        return self.take()

    def take(self) -> "Settings":
        """Raises GleaningsError."""
        from crawler.config import ENV_CONFIG, ENV_FOLDER, ENV_STORE

        text, found, settings = b"", None, None
        self._seen = self._identity()
        while found is None or text != self._read():
            text = self._read()
            found = place(self._file, self._store)
            settings = _settings(found)
        assert settings is not None
        copy = Path(settings.scheduler.logs).absolute() / "glean.toml"
        _replace(copy, text)
        # in the environment, where nobody else reads a password
        os.environ[ENV_CONFIG] = str(copy)
        os.environ[ENV_FOLDER] = str(self._file.absolute().parent)
        os.environ[ENV_STORE] = found.url
        return settings

    def _read(self) -> bytes:
        try:
            return self._file.read_bytes()
        except OSError:
            return b""

    def _identity(self) -> tuple[int, int, int] | None:
        try:
            stands = self._file.stat()
        except OSError:
            return None
        return stands.st_ino, stands.st_mtime_ns, stands.st_size


def _replace(path: Path, text: bytes) -> None:
    """Raises StoreError."""
    new = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.touch(mode=0o600)
        new.write_bytes(text)
        new.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written: {error.strerror}; jobs work with this copy of the "
            "settings: make room, or name another folder for logs under [scheduler]"
        ) from error


def _say_now(text: str) -> None:
    say(f"glean: {text}")
    sys.stderr.flush()


def _ship(line: Mapping[str, Any]) -> None:
    print_json(line)
    sys.stdout.flush()


@schedule.command("list")
def list_(
    store: StoreUrl = None, config: ConfigFile = None, json: Json = False, debug: Debug = False
) -> None:
    """List schedules: when each fires next, and how its last run ended."""
    from scheduling.plans import plans_of

    found = place(config, store)
    plans = plans_of(found.config)
    ended, now = _last_runs(found), datetime.now(UTC)
    said = [
        {
            "name": plan.name,
            "job": " ".join(plan.words),
            "when": plan.trigger.words,
            "timezone": plan.trigger.zone,
            "next": _next(plan, now),
            "last": iso_time(last.fire_time) if (last := ended.get(plan.name)) else None,
            "state": last.state if last else None,
            "reason": last.reason if last else None,
        }
        for plan in plans.values()
    ]
    if json:
        print_json({"schedules": said})
        return
    if not said:
        tell(_NO_SCHEDULE)
        return
    print_table(
        ("name", "~job", "when", "next (UTC)", "last (UTC)", "state", "~reason"),
        (
            (
                each["name"],
                each["job"],
                each["when"],
                each["next"] or "when those have ended",
                each["last"],
                each["state"],
                each["reason"],
            )
            for each in said
        ),
    )


@schedule.command("next")
def next_(
    names: _Names = None,
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="So many.")] = 10,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show the next fire times, on the clock of each schedule and in UTC."""
    from scheduling.plans import chosen, plans_of

    plans = chosen(plans_of(place(config, store).config), names or [])
    said = _coming(plans, count)
    if json:
        print_json({"next": said})
        return
    if not said:
        tell("nothing fires by itself" if plans else _NO_SCHEDULE)
        return
    print_table(
        ("schedule", "local", "timezone", "UTC", "begins (UTC)"),
        (
            (each["schedule"], each["local"], each["timezone"], each["fire_time"], each["begins"])
            for each in said
        ),
    )


def _coming(plans: "Mapping[str, Plan]", count: int) -> list[dict[str, Any]]:
    """Of all plans together, in order."""
    import heapq
    from itertools import islice

    from scheduling.moments import moments, number_of
    from scheduling.triggers import zone_of

    now, end = datetime.now(UTC), datetime(2199, 1, 1, tzinfo=UTC)

    def of_plan(plan: "Plan") -> Iterator[tuple[datetime, str]]:
        return ((moment, plan.name) for moment in moments(plan.trigger, now, end))

    said = []
    for moment, name in islice(heapq.merge(*map(of_plan, plans.values())), count):
        plan = plans[name]
        number = number_of(moment)
        local = moment.astimezone(zone_of(plan.trigger.zone))
        said.append(
            {
                "schedule": name,
                "fire_time": iso_time(number),
                "local": local.isoformat(timespec="seconds"),
                "timezone": plan.trigger.zone,
                "begins": iso_time(plan.begins(number)),
            }
        )
    return said


def _last_runs(found: Place) -> "dict[str, Firing]":
    """Of each schedule the run that ended last; empty where there is no store yet."""
    from storage import firings
    from storage.engine import open_database

    try:
        database = open_database(found.url, create=False)
    except StoreError:
        return {}
    try:
        with database.read() as connection:
            ended = {name: firings.last(connection, name) for name in found.config.schedules}
    finally:
        database.close()
    return {name: runs[0] for name, runs in ended.items() if runs}


def _next(plan: "Plan", now: datetime) -> str | None:
    """When a schedule fires. None: when those have ended that it follows."""
    from scheduling.moments import moment_after, number_of

    following = moment_after(plan.trigger, now)
    return None if following is None else iso_time(number_of(following))
