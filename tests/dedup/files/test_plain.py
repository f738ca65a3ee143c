"""Blocks of plain lines: read to the columns that their objects give, or left to be read so."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.files.fields import FIELDS, read_columns
from dedup.files.plain import PlainLines

LETTERS = [*'ab "\\/\n\t\x7f', "é", "中", "😀", "\u2028"]
TEXTS = st.lists(st.sampled_from(LETTERS), max_size=90).map("".join)
ODD_TEXTS = st.lists(st.sampled_from([*LETTERS, "\0", "\ud800"]), max_size=9).map("".join)
NUMBERS = st.one_of(
    st.integers(-3, 3000), st.integers(-(10**20), 10**20), st.sampled_from([1.5, 1e300, 2e-7])
)
PLAIN = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans())
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(TEXTS | st.just("id"), inner, max_size=3)
    ),
    max_leaves=6,
)
USUAL = {
    **dict.fromkeys(FIELDS, st.one_of(st.none(), TEXTS)),
    "id": st.one_of(st.text("xy1", min_size=1), st.integers(0, 10**17)),
    "authors": st.one_of(st.none(), st.lists(TEXTS, max_size=3), TEXTS),
    "year": st.one_of(st.none(), st.integers(0, 3000), st.just("2001")),
    "volume": st.one_of(st.none(), TEXTS, st.integers(0, 99)),
    "identifiers": st.none(),
    "keywords": NESTED,
}
OBJECTS = st.fixed_dictionaries({"id": USUAL.pop("id")}, optional=USUAL)
ODD = st.dictionaries(st.sampled_from(["id", *USUAL]) | ODD_TEXTS, NESTED | ODD_TEXTS, max_size=4)


def written(each: dict[str, Any], how: int) -> bytes:
    """An object as JSON, escaped or not, with spaces or without."""
    between = (", ", ": ") if how & 1 else ("\t,", ":") if how & 2 else (",", ":")
    said = json.dumps(each, ensure_ascii=bool(how & 4), separators=between)
    return said.encode("utf-8", "surrogatepass") + (b" \r" if how & 8 else b"")


LINES = st.lists(st.builds(written, st.one_of(*[OBJECTS] * 9, ODD), st.integers(0, 15)), max_size=6)


def as_objects(data: bytes) -> Any:
    """The columns of lines read one by one; None: one of them is no plain object."""
    try:
        rows = [orjson.loads(line) for line in data.removesuffix(b"\n").split(b"\n")]
    except orjson.JSONDecodeError:
        return None
    if not all(isinstance(row, dict) for row in rows):
        return None
    names = set().union(*rows)
    values = {name: [row.get(name) for row in rows] for name in FIELDS if name in names}
    read = read_columns(values, len(rows), dirty=False)
    return None if read.bad or read.replaced or read.years_unread else read.batch


@given(st.lists(LINES, min_size=1, max_size=3), st.booleans())
def test_what_is_read_is_what_its_objects_say(blocks: list[list[bytes]], ended: bool) -> None:
    reader = PlainLines()
    for lines in blocks:
        data = b"\n".join(lines) + b"\n" * ended
        found = reader.read(data, old=False)
        if found is not None:
            found.validate(full=True)
            assert found.equals(as_objects(data))
            assert reader.fields == {
                name for name in FIELDS if any(name in orjson.loads(line) for line in lines)
            }


@given(LINES, st.data())
def test_damaged_lines_are_read_as_their_objects_are_or_not_at_all(
    lines: list[bytes], data: st.DataObject
) -> None:
    whole = bytearray(b"\n".join(lines) + b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole)))
        kept = data.draw(st.integers(0, 2))
        whole[at : at + kept] = data.draw(
            st.sampled_from([b"", b"\n", b'"', b"\\", b",", b"}", b"[", b"\xff", b"\xe4", b"\x01"])
        )
    found = PlainLines().read(bytes(whole), old=False)
    assert found is None or found.equals(as_objects(bytes(whole)))


@pytest.mark.parametrize("how", range(16))
def test_common_lines_are_read_without_their_objects(how: int) -> None:
    objects = [
        {"id": "a", "title": 'Of "bees" \\ 中文 😀', "abstract": "x" * 200 + "\n—", "lang": "en"},
        {"id": 12, "authors": ["X Y", "李明"], "year": 2001, "venue": "V", "volume": 7},
        {"id": "c", "authors": "X Y; Z", "year": "1999", "pages": "1-9", "doi": "10.1000/x"},
        {"id": "d", "authors": None, "year": None, "number": "2", "doi": None, "title": ""},
        {"id": "e", "keywords": ["a", {"b": -1.5}, None, True, []], "score": 0.25, "text": "t"},
    ]
    data = b"\n".join(written(each, how) for each in objects)
    found = PlainLines().read(data, old=False)
    assert found is not None
    assert found.equals(as_objects(data))


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1, "id": 2}',
        b'{"id": 01}',
        b'{"id": 1.0}',
        b'{"id": 1e3}',
        b'{"id": -1}',
        b'{"id": 1234567890123456789}',
        b'{"id": ""}',
        b'{"id": null}',
        b'{"title": "none"}',
        b'{"i\\u0064": 1}',
        b'{"id": 1, "title": "\\u0000"}',
        b'{"id": 1, "title": "\\ud83d"}',
        b'{"id": 1, "title": "\\ud83d\\u0041"}',
        b'{"id": 1, "title": "\xc0\x80"}',
        b'{"id": 1, "title": "\xed\xa0\x80"}',
        b'{"id": 1, "title": "\xf4\x90\x80\x80"}',
        b'{"id": 1, "title": "\xe4\xb8"}',
        b'{"id": 1, "title": "a\tb"}',
        b'{"id": 1, "title": "a\\xb"}',
        b'{"id": 1, "title": "a',
        b'{"id": 1, "title": ["a"]}',
        b'{"id": 1, "title": true}',
        b'{"id": 1, "authors": [null]}',
        b'{"id": 1, "authors": ["a",]}',
        b'{"id": 1, "year": 2001.0}',
        b'{"id": 1, "year": "in 2001"}',
        b'{"id": 1, "year": 9999999999}',
        b'{"id": 1, "venue": "a", "journal": "b"}',
        b'{"id": 1, "identifiers": {"doi": "a"}}',
        b'{"id": 1, "mine": NaN}',
        b'{"id": 1, "mine": 1e400}',
        b'{"id": 1, "mine": nul}',
        b'{"id": 1, "mine": [}',
        b'{"id": 1, "mine": [1,]}',
        b'{"id": 1, "mine": {"a" 1}}',
        b'{"id": 1, "mine": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"id": 1,}',
        b'{"id": 1} {"id": 2}',
        b'{"id": 1',
        b'{"id"',
        b'{"id": n',
        b"{}",
        b"[]",
        b"",
        b" ",
    ],
)
def test_what_is_not_plain_is_left(line: bytes) -> None:
    reader = PlainLines()
    usual = b'{"id": 7, "title": "Of bees"}'
    assert reader.read(line, old=False) is None
    assert reader.read(usual + b"\n" + line + b"\n" + usual, old=False) is None
    assert reader.read(usual, old=False) is not None


def test_what_nobody_reads_is_passed_over_however_deep() -> None:
    line = (
        b'{"mine": [[], {}, {"id": [1.5, -2, true, false, null, "]}"]}], "id": "a", "x": {"y": 0}}'
    )
    batch = PlainLines().read(line, old=False)
    assert batch is not None
    assert batch.column("id").to_pylist() == ["a"]
