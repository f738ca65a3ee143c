"""What ``examples/`` holds besides settings: tried as far as this machine allows."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.endings import INTERRUPTED, LOCKED
from crawler.sample import Portal
from crawler.schedules import SchedulerConfig
from scheduler import LINGERS
from scheduling.triggers import Cron
from storage import open_store

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
UNIT = (EXAMPLES / "gleanings.service").read_text("utf-8")
CONTAINER = (EXAMPLES / "Containerfile").read_text("utf-8")
CRONTAB = (EXAMPLES / "crontab").read_text("utf-8")
NOBODY = "65534"

SETTINGS = """
[network]
delay = 0.0
allow = ["{host}"]
[scheduler]
timezone = "UTC"
grace = 20.0
[[source]]
name = "portal"
start = {starts}
pages = 3
[[schedule]]
name = "harvests"
job = "harvest"
every = 1.0
"""


def said(key: str) -> list[str]:
    """What the unit says of a key."""
    return re.findall(rf"^{key}=(.*)$", UNIT, re.M)


def analyzed(*words: str) -> "subprocess.CompletedProcess[str]":
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def test_systemd_takes_every_line_of_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "gleanings.service"
    unit.write_text(UNIT.replace("/opt/gleanings/bin/glean", "/bin/true"), "utf-8")
    done = analyzed("verify", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(unit.read_text("utf-8").replace("KillMode=mixed", "KilMode=mixed"), "utf-8")
    assert "KilMode" in analyzed("verify", "--recursive-errors=no", str(unit)).stderr


def test_systemd_finds_little_that_the_unit_leaves_open() -> None:
    path = EXAMPLES / "gleanings.service"
    done = analyzed("security", "--offline=true", "--threshold=20", "--no-pager", str(path))
    assert done.returncode == 0, done.stdout


def test_the_unit_leaves_a_stop_the_time_that_it_may_take() -> None:
    (seconds,) = said("TimeoutStopSec")
    assert float(seconds) > SchedulerConfig().grace + LINGERS
    assert said("SuccessExitStatus") == [str(INTERRUPTED)]
    assert float(re.findall(r"--stop-timeout (\d+)", CONTAINER)[0]) == float(seconds)


def test_the_unit_writes_only_where_its_settings_stand() -> None:
    (folder,) = said("WorkingDirectory")
    assert folder == f"/var/lib/{said('StateDirectory')[0]}"
    assert f"GLEAN_CONFIG={folder}/glean.toml" in said("Environment")


def test_the_container_ends_as_nobody_and_copies_what_there_is() -> None:
    words = [line.split() for line in CONTAINER.splitlines() if line and line[0].isupper()]
    assert [each[1] for each in words if each[0] == "USER"] == [f"{NOBODY}:{NOBODY}"]
    after = [each[0] for each in words][[each[0] for each in words].index("USER") :]
    assert "RUN" not in after
    for name in re.findall(r"/source/([\w.]+)", CONTAINER):
        assert (ROOT / name).exists()


def lines_of_cron() -> Iterator[tuple[str, str]]:
    """Each with its five fields and its command."""
    for line in CRONTAB.splitlines():
        if line and not line.startswith("#") and not re.match(r"\w+=", line):
            fields = line.split(None, 5)
            yield " ".join(fields[:5]), fields[5]


def test_every_line_of_the_crontab_is_one(tmp_path: Path) -> None:
    lines = [*lines_of_cron()]
    assert len(lines) >= 3
    for when, command in lines:
        Cron.parse(when)
        assert re.search(r"(?<!\\)%", command) is None  # cron takes it for the end of a line
        checked = subprocess.run(["/bin/sh", "-n", "-c", command], check=False)
        assert checked.returncode == 0


def test_a_line_of_the_crontab_does_nothing_beside_a_harvest(tmp_path: Path) -> None:
    (bin_folder := tmp_path / "bin").mkdir()
    glean = bin_folder / "glean"
    glean.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m cli "$@"\n')
    glean.chmod(0o755)
    with Portal(20, 7) as portal:
        host = portal.url.removeprefix("http://")
        text = SETTINGS.format(host=host, starts=json.dumps(portal.start))
        (tmp_path / "glean.toml").write_text(text)
        command = next(each for _, each in lines_of_cron() if "harvest" in each)
        command = command.replace("/var/lib/gleanings", str(tmp_path)).replace("\\%", "%")

        def run() -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                ["/bin/sh", "-c", command],
                capture_output=True,
                text=True,
                check=False,
                env={"PATH": f"{bin_folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            )

        assert (run().returncode, run().stdout) == (0, "")
        store = open_store(f"sqlite:///{tmp_path / 'glean.db'}")
        with store, store.database.lock("harvest portal"):
            beside = run()
    assert beside.returncode == LOCKED
    assert "another process" in beside.stderr
    assert len((tmp_path / "harvests.jsonl").read_text().splitlines()) == 2


def as_nobody(state: Path) -> list[str]:
    """A command line that runs what follows it as nobody, in /mnt, which is `state` and, besides
    /tmp, the only folder that may be written."""
    needed = [Path(sys.base_prefix), Path(sys.prefix), ROOT]
    script = ["set -e", "mount -t tmpfs tmpfs /srv", "mkdir /srv/state"]
    script.append(f"mount --bind {state} /srv/state")
    kept: set[Path] = set()
    for number, path in enumerate(needed):
        script += [f"mkdir /srv/{number}", f"mount --bind {path} /srv/{number}"]
        kept |= {each for each in path.parents if not each.stat().st_mode & 0o001}
    for folder in sorted(kept, key=lambda each: len(each.parts))[:1]:
        script.append(f"mount -t tmpfs -o mode=755 tmpfs {folder}")
    script.append("mount -t tmpfs tmpfs /tmp")
    kept.add(Path("/tmp"))
    for number, path in enumerate(needed):
        if any(path.is_relative_to(folder) for folder in kept):
            script += [f"mkdir -p {path}", f"mount --bind /srv/{number} {path}"]
    script += [
        "mount --bind /srv/state /mnt",
        "mount -o remount,bind,ro /",
        "cd /mnt",
        f"exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --no-new-privs "
        '--inh-caps=-all --bounding-set=-all "$@"',
    ]
    return ["unshare", "-m", "--", "/bin/sh", "-c", "\n".join(script), "sh"]


def test_schedules_run_as_nobody_with_a_read_only_root(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can make a root that is read-only")
    (state := tmp_path / "state").mkdir()
    os.chown(state, int(NOBODY), int(NOBODY))
    tried = [*as_nobody(state), "/bin/sh", "-c", "touch here && ! touch /etc/there 2>&-"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    with Portal(20, 7) as portal:
        host = portal.url.removeprefix("http://")
        settings = SETTINGS.format(host=host, starts=json.dumps(portal.start))
        (state / "glean.toml").write_text(settings)
        process = subprocess.Popen(
            [*as_nobody(state), sys.executable, "-P", "-m", "cli", "schedule", "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(ROOT),
                "GLEAN_CONFIG": "/mnt/glean.toml",
                "XDG_CACHE_HOME": "/mnt/cache",
            },
        )
        assert process.stdout is not None
        lines = map(json.loads, process.stdout)
        ended = next((each for each in lines if each["state"] != "skipped"), None)
        process.terminate()
        _, err = process.communicate(timeout=120)
    assert ended is not None, err
    assert (ended["schedule"], ended["state"]) == ("harvests", "done"), (ended, err)
    assert ended["figures"]["pages"] == 3
    assert process.returncode == INTERRUPTED, err
    owners = {path.stat().st_uid for path in state.rglob("*")} - {0}
    assert owners == {int(NOBODY)}
    assert (state / "glean.db").exists()
    assert [*(state / "archive").glob("*.warc.gz")]
