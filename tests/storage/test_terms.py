"""Terms: what texts are found by, and which of them a query asks for."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from records import Record
from storage import terms
from storage.terms import chosen, record_terms, terms_of


def known(frequencies: dict[str, int]) -> terms.Frequency:
    return lambda term: frequencies.get(term, 0)


def test_equal_texts_in_other_characters_have_equal_terms() -> None:
    assert terms_of("肝細胞癌與ＴＮＦ-α") == terms_of("肝细胞癌与tnf alpha")


def test_every_character_of_a_script_without_spaces_begins_a_term() -> None:
    found = terms_of("肝细胞，癌。")
    assert found == ["肝细", "细胞", "胞", "癌"]


@given(st.text())
def test_no_term_holds_white_space_or_is_empty_or_long(text: str) -> None:
    found = terms_of(text)
    assert " ".join(found).split() == found
    assert all(len(term) <= terms.LONGEST for term in found)


def test_a_record_speaks_by_title_and_abstract_else_by_its_block() -> None:
    both = Record(rank=1, key="k", title="Ants", abstract="Bees.", text="Ants Bees. Download")
    bare = Record(rank=1, key="k", text="Wasps 12 pages")
    assert record_terms(both) == ["ants", "bees"]
    assert record_terms(bare) == ["wasps", "12", "pages"]


def test_the_terms_asked_for_are_the_rarest_said_most_often() -> None:
    frequencies = {f"t{number}": number + 1 for number in range(90)}
    asked = chosen(Counter(dict.fromkeys(frequencies, 1)), known(frequencies), 10_000)
    assert asked == [f"t{number}" for number in range(terms.MOST)]
    often = Counter({term: 9 if term == "t89" else 1 for term in frequencies})
    assert chosen(often, known(frequencies), 10_000)[0] == "t89"


def test_terms_that_stand_in_many_records_or_in_none_are_not_asked_for() -> None:
    frequencies = {"the": 9000, "of": 201, **{f"w{n}": 200 for n in range(5)}}
    said = Counter([*frequencies, "unheard"])
    assert sorted(chosen(said, known(frequencies), 10_000)) == [f"w{n}" for n in range(5)]


def test_what_a_stored_record_alone_holds_is_not_asked_for() -> None:
    frequencies = {"mine": 1, "shared": 2}
    said = Counter(frequencies.keys())
    assert chosen(said, known(frequencies), 10_000) == ["mine", "shared"]
    assert chosen(said, known(frequencies), 10_000, stored=True) == ["shared"]


def test_a_text_of_common_words_alone_asks_for_the_least_common() -> None:
    frequencies = {"the": 9000, "of": 8000, "and": 7000, "we": 6000, "study": 5000, "in": 9500}
    asked = chosen(Counter(frequencies.keys()), known(frequencies), 10_000)
    assert asked == ["study", "we", "and", "of"]


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 2000)), st.integers(1, 2000))
def test_terms_are_chosen_alike_whatever_order_the_text_says_them_in(
    frequencies: dict[str, int], records: int
) -> None:
    names = list(frequencies)
    first = chosen(Counter(names), known(frequencies), records)
    assert first == chosen(Counter(reversed(names)), known(frequencies), records)
    assert len(set(first)) == len(first) <= terms.MOST
