"""Related literature: what is found, and what is not, of records by their words."""

import pytest

from records import IndexUnusable, UsageError
from storage import SqlStore
from tests.storage.filling import Filler, abstract, record

ANTS = "Leafcutter ants tend symbiotic fungus gardens in subterranean chambers of their colonies."
FUNGI = "The fungus gardens of leafcutter colonies are weeded by workers and kept free of mould."
BRIDGES = "Cable stays of long bridges vibrate under wind, which viscous dampers at anchors reduce."
LIVER = "本文研究肝细胞癌患者的免疫治疗及其预后，分析了肝功能与生存期的关系。"
TWINS = f"{ANTS} {abstract(7)}"
HEPATITIS = "乙型肝炎病毒感染者的肝功能指标与病毒载量呈正相关。"


@pytest.fixture
def texts(store: SqlStore, filler: Filler) -> SqlStore:
    """A store of five texts, indexed."""
    said = [ANTS, FUNGI, BRIDGES, LIVER, HEPATITIS]
    filler.add(100, [record(n, text=text, title=None) for n, text in enumerate(said)])
    store.settle()
    store.refresh()
    return store


def keys(store: SqlStore, **asked: object) -> list[str]:
    return [each.key for each in store.related(**asked)]  # type: ignore[arg-type]


def key(number: int) -> str:
    return record(number).key


def test_a_record_finds_those_that_share_its_rare_words_and_never_itself(texts: SqlStore) -> None:
    assert keys(texts, key=key(0))[0] == key(1)
    assert keys(texts, key=key(1))[0] == key(0)
    assert key(0) not in keys(texts, key=key(0))
    assert key(2) not in keys(texts, text="symbiotic fungus gardens")


def test_entries_say_how_near_they_are_and_show_the_record(texts: SqlStore) -> None:
    found = texts.related(key=key(0))
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].score > 0
    assert found[0].record == texts.record(key(1))


def test_a_text_finds_the_record_it_is_from_first(texts: SqlStore) -> None:
    assert keys(texts, text=BRIDGES)[0] == key(2)


def test_a_text_finds_what_is_printed_in_other_characters(texts: SqlStore) -> None:
    assert keys(texts, text="肝細胞癌")[0] == key(3)
    assert keys(texts, text="ＬＥＡＦＣＵＴＴＥＲ")[0] in (key(0), key(1))


def test_one_character_of_a_script_without_spaces_finds_what_holds_it(texts: SqlStore) -> None:
    assert set(keys(texts, text="肝")) == {key(3), key(4)}
    assert keys(texts, text="癌") == [key(3)]
    assert keys(texts, text="乙") == [key(4)]
    assert keys(texts, text="鲸") == []


@pytest.mark.parametrize("text", ["", " \n ", "?!…", "xylophone", '"(*:* ^~) -"', "\ud800"])
def test_a_text_of_no_known_word_finds_nothing(texts: SqlStore, text: str) -> None:
    assert keys(texts, text=text) == []


def test_common_words_alone_find_something_all_the_same(store: SqlStore, filler: Filler) -> None:
    for page in range(4):
        filler.add(1000 + page, [record(n) for n in range(page * 40, page * 40 + 40)])
    store.refresh()
    assert len(keys(store, text="the of each near", limit=5)) == 5


def test_a_record_without_title_and_abstract_is_found_by_its_block(
    store: SqlStore, filler: Filler
) -> None:
    bare = record(7, title=None, abstract=None)
    filler.add(100, [type(bare)(rank=1, key=bare.key, text="Wasps of Wessex 12 pages"), record(8)])
    store.refresh()
    assert keys(store, text="wasps in wessex") == [bare.key]


def test_an_empty_store_relates_nothing_to_anything(store: SqlStore) -> None:
    assert store.refresh().records == 0
    assert keys(store, text=ANTS) == []
    assert store.related_state().behind == 0


def test_a_key_of_no_record_is_refused(texts: SqlStore) -> None:
    with pytest.raises(UsageError, match="no record has this key"):
        texts.related(key="aid:none")


def test_near_duplicates_are_one_entry_the_canonical_one(store: SqlStore, filler: Filler) -> None:
    twins = [record(n, text=TWINS, title="Ants", year=2000) for n in (20, 21, 22)]
    whole = record(23, text=TWINS, title="Ants", year=2000, identifiers={"doi": "10.1/x"})
    filler.add(100, [*twins, whole, record(1, text=FUNGI), record(2, text=BRIDGES)])
    store.settle()
    store.refresh()
    assert keys(store, key=key(1)).count(whole.key) == 1
    assert not {each.key for each in twins} & set(keys(store, key=key(1)))
    assert set(keys(store, key=key(20))).isdisjoint({each.key for each in (*twins, whole)})


