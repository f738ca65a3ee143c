"""``glean schedule`` as users start it: what it shows, what it runs, changes of its settings."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Portal
from tests.cli.conftest import CONFIG, Glean

SCHEDULES = """
[scheduler]
grace = 20.0

[[schedule]]
name = "portal"
job = "harvest"
source = "portal"
every = 3600.0
start = 2020-01-01

[[schedule]]
name = "indexed"
job = "refresh"
after = ["portal"]
"""
PATIENCE = 90.0


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal(6, 7) as served:
        yield served


def write(folder: Path, portal: Portal, schedules: str) -> Path:
    starts = json.dumps(portal.start)
    text = CONFIG.format(host=f"127.0.0.1:{portal.port}", starts=starts, depth=1) + schedules
    (folder / "glean.toml").write_text(text, "utf-8")
    return folder / "glean.toml"


def until(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.2)
    return found


def fired(glean: Glean, *options: str) -> list[dict[str, Any]]:
    done = glean("runs", "--json", *options)
    return json.loads(done.stdout)["firings"] if done.returncode == 0 else []


def test_schedules_are_shown_with_what_will_happen(
    tmp_path: Path, portal: Portal, glean: Glean
) -> None:
    glean = Glean(tmp_path)
    nightly = '[[schedule]]\nname = "n"\njob = "verify"\ncron = "30 2 * * *"\n'
    write(tmp_path, portal, SCHEDULES + nightly + 'timezone = "Asia/Shanghai"\n')
    shown = json.loads(glean("schedule", "list", "--json").stdout)["schedules"]
    assert [(each["name"], each["job"], each["when"]) for each in shown] == [
        ("portal", "harvest portal --json", "every 1 h"),
        ("indexed", "refresh --json", "after portal"),
        ("n", "verify --json", "30 2 * * * Asia/Shanghai"),
    ]
    assert shown[1]["next"] is None
    coming = json.loads(glean("schedule", "next", "n", "--count", "2", "--json").stdout)["next"]
    assert [each["local"][11:] for each in coming] == ["02:30:00+08:00"] * 2
    assert [each["fire_time"][11:] for each in coming] == ["18:30:00Z"] * 2
    assert "portal" in glean("schedule", "next").stdout
    assert "after portal" in glean("schedule", "list").stdout


@pytest.mark.parametrize(
    ("schedules", "told"),
    [
        ("", "names no schedule; write schedule ="),
        ('[[schedule]]\nname = "a"\njob = "settle"\n', "says not when; write cron ="),
        ('[[schedule]]\nname = "a"\njob = "settle"\ncron = "0 0 30 2 *"\n', "never comes"),
        ('[[schedule]]\nname = "a"\njob = "settle"\ncron = "61 * * * *"\n', "minute: '61' is not"),
        ('[[schedule]]\nname = "a"\njob = "sweep"\ncron = "0 0 * * *"\n', "schedule 1 (a): job: "),
        (
            '[[schedule]]\nname = "a"\njob = "harvest"\nsource = "x"\nevery = 9.0\n',
            "schedule a: there is no source 'x'",
        ),
        (
            '[[schedule]]\nname = "a"\njob = "settle"\nafter = ["b"]\n'
            '[[schedule]]\nname = "b"\njob = "settle"\nafter = ["a"]\n',
            "waits for itself: a after b after a",
        ),
        ('[[schedule]]\nname = "a"\njob = "backup"\nevery = 9.0\n', "names no file"),
    ],
)
def test_what_is_wrong_with_schedules_is_said_before_anything_starts(
    tmp_path: Path, portal: Portal, schedules: str, told: str
) -> None:
    write(tmp_path, portal, schedules)
    done = Glean(tmp_path).apart("schedule", "run")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "glean.db").exists()


def test_a_public_site_is_not_scheduled_without_a_contact(tmp_path: Path) -> None:
    source = '[[source]]\nname = "a"\nstart = ["https://example.org/a"]\n'
    (tmp_path / "glean.toml").write_text(source + 'schedule = "0 3 * * *"\n')
    done = Glean(tmp_path).apart("schedule", "run")
    assert done.returncode == 2
    assert "network.contact is missing, and example.org is a public site" in done.stderr
    assert not (tmp_path / "glean.db").exists()


def test_where_there_is_no_schedule_it_is_said_how_one_is_written(tmp_path: Path) -> None:
    for command in ("list", "next"):
        done = Glean(tmp_path)("schedule", command)
        assert done.returncode == 0
        assert 'no schedule; write schedule = "0 3 * * *"' in done.stdout


def test_a_schedule_harvests_what_follows_it_runs_and_a_stop_is_clean(
    tmp_path: Path, portal: Portal
) -> None:
    glean = Glean(tmp_path)
    write(tmp_path, portal, SCHEDULES.replace("3600.0", "1.0"))
    running = glean.start("schedule", "run")
    try:
        refreshed = until(lambda: fired(glean, "--schedule", "indexed", "--state", "done"))
        harvested = fired(glean, "--schedule", "portal", "--state", "done")
        assert harvested[-1]["figures"]["records"] > 0
        assert refreshed[0]["arguments"] == ["refresh", "--json"]
        log = glean("runs", "--log", str(harvested[-1]["id"]))
        assert '"records"' in log.stdout
    finally:
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 5
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert {line["schedule"] for line in lines} == {"portal", "indexed"}
    assert err.decode().splitlines()[0] == "glean: leads: 2 schedules"
    assert "Traceback" not in err.decode()
    assert glean("verify").returncode == 0
    shown = glean("runs", "--scheduled").stdout
    assert "portal" in shown
    assert "done" in shown


def test_changed_settings_are_taken_up_and_broken_ones_are_told_and_left(
    tmp_path: Path, portal: Portal
) -> None:
    glean = Glean(tmp_path)
    one = '[[schedule]]\nname = "one"\njob = "settle"\nevery = 1.0\n'
    two = '[[schedule]]\nname = "two"\njob = "settle"\nevery = 1.0\n'
    file = write(tmp_path, portal, one)
    running = glean.start("schedule", "run")
    said: list[str] = []

    def hears(words: str) -> bool:
        said.append(os.read(running.stderr.fileno(), 4096).decode())  # type: ignore[union-attr]
        return words in "".join(said)

    try:
        until(lambda: fired(glean, "--schedule", "one", "--state", "done"))
        whole = file.read_text("utf-8")
        file.write_text(whole + "cron = \n", "utf-8")
        running.send_signal(signal.SIGHUP)
        until(lambda: hears("the settings are left as they were"))
        before = len([*tmp_path.glob("logs/one/*.log")])
        until(lambda: len([*tmp_path.glob("logs/one/*.log")]) > before + 1)
        file.write_text(whole + two, "utf-8")
        running.send_signal(signal.SIGHUP)
        until(lambda: hears("took the changed settings: 2 schedules"))
        until(lambda: fired(glean, "--schedule", "two", "--state", "done"))
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    assert running.returncode == 5
    assert fired(glean, "--state", "failed") == []


def test_an_idle_scheduler_is_small_and_has_loaded_nothing_heavy(
    tmp_path: Path, portal: Portal
) -> None:
    write(tmp_path, portal, SCHEDULES)
    running = Glean(tmp_path).start("schedule", "run")
    try:
        assert b"leads" in running.stderr.readline()  # type: ignore[union-attr]
        time.sleep(1)
        loaded = Path(f"/proc/{running.pid}/maps").read_text("utf-8")
        resident = Path(f"/proc/{running.pid}/status").read_text("utf-8")
    except FileNotFoundError:
        pytest.skip("there is no /proc here")
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    for name in ("numba", "llvmlite", "pyarrow", "tantivy", "scipy", "lxml"):
        assert f"/{name}/" not in loaded, name
    (line,) = (each for each in resident.splitlines() if each.startswith("VmRSS"))
    assert int(line.split()[1]) < 120_000


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--log", "99"), "99: no run has this number"),
        (("--schedule", "nobody"), "nobody: no schedule of this name was ever run here"),
        (("--state", "well"), "--state well: is none; write one of waiting, running"),
        (("--since", "yesterday"), "--since yesterday: is no day; write 2026-11-23"),
    ],
)
def test_what_runs_is_asked_for_and_is_not_there_is_a_mistake(
    harvested: Any, options: tuple[str, ...], told: str
) -> None:
    done = harvested.glean("runs", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_wrong_name_of_a_schedule_names_those_that_there_are(
    tmp_path: Path, portal: Portal
) -> None:
    write(tmp_path, portal, SCHEDULES)
    done = Glean(tmp_path)("schedule", "next", "portl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "portl: no schedule has this name; there are portal, indexed" in done.stderr
