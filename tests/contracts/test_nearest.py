"""Near-duplicates: one answer, however few or many there are and whichever way is taken."""

import pytest

from storage import SqlStore
from tests.storage.filling import Filler, abstract, record


def wording(number: int) -> str:
    """A printing of one text: a word of it is another."""
    words = abstract(3).split()
    words[5 * number % len(words)] = f"variant{number}"
    return " ".join(words)


@pytest.mark.parametrize("printings", [1, 3, 14])
def test_the_first_answer_of_a_process_and_all_later_ones_are_what_evidence_says(
    store: SqlStore, filler: Filler, printings: int
) -> None:
    """The first is made without the kernels, and one of many candidates by columns."""
    texts = [record(n, text=wording(n), title="River deltas") for n in range(printings)]
    filler.add(100, [*texts, *(record(n) for n in range(50, 60))])
    key = texts[0].key
    first = store.near_duplicates(key=key)
    assert {each.b for each in first} == {each.key for each in texts[1:]}
    assert store.near_duplicates(key=key) == first
    for each in first:
        assert each.evidence == store.explain(key, each.b)
        assert each.record == store.record(each.b)
    found = [store.near_duplicates(text=wording(0)) for _ in range(2)]
    assert found[0] == found[1]
    assert {each.b for each in found[0]} == {each.key for each in texts}


def test_a_record_that_says_nothing_is_like_none(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(n, text="", title=None) for n in range(3)])
    assert [store.near_duplicates(key=record(0).key) for _ in range(2)] == [[], []]