def test_a_work_whose_canonical_record_is_gone_is_shown_by_another_until_the_store_is_settled(
    store: SqlStore, filler: Filler
) -> None:
    twin = record(20, text=TWINS, title="Ants", year=2000)
    whole = record(23, text=TWINS, title="Ants", year=2000, identifiers={"doi": "10.1/x"})
    filler.add(100, [twin, record(1, text=FUNGI)])
    filler.add(101, [whole])
    store.settle()
    store.refresh()
    assert whole.key in keys(store, key=key(1))
    filler.add(101, [record(5)])
    assert twin.key in keys(store, key=key(1))


def test_a_large_cluster_crowds_nothing_out(store: SqlStore, filler: Filler) -> None:
    twins = [record(n, text=TWINS, title="Ants", year=2000) for n in range(100, 190)]
    filler.add(100, twins[:50])
    filler.add(101, twins[50:])
    filler.add(102, [record(n, text=f"{FUNGI} Plot {n}.", title=f"Plot {n}") for n in range(3)])
    store.settle()
    store.refresh()
    found = keys(store, text=TWINS, limit=4)
    assert len(found) == len(set(found)) == 4
    assert {key(0), key(1), key(2)} <= set(found)


def test_no_more_are_found_than_asked_for(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(n) for n in range(60)])
    store.refresh()
    assert len(keys(store, key=key(3))) == 20
    assert keys(store, key=key(3), limit=7) == keys(store, key=key(3))[:7]


def test_what_came_later_is_found_once_the_index_is_refreshed(
    texts: SqlStore, filler: Filler
) -> None:
    filler.add(101, [record(30, text="Honeybees dance to tell of nectar.", title=None)])
    assert keys(texts, text="nectar") == []
    assert texts.related_state().behind == 1
    assert texts.refresh().records == 1
    assert keys(texts, text="nectar") == [key(30)]
    assert texts.related_state().behind == 0


def test_a_reworded_record_is_found_by_its_new_words_alone(texts: SqlStore, filler: Filler) -> None:
    rest = [record(n, text=text, title=None) for n, text in enumerate([ANTS, FUNGI])]
    filler.add(100, [*rest, record(2, text="Termites build chimneys of clay.", title=None)])
    texts.refresh()
    assert keys(texts, text="chimneys") == [key(2)]
    assert keys(texts, text="viscous dampers") == []


def test_a_record_that_is_gone_is_found_no_more_not_even_before_the_next_refresh(
    texts: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(0, text=ANTS, title=None)])
    assert keys(texts, text="leafcutter") == [key(0)]
    done = texts.refresh()
    assert (done.removed, done.rebuilt) == (4, None)
    assert keys(texts, text="leafcutter") == [key(0)]


def test_a_record_that_came_back_is_found_again(texts: SqlStore, filler: Filler) -> None:
    said = [record(n, text=text, title=None) for n, text in enumerate([ANTS, FUNGI, BRIDGES])]
    filler.add(100, said[:1])
    filler.add(100, said)
    assert texts.refresh().rebuilt is None
    assert keys(texts, text="viscous dampers") == [key(2)]
    filler.add(100, said[:1])
    texts.refresh()
    filler.add(100, said)
    assert texts.refresh().rebuilt is None
    assert keys(texts, text="viscous dampers") == [key(2)]


def test_pages_that_say_what_they_said_before_put_nothing_into_the_index(
    texts: SqlStore, filler: Filler
) -> None:
    filler.run = filler.begin(fresh=True)
    said = [ANTS, FUNGI, BRIDGES, LIVER, HEPATITIS]
    filler.add(100, [record(n, text=text, title=None) for n, text in enumerate(said)])
    assert texts.related_state().behind == 5
    assert texts.refresh().records == 0
    assert texts.related_state().behind == 0


def test_without_an_index_the_answer_is_what_to_do(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1)])
    with pytest.raises(IndexUnusable, match="glean refresh makes it"):
        store.related(key=key(1))
    state = store.related_state()
    assert (state.refreshed_to, state.behind, state.records) == (None, 1, None)
