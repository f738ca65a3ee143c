"""What records say besides their abstracts, read from columns."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.bands import bucket_keys, kind_of
from dedup.corpus import schema
from dedup.evidence import fold_record
from dedup.names import agreement, persons
from dedup.particulars import AUTHORS, FIRST_PAGE, NAMES, VENUE, Said, particulars, written
from records import Record

ROWS = [
    {"id": "a", "title": "Sowing of the northern fields", "authors": ["Ann Lee", None, ""]},
    {"id": "b", "authors": None, "identifiers": [("doi", "10.1000/1"), ("doi", "10.1000/2")]},
    {"id": "c", "authors": [], "identifiers": [], "year": 2001, "issue": "3"},
    {"id": "d", "authors": ["Bo Ek"], "venue": "Ants", "volume": "7", "pages": "é12", "year": -4},
    {"id": "e", "authors": ["Bo Ek"], "venue": "ANTS", "volume": "07", "pages": "12", "year": 2001},
]
SAID = [
    Said("Sowing of the northern fields", ("Ann Lee",), None, None, None, None, None, {}),
    Said(None, (), None, None, None, None, None, {"doi": "10.1000/2"}),
    Said(None, (), 2001, None, None, "3", None, {}),
    Said(None, ("Bo Ek",), -4, "Ants", "7", None, "é12", {}),
    Said(None, ("Bo Ek",), 2001, "ANTS", "07", None, "12", {}),
]


@pytest.fixture
def batch() -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(ROWS, schema=schema())


@pytest.mark.parametrize("rows", [[0, 1, 2, 3, 4], [3], [4, 1, 1], []])
def test_rows_are_read_as_they_are_written(batch, rows):
    asked = np.array(rows, np.int64)
    assert list(written(batch, asked)) == [SAID[row] for row in rows]
    assert list(written(pa.Table.from_batches([batch]), asked)) == [SAID[row] for row in rows]


def test_a_slice_of_a_batch_says_what_its_rows_say(batch):
    for first, end in pairwise((0, 2, 5)):
        found = written(batch.slice(first, end - first), np.arange(end - first))
        assert list(found) == SAID[first:end]


def test_those_of_one_digest_say_the_same_but_for_the_year(batch):
    none, weights = np.zeros(5, np.int32), np.ones(5)
    found = particulars(batch, none, weights)
    assert found.digests[3] == found.digests[4]
    assert len(set(found.digests.tolist())) == 4
    assert found.has.tolist()[::3] == [AUTHORS, AUTHORS | VENUE | 4 | FIRST_PAGE]


def test_the_catalogue_lists_a_record_under_its_buckets(batch):
    found = particulars(batch, np.zeros(5, np.int32), np.ones(5))
    for row, said in enumerate(SAID):
        record = Record(
            rank=1,
            key="a",
            **said._replace(identifiers=dict(said.identifiers))._asdict(),
        )
        keys = set(bucket_keys(fold_record(record)))
        listed = set(found.keys[found.listed == row].tolist())
        assert listed <= keys
        assert {kind_of(key).name for key in keys - listed} <= {"TITLE"}


PEOPLE = """
Li Wei|Wang, Q.|McAdams J. E.|J.E. McAdams|Ann Lee|Lee A|张伟|王?伟|Bo Ek|Anonymous|Ann B. Lee
Jos? Ek|José Ek|Jose Ek|Müller, K|M?ller K|李|et al.|O'Brien|Obrien, P.
""".strip().replace("\n", "|")
AUTHOR_LISTS = st.lists(st.sampled_from(PEOPLE.split("|")) | st.text(max_size=8), max_size=4)


def common_bits(a, b):
    rows = [{"id": str(row), "authors": authors} for row, authors in enumerate((a, b))]
    batch = pa.RecordBatch.from_pylist(rows, schema=schema())
    names = particulars(batch, np.zeros(2, np.int32), np.zeros(2)).names
    assert names.shape == (2, NAMES)
    return bool((names[0] & names[1]).any())


@given(AUTHOR_LISTS, AUTHOR_LISTS)
@example(["Jos? Ek"], ["José"])
def test_lists_with_an_author_in_common_have_a_bit_in_common(a, b):
    agree = agreement(*(persons(tuple(filter(None, names))) for names in (a, b)))
    if agree is not None and agree[1]:
        assert common_bits(a, b)


def test_most_lists_without_a_word_in_common_have_no_bit_in_common():
    people = [f"{given} {family}" for given in ("Ann", "Bo", "Eva") for family in ("Lee", "Ek")]
    apart = [(a, b) for a in people for b in people if not {*a.split()} & {*b.split()}]
    assert sum(common_bits([a], [b]) for a, b in apart) < len(apart) / 4
