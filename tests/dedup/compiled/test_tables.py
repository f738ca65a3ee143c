"""Tables kept beside the kernels are those that were made, or are made anew."""

from pathlib import Path

import numpy as np
import pytest

from dedup import alphabet
from dedup.compiled import tables


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "folder", lambda: tmp_path)
    return tmp_path


def made(calls):
    def make():
        calls.append(1)
        return {"some": np.arange(5, dtype=np.uint32), "others": np.zeros((2, 3), np.uint8)}

    return make


def test_tables_are_made_once(place):
    calls = []
    first = tables.kept_tables("of-a-name", made(calls))
    again = tables.kept_tables("of-a-name", made(calls))
    assert len(calls) == 1
    assert first.keys() == again.keys()
    for name in first:
        assert first[name].dtype == again[name].dtype
        assert first[name].tolist() == again[name].tolist()
    assert [path.suffix for path in place.iterdir()] == [".npz"]


@pytest.mark.parametrize("left", [0, 1, 100])
def test_a_damaged_file_is_made_anew(place, left):
    calls = []
    tables.kept_tables("of-a-name", made(calls))
    (path,) = place.iterdir()
    path.write_bytes(path.read_bytes()[:left])
    assert tables.kept_tables("of-a-name", made(calls))["some"].tolist() == [0, 1, 2, 3, 4]
    tables.kept_tables("of-a-name", made(calls))
    assert len(calls) == 2


@pytest.mark.parametrize("nowhere", [None, Path("/proc/nowhere")])
def test_where_nothing_can_be_kept_they_are_made_each_time(monkeypatch, nowhere):
    monkeypatch.setattr(tables, "folder", lambda: nowhere)
    calls = []
    for _ in range(2):
        assert "some" in tables.kept_tables("of-a-name", made(calls))
    assert len(calls) == 2


def test_other_sources_make_other_tables(place, monkeypatch):
    calls = []
    tables.kept_tables("of-a-name", made(calls))
    monkeypatch.setattr(tables.unicodedata, "unidata_version", "99.0.0")
    tables.kept_tables("of-a-name", made(calls))
    assert len(calls) == 2


def test_the_alphabet_is_kept_as_it_is_made():
    kept, fresh = alphabet.alphabet(), alphabet._alphabet()
    for one, other in zip(kept, fresh, strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
