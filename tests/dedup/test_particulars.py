"""What records say besides their abstracts, read from columns."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from dedup.bands import bucket_keys, kind_of
from dedup.corpus import schema
from dedup.evidence import fold_record
from dedup.particulars import AUTHORS, FIRST_PAGE, VENUE, Said, particulars, written
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
