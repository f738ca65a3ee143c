"""What others archived or saved is stored as if it had been fetched, each page once."""

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.sample import Portal
from records import as_json
from storage import open_store
from storage.captures import captured
from storage.due import make_due
from storage.schema import address
from tests.crawler.harvesting import harvest, store_of, write_config
from tests.crawler.test_reader import PAGE
from tests.storage.invariants import check
from tests.storage.test_warcs import record

HTML = (
    "<html><body><div>共查询到<b>1</b>条相似文献,搜索用时 3 毫秒</div><table><tr><td>1.</td><td>"
    '<a href="http://h/view_abstract.aspx?aid={0}">On Rivers and Sand {0}</a></td></tr><tr>'
    "<td></td><td><p>Reservoirs hold back most of the sand that once fed the delta {0}.</p>"
    '<a href="http://h/relate_search.aspx?aid={0}">相似文献</a></td></tr></table><table><tr><td>'
    '<a href="http://h/about.aspx">关于我们</a></td></tr><tr><td>Copyright&copy;北京某某公司'
    "&nbsp;京ICP备00000001号</td></tr></table></body></html>"
)


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    with Portal(records=40, seed=3) as portal:
        harvest(write_config(folder, portal))
    return folder


def glean(folder: Path, *words: str, status: int = 0) -> tuple[Any, str]:
    """What an import prints: its figures, and what it says beside."""
    with start(folder, *words) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == status, (out, err)
    return json.loads(out) if out.strip() else None, err


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    config = folder / "glean.toml"
    if not config.exists():
        config.write_text('[store]\nurl = "sqlite:///glean.db"\narchive = "archive"\n', "utf-8")
    command = [sys.executable, "-m", "cli", "harvest", "others", "--json", *words]
    return subprocess.Popen(
        [*command, "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def records(folder: Path) -> dict[str, Any]:
    """By key. Without ranks: which of two equal readings is shown is told by their pages' ids, and
    those are another source's."""
    with open_store(store_of(folder / "glean.toml")) as store:
        check(store, settled=True)
        return {each.key: as_json(each) | {"rank": None} for each in store.records()}


def urls(folder: Path) -> list[str]:
    with open_store(store_of(folder / "glean.toml")) as store:
        return sorted(page.url for page in captured(store.database))


def response(body: bytes, head: str = "Content-Type: text/html", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body


def page_of(number: int) -> bytes:
    return HTML.format(f"{number:x}").encode()


def url_of(number: int) -> str:
    return f"http://h/relate_search.aspx?aid=f{number:x}"


def test_what_a_harvest_archived_gives_the_records_that_it_stored(
    harvested: Path, tmp_path: Path
) -> None:
    (file,) = (harvested / "archive").glob("*.warc.gz")
    figures, err = glean(tmp_path, "--from-warc", str(file))
    assert list(figures) == [
        *("run", "source", "pages", "records", "new", "readings", "duplicates"),
        *("quarantined", "failed", "found", "unchanged", "gone", "seconds", "finished", "reason"),
    ]
    assert (figures["source"], figures["pages"], figures["records"]) == ("others", 40, 40)
    assert (figures["failed"], figures["finished"], figures["reason"]) == (0, True, "all read")
    assert "skipped: 1 robots.txt" in err
    assert records(tmp_path) == records(harvested)
    assert urls(tmp_path) == urls(harvested)
    shutil.copy(harvested / "glean.toml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "verify", "--config", str(tmp_path / "glean.toml")],
        check=False,
    )
    assert done.returncode == 0


def test_an_import_that_was_killed_goes_on_and_doubles_nothing(
    harvested: Path, tmp_path: Path
) -> None:
    (file,) = (harvested / "archive").glob("*.warc.gz")
    with start(tmp_path, "--from-warc", str(file)) as process:
        while _pages(tmp_path) < 5:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    stored = _pages(tmp_path)
    assert 5 <= stored < 40
    figures, err = glean(tmp_path, "--from-warc", str(file))
    assert (figures["run"], figures["pages"], figures["records"]) == (1, 40, 40)
    assert f"{stored} taken already" in err
    assert records(tmp_path) == records(harvested)
    again, _ = glean(tmp_path, "--from-warc", str(file))
    assert (again["run"], again["pages"], again["new"], again["found"]) == (2, 40, 0, 0)


def _pages(folder: Path) -> int:
    try:
        driver = sqlite3.connect(f"file:{folder / 'glean.db'}?mode=ro", uri=True)
        try:
            return int(driver.execute("SELECT count(*) FROM page").fetchone()[0])
        finally:
            driver.close()
    except sqlite3.OperationalError:
        return 0


def test_imported_addresses_are_not_fetched_later(tmp_path: Path) -> None:
    with Portal(records=12, seed=3) as portal:
        config = write_config(tmp_path, portal, name="others")
        first = tmp_path / "first"
        first.mkdir()
        (first / "glean.toml").write_text(
            config.read_text("utf-8").replace("depth = 100", "depth = 0"), "utf-8"
        )
        command = [sys.executable, "-m", "cli", "harvest", "--json", "--config"]
        subprocess.run([*command, str(first / "glean.toml")], check=True, capture_output=True)
        (file,) = (first / "archive").glob("*.warc.gz")
        taken = {visit.aid for visit in portal.log if visit.aid}
        asked = len(portal.log)
        glean(tmp_path, "--from-warc", str(file))
        assert len(portal.log) == asked
        subprocess.run([*command, str(config)], check=True, capture_output=True)
        later = {visit.aid for visit in portal.log[asked:] if visit.aid}
    assert later
    assert not later & taken
    assert len(later | taken) == 12


def test_responses_and_texts_are_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    packed = gzip.compress(page_of(2))
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(page_of(3)), page_of(3))
    data = [
        record("warcinfo"),
        record(url=url_of(1), block=response(page_of(1))),
        record("request", url_of(1), b"GET / HTTP/1.1\r\n\r\n"),
        record(url=url_of(2), block=response(packed, "Content-Encoding: gzip")),
        record(url=url_of(3), block=response(chunked, "Transfer-Encoding: chunked")),
        record("conversion", url_of(4), PAGE.encode()),
        record(url=url_of(5), block=response(b"gone", status="404 Not Found")),
        record(url=url_of(6), block=response(b"GIF", "Content-Type: image/gif")),
        record(url=url_of(7), block=b"no HTTP at all"),
        record(url="http://[/", block=response(page_of(8))),
    ]
    file = tmp_path / "x.warc"
    file.write_bytes(b"".join(data))
    figures, err = glean(tmp_path, "--from-warc", str(file), status=5)
    assert (figures["pages"], figures["failed"], figures["quarantined"]) == (4, 2, 0)
    assert "skipped: 1 image/gif, 1 request, 1 status 404, 1 warcinfo" in err
    assert f"{url_of(7)}: its HTTP head is broken" in err
    assert "http://[/: is no web address" in err
    said = records(tmp_path)
    assert sorted(each for each in said if each.startswith("aid:")) == ["aid:1", "aid:2", "aid:3"]
    assert len(said) == 4


def test_the_newer_of_two_captures_stands_whatever_their_order(tmp_path: Path) -> None:
    old = record(url=url_of(1), block=response(page_of(8)), WARC_Date="2019-01-01T00:00:00Z")
    new = record(url=url_of(1), block=response(page_of(9)), WARC_Date="2021-01-01T00:00:00Z")
    for name, data in (("a", old + new), ("b", new + old)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "x.warc").write_bytes(data)
        figures, _ = glean(folder, "--from-warc", str(folder / "x.warc"))
        assert (figures["pages"], figures["records"]) == (1, 1)
        assert [*records(folder)] == ["aid:9"]


def test_broken_input_is_named_and_the_rest_is_complete(tmp_path: Path) -> None:
    members = [
        gzip.compress(record(url=url_of(n), block=response(page_of(n)))) for n in range(1, 7)
    ]
    torn = bytearray(members[2])
    torn[40] ^= 0xFF
    members[2] = bytes(torn)
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members)[:-60])
    (tmp_path / "b.warc.gz").write_bytes(b"nothing of the kind")
    words = [str(tmp_path / name) for name in ("a.warc.gz", "b.warc.gz", "c.warc.gz")]
    figures, err = glean(tmp_path, "--from-warc", *words, status=5)
    assert (figures["pages"], figures["failed"], figures["finished"]) == (4, 4, True)
    assert "b.warc.gz: is no WARC file" in err
    assert "c.warc.gz: cannot be read: No such file" in err
    assert "Traceback" not in err
    _, err = glean(tmp_path, "--from-warc", words[1], status=1)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder of saved pages."""
    folder = tmp_path / "saved"
    (folder / "deeper" / "one_files").mkdir(parents=True)
    noted = f"<!-- saved from url=(0042){url_of(1)} -->\n".encode()
    (folder / "one.html").write_bytes(noted + page_of(1))
    canonical = b'<link href="http://h/relate_search.aspx?aid=f2&amp;b=1" rel="canonical">'
    (folder / "two.htm").write_bytes(canonical + page_of(2))
    (folder / "zwei.htm").write_bytes(canonical + page_of(3))
    (folder / "deeper" / "nowhere.html").write_bytes(page_of(4))
    (folder / "deeper" / "text.txt").write_bytes(PAGE.encode())
    (folder / "deeper" / "one.html").write_bytes(page_of(5))
    (folder / "deeper" / "one_files" / "frame.html").write_bytes(page_of(6))
    (folder / "deeper" / "bad.html").write_bytes(
        b'<link rel=canonical href="http://[">' + page_of(9)
    )
    (folder / "picture.png").write_bytes(b"PNG")
    (folder / "link.html").symlink_to(folder / "one.html")
    (folder / "page.mhtml").write_bytes(
        b"Snapshot-Content-Location: " + url_of(7).encode() + b"\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: 8bit\r\n\r\n" + page_of(7) + b"\r\n--x--\r\n"
    )
    for path in folder.rglob("*.htm*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return folder


def test_saved_pages_are_taken_with_where_they_come_from(saved: Path, tmp_path: Path) -> None:
    figures, err = glean(tmp_path, "--from-files", str(saved))
    assert (figures["pages"], figures["failed"], figures["quarantined"]) == (8, 0, 0)
    assert "skipped: 1 .png, 1 link" in err
    keys = records(tmp_path)
    assert {f"aid:{n}" for n in (1, 2, 3, 4, 5, 7, 9)} <= keys.keys()
    assert "aid:6" not in keys
    own = "http://h/relate_search.aspx?aid=f2&b=1"
    assert urls(tmp_path) == sorted(
        [url_of(1), own, own, url_of(7)]
        + [
            f"file:///deeper/{name}"
            for name in ("bad.html", "nowhere.html", "one.html", "text.txt")
        ]
    )
    with open_store(store_of(tmp_path / "glean.toml")) as store:
        days = {page.url: page.fetched_at for page in captured(store.database)}
    assert days[url_of(1)] == 1_600_000_000_000_000


def test_a_folder_that_was_moved_holds_the_same_pages(saved: Path, tmp_path: Path) -> None:
    glean(tmp_path, "--from-files", str(saved))
    before = _addresses(tmp_path)
    moved = saved.rename(tmp_path / "elsewhere")
    figures, _ = glean(tmp_path, "--from-files", str(moved))
    assert (figures["run"], figures["new"]) == (2, 0)
    assert _addresses(tmp_path) == before
    with open_store(store_of(tmp_path / "glean.toml")) as store:
        states = {*store.database.engine.connect().execute(select(address.c.state)).scalars()}
    assert states <= {"done", "due"}


def _addresses(folder: Path) -> list[str]:
    with open_store(store_of(folder / "glean.toml")) as store, store.database.read() as connection:
        return sorted(connection.execute(select(address.c.fingerprint)).scalars())


def test_a_fresh_harvest_asks_for_no_file(saved: Path, tmp_path: Path) -> None:
    glean(tmp_path, "--from-files", str(saved))
    with open_store(store_of(tmp_path / "glean.toml")) as store:
        with store.database.write() as connection:
            make_due(connection, "others")
        with store.database.read() as connection:
            due = select(address.c.url).where(address.c.state == "due")
            assert not [url for url in connection.execute(due).scalars() if "file:" in url]


def test_a_harvest_that_is_not_finished_is_not_mixed_with_an_import(
    saved: Path, tmp_path: Path
) -> None:
    from storage import ledger

    glean(tmp_path, "--from-files", str(saved))
    with open_store(store_of(tmp_path / "glean.toml")) as store, store.database.write() as database:
        ledger.begin_run(database, "others", depth=1, budget=None, fresh=False, now=0)
    _, err = glean(tmp_path, "--from-files", str(saved), status=2)
    assert "a harvest of it is not finished" in err


def test_a_budget_ends_an_import(saved: Path, tmp_path: Path) -> None:
    figures, _ = glean(tmp_path, "--from-files", str(saved), "--max-pages", "3")
    assert (figures["pages"], figures["reason"]) == (3, "page budget")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from-files", "nowhere"), "nowhere: is no folder"),
        (("another", "--from-files", "."), "name one source"),
        (("--from-files", ".", "--from-warc", "x.warc"), "not both"),
        (("--from-files", ".", "--url", "http://h/"), "fetches nothing"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    _, err = glean(tmp_path, *words, status=2)
    assert said in err
