"""``glean doctor``: what it finds, what it says to do, and how it ends."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.sample import Portal
from storage import SqlStore, firings, manifest, open_store
from tests.servers import Server

FOUND = {"ok": 0, "note": 0, "warning": 3, "fault": 1}
"""Exit status by the worst that was found."""


@pytest.fixture
def glean(harvested, glean_in: Callable, tmp_path: Path):
    folder = tmp_path / "kept"
    shutil.copytree(harvested.glean.folder, folder)
    return glean_in(folder)


def opened(glean) -> SqlStore:
    return open_store(f"sqlite:///{glean.folder / 'glean.db'}")


def add(glean, text: str, *, before: str = "[[source]]") -> None:
    path = glean.folder / "glean.toml"
    head, found, rest = path.read_text("utf-8").partition(before)
    path.write_text(f"{head}{text}\n{found}{rest}", "utf-8")


def findings(glean, where: str, *options: str, worst: str) -> list[tuple[str, str, str]]:
    """(severity, what, what to do) of what stands under names that begin so; `worst`: of all."""
    said = glean.json("doctor", "--json", *options, status=FOUND[worst])
    assert (said["counts"][worst] > 0) is (worst != "ok")
    return [
        (each["severity"], each["what"], each["next"])
        for each in said["findings"]
        if each["where"].startswith(where)
    ]


def test_a_store_in_good_order_has_no_fault_and_no_warning(glean) -> None:
    said = glean.json("doctor", "--json")
    assert (said["counts"]["fault"], said["counts"]["warning"]) == (0, 0)
    assert said["versions"]["gleanings"]
    whats = [each["what"] for each in said["findings"]]
    assert any(what.startswith("journal WAL") for what in whats)
    assert any(what.startswith("SQLite 3.") for what in whats)
    assert all(each["next"] for each in said["findings"] if each["severity"] != "ok")


def test_people_are_told_the_worst_first_and_what_to_do(glean) -> None:
    add(glean, "[[source]]\nname = 'public'\nstart = ['https://example.org/?aid=1']\n")
    done = glean("doctor")
    assert done.returncode == 1
    first, remedy = done.stdout.split("\n")[2:4]
    assert first.startswith("fault    source public: network.contact is missing")
    assert 'write contact = "mailto:you@example.org"' in remedy
    assert done.stdout.split("\n")[-2].startswith("1 fault, 0 warnings, ")


def test_settings_that_cannot_be_read_are_a_fault_in_their_own_words(glean) -> None:
    add(glean, "depht = 3")
    ((severity, what, _),) = findings(glean, "settings", worst="fault")
    assert severity == "fault"
    assert "depht: no such key" in what


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("start_file = 'no-such.txt'", "no-such.txt: start_file of source portal cannot be read"),
        ("profile = 'nobody'", "profile 'nobody' does not exist"),
    ],
)
def test_a_source_that_cannot_be_harvested_is_a_fault(glean, line: str, what: str) -> None:
    add(glean, line, before="depth =")
    said = glean.json("doctor", "--json", status=1)
    faults = [each["what"] for each in said["findings"] if each["severity"] == "fault"]
    assert [each for each in faults if what in each] == faults


def test_before_the_first_harvest_nothing_is_wrong(glean, tmp_path: Path) -> None:
    (glean.folder / "glean.db").unlink()
    ((severity, _, remedy),) = [
        each for each in findings(glean, "store", worst="note") if "no store" in each[1]
    ]
    assert severity == "note"
    assert "glean harvest" in remedy


def test_a_clock_that_was_set_back_is_a_fault(glean) -> None:
    later = (time.time_ns() // 1000) + 3_600_000_000
    with opened(glean) as store, store.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE run SET ended_at = {later}")
    ((severity, what, _),) = findings(glean, "clock", worst="fault")
    assert severity == "fault"
    assert "the store has a run of" in what


def test_what_waits_and_what_was_left_is_told_with_its_remedy(glean) -> None:
    with opened(glean) as store, store.database.write() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO unsettled SELECT id FROM text_group LIMIT 3")
        run(
            "UPDATE address SET state = 'leased', lease_until = 1 WHERE id IN "
            "(SELECT id FROM address LIMIT 2)"
        )
        run("UPDATE address SET state = 'quarantined' WHERE state = 'done'")
        run(
            "UPDATE host SET refusals = 5, suspensions = 1, refusal = 'status 503', "
            "closed_until = 9000000000000000"
        )
    said = findings(glean, "", worst="warning")
    found = {what: (severity, remedy) for severity, what, remedy in said}
    assert found["3 text groups wait to be settled"] == ("note", "glean settle")
    assert found["2 leases of processes that died"][1].startswith("glean harvest portal")
    (share,) = [each for each in found if "pages in quarantine" in each]
    assert found[share][0] == "warning"
    (host,) = [each for each in found if each.startswith("left alone until")]
    assert host.endswith("status 503")


def test_an_index_that_is_gone_is_a_warning(glean) -> None:
    shutil.rmtree(glean.folder / "glean.db-related")
    ((severity, _, remedy),) = findings(glean, "index of related", worst="warning")
    assert (severity, remedy) == ("warning", "glean refresh")


def test_files_that_the_archive_lost_are_a_fault_and_open_ones_a_note(glean) -> None:
    (file,) = (glean.folder / "archive").glob("*.gz")
    file.rename(f"{file}.open")
    said = [each for each in findings(glean, "archive", worst="fault") if each[0] != "ok"]
    assert [each[0] for each in said] == ["fault", "note"]
    manifest.strike(glean.folder / "archive", file.name)
    assert [each[0] for each in findings(glean, "archive", worst="note")] == ["ok", "note"]


def test_a_folder_that_may_not_be_written_is_a_fault(
    glean, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = os.access
    monkeypatch.setattr(  # root may write everywhere, whatever a folder's mode
        os, "access", lambda path, mode: "archive" not in str(path) and may(path, mode)
    )
    ((severity, what, remedy),) = findings(glean, "archive", worst="fault")
    assert (severity, what) == ("fault", "may not be written by this user")
    assert "archive" in remedy


def test_schedules_that_nobody_runs_are_a_warning(glean) -> None:
    add(glean, "[[schedule]]\nname = 'related'\njob = 'refresh'\nevery = 60.0\n")
    said = findings(glean, "schedules", worst="warning")
    assert said[0][:2] == ("warning", "no scheduler runs, so nothing of them does")
    with opened(glean) as store, store.database.lock("scheduler"):
        (leads,) = findings(glean, "scheduler", worst="note")[1:]
    assert leads[0] == "ok"
    assert f"process {os.getpid()} leads since" in leads[1]


def test_a_schedule_that_never_fires_is_a_fault(glean) -> None:
    add(glean, "[[schedule]]\nname = 'x'\njob = 'refresh'\ncron = '0 0 30 2 *'\n")
    said = findings(glean, "schedules", worst="fault")
    assert said[0][0] == "fault"


def test_a_schedule_that_fails_names_its_log(glean) -> None:
    add(glean, "[[schedule]]\nname = 'related'\njob = 'refresh'\nevery = 60.0\n")
    with opened(glean) as store, store.database.write() as connection:
        for at in (1, 2):
            due = firings.Due(schedule="related", fire_time=at, begins=at, arguments=["refresh"])
            firings.enter(connection, [due], now=at)
            (still,) = firings.open_firings(connection)
            firings.begin(connection, still.id, owner="o", log=None, now=at)
            ended = {"status": 1, "reason": "see its log", "figures": None, "now": at}
            firings.end(connection, still.id, owner="o", state="failed", **ended)
    (said,) = findings(glean, "schedule related", worst="warning")
    assert said == ("warning", "failed 2 times in a row: see its log", "glean runs --log 2")


def test_sites_are_asked_only_when_told_to(glean, configure: Callable) -> None:
    with Portal(20, 7) as portal:
        configure(glean.folder, portal)
        glean.json("doctor", "--json")
        assert portal.log == []
        ((severity, what, _),) = findings(glean, "source portal: ", "--online", worst="note")
        assert (severity, what) == ("ok", "its robots.txt allows the start address")
        assert [each.path for each in portal.log] == ["/robots.txt"]


def test_a_site_that_does_not_answer_is_a_fault(glean, configure: Callable) -> None:
    with Portal(20, 7) as portal:
        pass
    configure(glean.folder, portal)
    ((severity, what, _),) = findings(glean, "source portal: ", "--online", worst="fault")
    assert severity == "fault"
    assert "robots.txt" in what


def test_a_server_is_asked_for_its_settings_and_who_leads(
    postgresql: Server, glean_in: Callable, tmp_path: Path
) -> None:
    url = postgresql.url(postgresql.new_database())
    with open_store(url, create=True) as store, store.database.lock("scheduler"):
        (tmp_path / "glean.toml").write_text(
            f"[store]\nurl = '{url}'\n[[schedule]]\nname = 'r'\njob = 'refresh'\nevery = 60.0\n"
        )
        said = glean_in(tmp_path).json("doctor", "--json", status=1)
    whats = {each["what"]: each["severity"] for each in said["findings"]}
    assert any(what.startswith("PostgreSQL ") for what in whats)
    assert whats["fsync = off: a power cut may tear the whole store"] == "fault"
    (leads,) = [what for what in whats if "leads since" in what]
    assert leads.startswith(f"glean, process {os.getpid()} on ")
