"""An import that finds too many bad pages stops as a harvest does, and goes on behind them."""

from pathlib import Path

import pytest

from tests.crawler.test_importing import glean, page_of, records, response, url_of
from tests.storage.test_warcs import record

SHARE = '[store]\nurl = "sqlite:///glean.db"\n[[source]]\nname = "others"\nstart = ["http://h/"]\n'


def bad_page_of(number: int) -> bytes:
    """States two records and has one."""
    return page_of(number).replace(b"<b>1</b>", b"<b>2</b>")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three good pages, twelve bad ones, thirty good ones."""
    bodies = [(bad_page_of if 3 <= number < 15 else page_of)(number) for number in range(45)]
    file = tmp_path / "x.warc"
    data = [record(url=url_of(n), block=response(body)) for n, body in enumerate(bodies)]
    file.write_bytes(b"".join(data))
    return file


def test_an_import_past_its_share_stops_and_goes_on_behind_what_it_took(archive: Path) -> None:
    folder = archive.parent
    told, _ = glean(folder, "--from-warc", str(archive), status=3)
    assert (told["reason"], told["finished"]) == ("import stopped: quarantine share", False)
    assert (told["pages"], told["quarantined"], told["records"]) == (3, 7, 3)
    again, said = glean(folder, "--from-warc", str(archive), status=3)
    assert "10 taken already" in said
    assert (again["run"], again["finished"]) == (told["run"], False)
    assert (again["pages"], again["quarantined"]) == (8, 12)
    done, _ = glean(folder, "--from-warc", str(archive), status=3)
    assert (done["run"], done["reason"], done["finished"]) == (told["run"], "all read", True)
    assert (done["pages"], done["quarantined"]) == (33, 12)
    assert len(records(folder)) == 33


@pytest.mark.parametrize(("share", "pages"), [(1.0, 33), (0.5, 3), (0.9, 33)])
def test_the_share_is_that_of_the_source(archive: Path, share: float, pages: int) -> None:
    (archive.parent / "glean.toml").write_text(SHARE + f"quarantine = {share}\n", "utf-8")
    told, _ = glean(archive.parent, "--from-warc", str(archive), status=3)
    assert told["pages"] == pages
    assert told["finished"] == (pages == 33)


def test_saved_pages_are_held_to_the_same_share(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    for number in range(20):
        (saved / f"{number:02}.html").write_bytes(bad_page_of(number))
    told, _ = glean(tmp_path, "--from-files", str(saved), status=3)
    assert (told["pages"], told["quarantined"]) == (0, 10)
    assert told["reason"] == "import stopped: quarantine share"


def test_a_few_bad_pages_do_not_stop_an_import(tmp_path: Path) -> None:
    bodies = [(bad_page_of if number % 10 == 0 else page_of)(number) for number in range(30)]
    data = [record(url=url_of(n), block=response(body)) for n, body in enumerate(bodies)]
    (tmp_path / "x.warc").write_bytes(b"".join(data))
    told, _ = glean(tmp_path, "--from-warc", str(tmp_path / "x.warc"), status=3)
    assert (told["pages"], told["quarantined"], told["reason"]) == (27, 3, "all read")
