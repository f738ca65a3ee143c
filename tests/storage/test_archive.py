"""Responses are kept as received, and what a kill tore is cut away."""

import gzip
import os
import random
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from records import InputError, StoreError
from storage import manifest
from storage.archive import Archive, Exchange, Place, read_exchange, whole_members


def exchange(number: int = 1, body: bytes = b"<p>page</p>") -> Exchange:
    return Exchange(
        url=f"http://portal.example/{number}",
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=gb2312"), ("Content-Encoding", "gzip")),
        body=body,
        fetched_at=1_700_000_000_123_456 + number,
        address="127.0.0.1",
    )


def test_what_was_written_comes_back_byte_for_byte(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "here")
    bodies = [b"", b"\x00\xff" * 1000, gzip.compress(b"packed"), b"\r\n\r\nWARC/1.0\r\n"]
    places = [archive.append(exchange(n, body)) for n, body in enumerate(bodies)]
    for number, (place, body) in enumerate(zip(places, bodies, strict=True)):
        assert read_exchange(tmp_path, place) == exchange(number, body)
    archive.close()
    assert read_exchange(tmp_path, places[1]) == exchange(1, bodies[1])


def test_other_readers_of_warc_find_every_response(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "here")
    for number in range(3):
        archive.append(exchange(number))
    archive.close()
    (path,) = tmp_path.glob("*.warc.gz")
    assert path.name.endswith(".warc.gz")
    with path.open("rb") as file:
        found = [each.rec_headers.get_header("WARC-Target-URI") for each in ArchiveIterator(file)]
    assert found == [exchange(number).url for number in range(3)]


def test_a_response_is_on_disk_when_append_returns(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "here")
    place = archive.append(exchange())
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(".open")
    assert path.stat().st_size == place.position + place.length


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(1, 400))
def test_a_file_cut_in_a_member_is_closed_after_its_last_whole_one(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    archive = Archive(folder, "here")
    places = [archive.append(exchange(number)) for number in range(3)]
    (path,) = folder.iterdir()
    os.truncate(path, max(1, path.stat().st_size - cut))
    size = path.stat().st_size
    Archive(folder, "here").recover()
    whole = [place for place in places if place.position + place.length <= size]
    if not whole:
        assert [*folder.iterdir()] == []
        return
    kept = [*folder.glob("*.warc.gz*")]
    assert [each.suffix for each in kept] == [".gz"]
    assert kept[0].stat().st_size == whole[-1].position + whole[-1].length
    for number, place in enumerate(whole):
        assert read_exchange(folder, place) == exchange(number)


@pytest.mark.parametrize("other", ["there", "here-too", "here.b", "he"])
def test_files_of_another_source_are_left_alone(tmp_path: Path, other: str) -> None:
    busy = Archive(tmp_path, other)
    busy.append(exchange())
    for name in ("here", "here_b"):
        Archive(tmp_path, name).recover()
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(".open")


def test_a_place_that_is_not_whole_is_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "here")
    place = archive.append(exchange())
    archive.close()
    with pytest.raises(InputError, match="at byte 0: cut short"):
        read_exchange(tmp_path, Place(place.file, 0, place.length - 1))
    with pytest.raises(InputError, match=r"missing\.warc\.gz"):
        read_exchange(tmp_path, Place("missing.warc.gz", 0, 1))


def test_an_archive_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file in the way")
    with pytest.raises(StoreError, match="archive cannot be written"):
        Archive(tmp_path / "archive", "here").append(exchange())


def test_a_file_that_is_no_gzip_has_no_whole_member(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not gzip at all")
    assert whole_members(tmp_path / "x") == 0


def test_a_response_that_has_no_room_leaves_nothing_of_itself(tmp_path: Path) -> None:
    noise = random.Random(3).randbytes(5000)
    archive = Archive(tmp_path, "here")
    first = archive.append(exchange(body=noise[:500]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first.length + 1000, hard))
    try:
        with pytest.raises(StoreError, match="archive cannot be written"):
            archive.append(exchange(body=noise))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    again = archive.append(exchange(body=noise))
    archive.close()
    assert read_exchange(tmp_path, again).body == noise
    (path,) = tmp_path.glob("*.warc.gz")
    assert whole_members(path) == path.stat().st_size == first.length + again.length


def test_a_file_is_closed_after_a_day_though_it_is_still_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path, "s")
    first = archive.append(exchange())
    monkeypatch.setattr("storage.archive.MAX_FILE_SECONDS", -1.0)
    second = archive.append(exchange())
    assert first.file != second.file
    assert list(manifest.load(tmp_path)) == [first.file]
    archive.close()
