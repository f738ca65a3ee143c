"""JSON Lines in: every line accounted for, and copied as it stands."""

import gzip
import io
import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.files import lines as lines_module
from dedup.files.intake import Intake
from dedup.files.lines import Lines, _objects, whole_lines
from dedup.files.opening import open_input
from records import InputError, UsageError

SPLIT = b"\n"


def test_what_is_kept_stands_as_it_stood_in_its_order(work: Any, make_paper: Any) -> None:
    first = (
        b'{ "id":"z",  "abstract" : "\\u4e2d", "title": "Of spaces", "mine": [1.50, {"a": 1e3}]}'
    )
    second = json.dumps(make_paper(1), ensure_ascii=False).encode() + b"\r"
    path = work.put("in.jsonl", first + b"\n\n  \n" + second + b"\n" + b'{"id":3}')
    done = work(path)
    assert (done.folder / "unique.jsonl").read_bytes() == b"\n".join([first, second, b'{"id":3}\n'])
    assert done.outcome.records == 3


def test_of_a_cluster_the_canonical_record_is_kept(work: Any, make_paper: Any) -> None:
    path = work.put("in.jsonl", [make_paper(1), make_paper(2), make_paper(1, id="r0"), {"id": 9}])
    done = work(path)
    assert done.clusters == [["r0", "r1"]]
    assert [each["id"] for each in done.unique] == ["r2", "r0", 9]
    (match,) = done.lines("matches.jsonl")
    assert list(match) == ["a", "b", "relation", "state", "similarity", "evidence"]
    assert list(match["evidence"][0]) == ["kind", "for", "value", "words"]
    assert (match["a"], match["b"], match["state"], match["similarity"]) == (
        *("r0", "r1", "joined"),
        1.0,
    )


@pytest.mark.parametrize("block", [64, 700, 1 << 20])
def test_the_size_of_blocks_changes_nothing(
    work: Any, make_paper: Any, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    odd = [b"", json.dumps(make_paper(50, title="\ud800 lone")).encode(), b"   "]
    objects = [make_paper(n % 20, id=n) for n in range(30)]
    path = work.put("in.jsonl", [*objects[:10], *odd, *objects[10:]])
    expected = work(path, out="expected")
    monkeypatch.setattr(lines_module, "BLOCK", block)
    found = work(path)
    assert found.stable() == expected.stable()
    assert found.unique == expected.unique
    assert found.outcome.replaced == 1


PIECES = st.sampled_from(
    [b"{}", b'{"a":1}', b'{"a":[{}', b"{}]}", b'{"a":[{}]},{"b":2}', b"[]", b"1", b"", b" ", b"{",
     b'{"a":"', b'"}', b"0", b"null", b'{"a":"x\r"}', b"{}\r", b'{"\\u0061":null}', b"\xff", b"{},"]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=6), st.booleans())
def test_lines_read_at_once_read_as_they_do_alone(pieces: list[bytes], ended: bool) -> None:
    data = SPLIT.join(pieces) + SPLIT * ended
    found = _objects(data)
    if found is not None:
        alone = data.removesuffix(SPLIT).split(SPLIT)
        assert found == [orjson.loads(line) for line in alone]
        assert all(isinstance(each, dict) for each in found)


def test_lines_that_are_objects_are_read_at_once() -> None:
    assert _objects(b'{"a":1}\n{"b":[{}]}\n') == [{"a": 1}, {"b": [{}]}]


