"""What records say besides abstract and title, compared by the kernels and by plain code."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from dedup import columns, signing
from dedup.agreeing import Agreeing, at_most
from dedup.corpus import conform, schema
from dedup.described import IDENTIFYING
from dedup.evidence import compare, fold_record
from dedup.heap import Heap
from dedup.names import agreement
from dedup.pairs import common_identifier
from dedup.particulars import LOST
from dedup.places import published_apart, venues_agree
from dedup.scheme import DEFAULT
from dedup.weighing import NOBODY
from records import Record

PEOPLE = """
Li Wei|Wang, Q.|McAdams J. E.|J.E. McAdams|Ann Lee|Lee A|A Lee; B Ek|张伟|王?伟|王大伟|Bo Ek
Anonymous|Jos? Ek|José Ek|Müller, K|M?ller K|et al.|O'Brien|Iwan Öz|Ø. Öz|Þ. Lee|Lee Ø A
Иван Петров|Петров И.
""".strip().replace("\n", "|")
VENUES = "Journal of Applied Ants|J. Appl. Ants|JAA|Annals of Bees: an organ|Ann. Bees|Bees"
ASKED = {"doi": "10.1000/one", "pmid": "77", "pmcid": "PMC7", "arxiv": "1", "isbn": "9", "DOI": ""}


def one_of(text: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(text.split("|"))


RECORDS = st.fixed_dictionaries(
    {
        "authors": st.lists(st.sampled_from(PEOPLE.split("|")), max_size=5),
        "year": st.sampled_from((None, -3, 1999, 2001, 2002, 2005)),
        "venue": one_of(VENUES) | st.text(max_size=9),
        "volume": one_of("7|07|12|Suppl"),
        "pages": one_of("12-19|112-9|S12|e7|in press"),
        "identifiers": st.dictionaries(
            st.sampled_from(tuple(ASKED)), st.sampled_from(("10.1000/one", "10.1/2", "77", ""))
        ),
    }
)
Said = dict[str, Any]


def gathered(rows: list[Said]) -> columns.Columns:
    said = [
        {**row, "id": str(number), "identifiers": list(row["identifiers"].items())}
        for number, row in enumerate(rows)
    ]
    heap = Heap()
    batches = [
        (batch.select(columns.KEPT), signing.sign(conform(batch), DEFAULT, heap))
        for batch in pa.Table.from_pylist(said, schema=schema()).to_batches(max_chunksize=3)
    ]
    return columns.gather(batches, heap.values(), DEFAULT)


def record(row: Said) -> Record:
    said = {**row, "authors": tuple(row["authors"])}
    return Record(rank=1, key="a", **said)


FEW = {"authors": [], "year": None, "venue": None, "volume": None, "pages": None, "identifiers": {}}


@given(st.lists(RECORDS, min_size=2, max_size=7))
@example([{**FEW, "authors": ["Lee Ø A"]}, {**FEW, "authors": ["Lee A"]}])
@example([{**FEW, "authors": ["A Lee", "B Ek"]}, {**FEW, "authors": ["B Ek"]}])
@example([{**FEW, "identifiers": {"arxiv": "1", "doi": "10.1/2"}}] * 2)
def test_pairs_agree_as_plain_code_says(rows: list[Said]) -> None:
    corpus = gathered(rows)
    folded = [fold_record(record(row)) for row in rows]
    a, b = (each.ravel() for each in np.indices((len(rows), len(rows))))
    found = Agreeing(corpus).compare(a, b)
    most = at_most(corpus, a, b)
    for at, (one, other) in enumerate((folded[x], folded[y]) for x, y in zip(a, b, strict=True)):
        weights = {
            clue.kind: clue.supports for clue in compare(one, other).clues if clue.kind != "title"
        }
        weighed = [weight[at] for weight in found.weights]
        people = agreement(one.authors, other.authors)
        lost = (corpus.signed.has[a[at]] | corpus.signed.has[b[at]]) & LOST
        if not lost:
            assert (found.people[at], found.states.met[at]) == (people or (-1.0, NOBODY))
        place = one.place, other.place
        assert found.states.venue[at] == {None: -1, False: 0, True: 1}[venues_agree(*place)]
        kind, value = common_identifier(one, other)
        assert (found.states.identifier[at] >= 0) == bool(kind)
        if kind:
            assert IDENTIFYING[found.states.kind[at]].upper() == kind
            assert (found.identifier[at] > 0) == bool(value)
        besides = "differ" if kind and not value else None
        assert found.apart[at] == (published_apart(*place, besides) is not None)
        if not lost:
            said = dict(zip(("authors", "year", "venue", "pages"), weighed, strict=False))
            kinds = {name for name in said if name in weights}
            assert kinds == {name for name, weight in said.items() if weight}
            assert all((said[name] > 0) == weights[name] for name in kinds)
        assert sum(weighed) <= most[at] + 1e-9


def test_a_list_of_many_people_is_read_to_its_end() -> None:
    people = [f"{first}{second}inger Ann" for first in "bdfgk" for second in "aeiouy"]
    assert len(people) == 30
    rows = [{**FEW, "authors": people}, {**FEW, "authors": people[::-1]}]
    found = Agreeing(gathered(rows)).compare(np.array([0]), np.array([1]))
    assert (found.people[0], found.states.met[0]) == (1.0, 30)
