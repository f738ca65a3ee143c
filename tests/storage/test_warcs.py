"""WARC files of others: whole records come out, and broken ones are told."""

import gzip
import random
import subprocess
import sys
from pathlib import Path

import pytest
from backports import zstd

from storage.warcs import Broken, Kept, Skipped, read_warc

MOST = 1 << 20


def record(
    kind: str = "response", url: str = "http://h/1", block: bytes = b"", **more: str
) -> bytes:
    """One WARC record, uncompressed."""
    lines = {"WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:0>", "WARC-Target-URI": url}
    lines |= {"WARC-Date": "2020-01-02T03:04:05Z", "Content-Length": str(len(block))}
    lines |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def taken(folder: Path, data: bytes, name: str = "x.warc") -> list[Kept | Skipped | Broken]:
    path = folder / name
    path.write_bytes(data)
    return list(read_warc(path, max_bytes=MOST))


def blocks(found: list[Kept | Skipped | Broken]) -> list[bytes]:
    return [each.block for each in found if isinstance(each, Kept)]


BLOCKS = [b"one", b"", b"three" * 1000]


@pytest.mark.parametrize(
    "pack",
    [
        b"".join,
        lambda records: b"".join(map(gzip.compress, records)),
        lambda records: gzip.compress(b"".join(records)),
        lambda records: b"".join(map(zstd.compress, records)),
    ],
    ids=["plain", "gzip", "gzip of all", "zstd"],
)
def test_every_record_comes_out_however_it_is_packed(tmp_path: Path, pack: object) -> None:
    data = pack([record(block=block) for block in BLOCKS])  # type: ignore[operator]
    found = taken(tmp_path, data)
    assert blocks(found) == BLOCKS
    assert [each.fetched_at for each in found if isinstance(each, Kept)] == [1577934245000000] * 3


def test_what_is_nothing_to_read_is_told_by_its_kind(tmp_path: Path) -> None:
    kinds = ("warcinfo", "request", "revisit", "metadata", "resource")
    data = b"".join(record(kind) for kind in kinds) + record(url="dns:h") + record(url="")
    data += record("conversion", "<http://h/2>", b"text")
    found = taken(tmp_path, data)
    assert found[:5] == [Skipped(kind) for kind in kinds]
    assert found[5:7] == [Skipped("response of dns"), Skipped("response of no address")]
    kept = found[7]
    assert isinstance(kept, Kept)
    assert (kept.kind, kept.url, kept.block) == ("conversion", "http://h/2", b"text")


def test_a_file_that_ends_too_soon_is_told(tmp_path: Path) -> None:
    last = gzip.compress(record(block=random.Random(1).randbytes(700)))
    whole = gzip.compress(record(block=b"one")) + last
    for cut in range(16, len(last) - 40, 7):
        *kept, broken = taken(tmp_path, whole[:-cut])
        assert blocks(kept) == [b"one"]
        assert isinstance(broken, Broken), cut


def test_reading_goes_on_behind_a_broken_member(tmp_path: Path) -> None:
    members = [gzip.compress(record(block=f"{number}".encode() * 300)) for number in range(6)]
    for spoilt in (0, 2):
        torn = bytearray(members[spoilt])
        torn[30] ^= 0xFF
        data = [bytes(torn) if number == spoilt else m for number, m in enumerate(members)]
        found = taken(tmp_path, b"".join(data))
        assert blocks(found) == [f"{n}".encode() * 300 for n in range(6) if n != spoilt]
        assert len([each for each in found if isinstance(each, Broken)]) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"nonsense " * 1000, "is no WARC file"),
        (b"WARC/1.0\r\nX: " + b"a" * 30_000_000, "is no WARC file"),
        (record(block=b"x", Content_Length="99999999999999999"), "the limit is"),
        (record(block=b"x", Content_Length="700"), "ends after"),
        (record(block=b"x", WARC_Date="yesterday"), "has no date"),
        (gzip.compress(b"\0" * 50_000_000), "is no WARC file"),
    ],
)
def test_what_is_no_record_is_told_as_that(tmp_path: Path, data: bytes, words: str) -> None:
    found = taken(tmp_path, data)
    assert blocks(found) == []
    assert [each for each in found if isinstance(each, Broken) and words in each.reason]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (broken,) = read_warc(tmp_path / "gone.warc", max_bytes=MOST)
    assert isinstance(broken, Broken)
    assert "No such file" in broken.reason
    (broken,) = read_warc(tmp_path, max_bytes=MOST)
    assert isinstance(broken, Broken)


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    zeros = 400_000_000
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(record(block=b"", Content_Length=str(zeros))[:-4])
        for _ in range(zeros // 1_000_000):
            file.write(b"\0" * 1_000_000)
        file.write(b"\r\n\r\n")
    with path.open("ab") as file:
        file.write(gzip.compress(record(block=b"after it")))
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from storage.warcs import Broken, Kept, read_warc\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (200 << 20, 200 << 20))\n"
        f"found = list(read_warc(Path({str(path)!r}), max_bytes={MOST}))\n"
        "assert isinstance(found[0], Broken) and 'the limit is' in found[0].reason, found\n"
        "assert found[1].block == b'after it', found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