class Trickle:
    """A file that gives what it likes."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size = data, size

    def read(self, _count: int) -> bytes:
        got, self.data = self.data[: self.size], self.data[self.size :]
        return got


@given(st.binary(max_size=60), st.integers(1, 9))
def test_blocks_hold_whole_lines_and_every_byte(data: bytes, size: int) -> None:
    blocks = list(whole_lines(Trickle(data, size), "x"))
    plain = data.removeprefix(b"\xef\xbb\xbf") if size > 2 else data
    assert b"".join(blocks) == plain
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert b"" not in blocks


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"id": 1, "title": "cut', "is not JSON"),
        (b'{"id": 1} {"id": 2}', "is not JSON"),
        (b'{"id": 1, "x": NaN}', "is not JSON"),
        (b'{"id": 1, "x": NaN, "title": "\\ud800"}', "is not JSON"),
        (b'{"id": 1, "title": "\xff"}', "is not UTF-8"),
        (b'{"id": 1, "title": "a\x00b"}', "is not JSON"),
        (b"[1, 2]", "is no JSON object"),
        (b'"text"', "is no JSON object"),
        (b'{"title": "no id"}', "has no id"),
        (b'{"id": null}', "has no id"),
        (b'{"id": ""}', "has no id"),
        (b'{"id": true}', "id is true or false, not text or a whole number"),
        (b'{"id": 1.5}', "id is a number, not text or a whole number"),
        (b'{"id": 1, "title": 7}', "title is a number, not text"),
        (b'{"id": 1, "abstract": ["a"]}', "abstract is a list, not text"),
        (b'{"id": 1, "authors": {"a": 1}}', "authors is an object"),
        (b'{"id": 1, "authors": ["A", 1]}', "authors holds a number"),
        (b'{"id": 1, "year": [2001]}', "year is a list, not a whole number"),
        (b'{"id": 1, "year": 2001.5}', "year is a number"),
        (b'{"id": 1, "year": 20010000000}', "year is 20010000000, which is no year"),
        (b'{"id": 1, "volume": {}}', "volume is an object"),
        (b'{"id": 1, "doi": 10}', "doi is a number, not text"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_is_written(
    work: Any, make_paper: Any, line: bytes, words: str
) -> None:
    path = work.put("in.jsonl", [make_paper(1), b"", line, make_paper(2)])
    with pytest.raises(InputError, match=rf"in\.jsonl: line 3 {words}.*--skip-bad$") as told:
        work(path)
    assert "\n" not in str(told.value)
    assert work.names == {"in.jsonl"}


def test_bad_lines_are_left_out_and_named_where_asked(work: Any, make_paper: Any) -> None:
    bad = [b"no", b'{"id": "r1"}', b'{"id": 5, "year": {}}']
    path = work.put("in.jsonl", [make_paper(1), *bad, make_paper(2)])
    done = work(path, skip_bad=True)
    assert [each["id"] for each in done.unique] == ["r1", "r2"]
    assert done.run["skipped"] == done.outcome.skipped == 3
    assert [(each["path"], each["line"]) for each in done.run["skipped_lines"]] == [
        (str(path), number) for number in (2, 3, 4)
    ]
    assert "'r1' a second time" in done.run["skipped_lines"][1]["reason"]


def test_where_no_line_can_be_read_nothing_is_written(work: Any) -> None:
    path = work.put("in.jsonl", [b"nothing", b"of", b"use"])
    with pytest.raises(InputError, match=r"line 1 is not JSON.* no other line"):
        work(path, skip_bad=True)
    assert work.names == {"in.jsonl"}


def test_an_id_twice_names_both_places(work: Any, make_paper: Any) -> None:
    first = work.put("a.jsonl", [make_paper(1), b"", make_paper(2, id=7)])
    second = work.put("b.jsonl", [make_paper(3), make_paper(4, id="7")])
    with pytest.raises(InputError, match=r"b\.jsonl: line 2 has the id '7', as .*a\.jsonl, line 3"):
        work(first, second)
    with pytest.raises(InputError, match=r"a\.jsonl: line 3 has the id '7', as line 1 has"):
        work(work.put("a.jsonl", [{"id": 7, "title": "A"}, b"", {"id": "7"}]))


def test_a_file_named_twice_is_a_slip_of_usage(work: Any, make_paper: Any) -> None:
    path = work.put("a.jsonl", [make_paper(1)])
    with pytest.raises(UsageError, match="is named twice"):
        work(path, path)


def test_surrogates_and_nuls_are_replaced_and_counted(work: Any, make_paper: Any) -> None:
    abstract = make_paper(1)["abstract"]
    objects = [
        json.dumps(make_paper(1)).encode(),
        json.dumps(make_paper(2, abstract=abstract + "\0\ud800", authors=["A\0"])).encode(),
        b'{"id": "\\u0000x", "title": "\xed\xa0\x80 lone", "carried": "\\ud800"}',
        json.dumps(make_paper(3, title="pair \U0001f600 \\u0000 is text")).encode(),
    ]
    done = work(work.put("in.jsonl", objects))
    assert done.run["replaced"] == 5
    assert (done.folder / "unique.jsonl").read_bytes().split(b"\n")[2] == objects[2]


def test_line_separators_within_texts_split_nothing(work: Any, make_paper: Any) -> None:
    odd = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
    line = json.dumps(make_paper(1, title=odd), ensure_ascii=False).encode()
    done = work(work.put("in.jsonl", [line, make_paper(2)]))
    assert done.unique[0]["title"] == odd
    assert done.outcome.records == 2


def test_a_very_long_abstract_is_read_and_copied_like_others(work: Any, make_paper: Any) -> None:
    long = json.dumps(make_paper(1, abstract="a long word " * 4_200_000)).encode()
    path = work.put("in.jsonl", [make_paper(2), long, make_paper(3)])
    source = Lines(open_input(path, work.folder / "spool"), Intake())
    lengths = [text and len(text) for batch in source.batches() for text in texts_of(batch)]
    assert len(lengths) == 3
    assert lengths[1] == 12 * 4_200_000
    copied = io.BytesIO()
    source.again(np.array([False, True, True]), copied, [], lambda *_: None)
    assert copied.getvalue() == long + b"\n" + json.dumps(make_paper(3)).encode() + b"\n"


def texts_of(batch: Any) -> list[str]:
    texts: list[str] = batch.column("abstract").to_pylist()
    return texts


def test_a_line_longer_than_any_record_is_refused(
    work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "LONGEST", 1 << 20)
    path = work.put("in.jsonl", b"x" * (3 << 20))
    with pytest.raises(InputError, match="a line of more than 1 MiB"):
        work(path)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_holds_no_records(work: Any, content: bytes) -> None:
    done = work(work.put("in.jsonl", content))
    assert done.outcome.records == 0
    assert (done.folder / "unique.jsonl").read_bytes() == b""
    assert (done.folder / "clusters.jsonl").read_bytes() == b""


def test_lines_that_have_nothing_to_compare_are_refused(work: Any) -> None:
    path = work.put("in.jsonl", [{"id": 1, "Title": "Of capitals"}])
    with pytest.raises(InputError, match="no line has a title or an abstract"):
        work(path)


def test_a_byte_order_mark_is_no_part_of_the_first_line(work: Any, make_paper: Any) -> None:
    line = json.dumps(make_paper(1)).encode()
    done = work(work.put("in.jsonl", b"\xef\xbb\xbf" + line + b"\n"))
    assert (done.folder / "unique.jsonl").read_bytes() == line + b"\n"


def compressed(data: bytes, ending: str) -> bytes:
    import pyarrow as pa

    if ending == "gz":
        return gzip.compress(data)
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    whole: bytes = sink.getvalue().to_pybytes()
    return whole


@pytest.mark.parametrize("ending", ["gz", "zst"])
@pytest.mark.parametrize("name", ["in.jsonl.{}", "in"])
def test_compressed_lines_read_like_plain_ones(
    work: Any, make_paper: Any, ending: str, name: str
) -> None:
    objects = [make_paper(n % 3, id=n) for n in range(5)]
    plain = work(work.put("plain.jsonl", objects), out="plain")
    data = (work.folder / "plain.jsonl").read_bytes()
    parts = compressed(data[:900], ending) + compressed(data[900:], ending)
    done = work(work.put(name.format(ending), parts))
    assert done.stable() == plain.stable()
    assert done.unique == plain.unique
    assert done.run["inputs"][0]["compression"] == {"gz": "gzip", "zst": "zstd"}[ending]


@pytest.mark.parametrize("ending", ["gz", "zst"])
@pytest.mark.parametrize("how", ["cut", "last byte", "rubbish behind", "not at all", "empty"])
def test_a_broken_compressed_file_is_named_and_nothing_written(
    work: Any, make_paper: Any, ending: str, how: str
) -> None:
    whole = compressed(b"".join(json.dumps(make_paper(n)).encode() + b"\n" for n in range(99)),
                       ending)  # fmt: skip
    broken = {
        "cut": whole[: len(whole) // 2],
        "last byte": whole[:-1],
        "rubbish behind": whole + b"rubbish",
        "not at all": b'{"id": 1}\n',
        "empty": b"",
    }[how]
    path = work.put(f"in.jsonl.{ending}", broken)
    with pytest.raises(InputError, match=rf"in\.jsonl\.{ending}: .*(?:anew|fetch)"):
        work(path, skip_bad=True)
    assert work.names == {path.name}


def test_a_pipe_is_read_twice_all_the_same(work: Any, make_paper: Any) -> None:
    objects = [make_paper(n % 3, id=n) for n in range(5)]
    data = work.put("in.jsonl", objects).read_bytes()
    plain = work(work.folder / "in.jsonl", out="plain")
    pipe = work.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    done = work(pipe)
    writer.join()
    assert done.unique == plain.unique
    assert {path.name for path in done.folder.iterdir()} == {
        path.name for path in plain.folder.iterdir()
    }


@pytest.mark.parametrize("how", ["a letter", "longer", "shorter", "gone"])
def test_a_file_that_changes_while_it_is_read_is_noticed(
    work: Any, make_paper: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    from dedup.files import running

    path = work.put("in.jsonl", [make_paper(n) for n in range(9)])
    data = path.read_bytes()
    before = path.stat()

    def meddle(path: Path = path) -> None:
        if how == "gone":
            path.unlink()
        elif how == "a letter":
            path.write_bytes(data.replace(b"r3", b"r4", 1))
        else:
            path.write_bytes(data + data[:99] if how == "longer" else data[:-99])
        if how != "gone":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    class Meddling(running.Engine):
        def finish(self, *given: Any, **more: Any) -> Any:
            found = super().finish(*given, **more)
            meddle()
            return found

    monkeypatch.setattr(running, "Engine", Meddling)
    with pytest.raises(InputError, match=r"in\.jsonl: (?:changed while|cannot be read)"):
        work(path)
    assert work.names <= {"in.jsonl"}


def test_a_folder_or_a_name_of_nothing_is_no_input(work: Any) -> None:
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        work(work.folder)
    with pytest.raises(InputError, match=r"nothing\.jsonl: cannot be read: No such file"):
        work(work.folder / "nothing.jsonl")
