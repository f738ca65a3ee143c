from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.evidence import borderline, compare, decide, fold_record, is_itself
from dedup.scheme import DEFAULT
from dedup.text import fold, shingles
from records import Record


def english(seed: int, words: int = 150) -> str:
    return " ".join(f"w{(place * 7919 + seed * 104729) % 99991}" for place in range(words)) + "."


def chinese(seed: int, characters: int = 200) -> str:
    return "".join(
        chr(0x5000 + (place * 7919 + seed * 104729) % 2999) for place in range(characters)
    )


TEXT, OTHER, ZH = english(1), english(2), chinese(1)
TITLE = "Sowing and counting in two fields of the north"
WORDS = TEXT.split()
ARTICLE = Record(
    rank=1,
    key="a:1",
    title=TITLE,
    authors=("Lee, Ann B.", "Ek, Bo", "Oz, Cy"),
    venue="Journal of Fields",
    year=2001,
    volume="7",
    pages="12-15",
    abstract=TEXT,
    identifiers={"doi": "10.1000/xyz"},
)
BARE = Record(rank=1, key="a:1")


def relation(a: Record, b: Record) -> str:
    return compare(fold_record(a), fold_record(b)).relation


def changed(base: Record = ARTICLE, **fields: object) -> Record:
    return replace(base, key="b:2", **fields)  # type: ignore[arg-type]


def with_every(count: int) -> str:
    """The text with every so-manieth word changed."""
    return " ".join("new" if place % count == 0 else word for place, word in enumerate(WORDS, 1))


SAME = {
    "itself": changed(),
    "another catalogue's form": changed(
        title=TITLE.upper() + ".",
        authors=("A.B. Lee", "B. Ek", "C. Oz"),
        venue="J. Fields",
        pages="12-5",
        identifiers={},
    ),
    "no abstract": changed(abstract=None),
    "title, authors and year alone": changed(
        abstract=None, venue=None, volume=None, pages=None, identifiers={}
    ),
    "title and abstract alone": changed(BARE, title=TITLE, abstract=TEXT),
    "abstract alone": changed(BARE, abstract=TEXT),
    "abstract cut short": changed(abstract=" ".join(WORDS[:50]) + " …"),
    "abstract cut short, alone": changed(BARE, abstract=" ".join(WORDS[:50]) + " …"),
    "a third of the abstract dropped, alone": changed(
        BARE, abstract=" ".join(WORDS[:50] + WORDS[90:])
    ),
    "every twelfth word changed, alone": changed(BARE, abstract=with_every(12)),
    "every fifth word changed": changed(abstract=with_every(5)),
    "another paper's abstract": changed(abstract=OTHER),
    "a year out": changed(year=2002),
    "a volume mistyped": changed(volume="70"),
    "a title of which the end is lost": changed(title=TITLE[:34]),
    "a title mistyped": changed(title=TITLE.replace("fields", "feilds")),
    "first author alone": changed(authors=("Lee A",)),
}

NOT_SAME = {
    "nothing": ("different", changed(BARE)),
    "another work": (
        "different",
        changed(BARE, title="Beetles of an eastern island", authors=("Po, D.",), abstract=OTHER),
    ),
    "another work with this abstract": (
        "different",
        changed(BARE, title="Beetles of an eastern island", authors=("Po, D.",), abstract=TEXT),
    ),
    "its erratum": (
        "version",
        changed(title="Erratum: " + TITLE, abstract="We correct a table.", identifiers={}),
    ),
    "its second part": (
        "version",
        changed(title=TITLE + ": Part II", abstract=OTHER, pages=None, identifiers={}),
    ),
    "next year's": (
        "version",
        changed(title=TITLE + ", 2002", year=2002, volume="8", pages="33", identifiers={}),
    ),
    "its preprint": (
        "version",
        changed(
            venue="Preprints", year=2000, volume=None, pages=None, identifiers={"doi": "10.2/ab"}
        ),
    ),
    "its conference paper": (
        "version",
        changed(venue="Meeting on Fields", volume="2", pages="S9", identifiers={}),
    ),
    "a shared passage": (
        "different",
        changed(BARE, abstract=" ".join(WORDS[:40] + OTHER.split()[:110])),
    ),
    "its title on another's work": (
        "different",
        changed(BARE, title=TITLE, authors=("Po, D.",), abstract=OTHER, year=2001),
    ),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_forms_of_one_work_are_the_same(other):
    assert relation(ARTICLE, other) == "same"


@pytest.mark.parametrize(("expected", "other"), NOT_SAME.values(), ids=NOT_SAME)
def test_what_is_not_the_same_work_is_said_to_be(expected, other):
    assert relation(ARTICLE, other) == expected


@pytest.mark.parametrize(
    "other",
    [
        ZH,
        "摘要：" + ZH + "。关键词：田地；出苗",
        ZH[:90] + "…",
        ZH[:60] + ZH[100:],
        "".join("新" if place % 12 == 0 else letter for place, letter in enumerate(ZH, 1)),
    ],
    ids=["equal", "dressed", "cut", "short of a passage", "changed here and there"],
)
def test_chinese_abstracts_alone_are_told(other):
    abstracts = Record(rank=1, key="a", abstract=ZH), Record(rank=1, key="b", abstract=other)
    assert relation(*abstracts) == "same"


def test_a_passage_quoted_in_a_longer_chinese_text_is_not_the_same():
    quoting = chinese(2, 120) + ZH[:150] + chinese(3, 120)
    quoted = Record(rank=1, key="a", abstract=ZH[:150])
    assert relation(quoted, Record(rank=1, key="b", abstract=quoting)) != "same"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "Front Matter"},
        {"title": "Front Matter", "year": 2001, "venue": "Journal of Fields"},
        {"title": "前言", "year": 2001},
        {"title": "Ants"},
        {"abstract": "No abstract available."},
        {"abstract": "…"},
        {"year": 2001, "volume": "7"},
        {"authors": ("Lee, Ann",), "year": 2001},
    ],
    ids=str,
)
def test_a_record_with_nothing_to_go_by_is_not_even_the_same_as_itself(fields):
    record = Record(rank=1, key="a", **fields)
    assert relation(record, record) != "same"


HELD = " ".join(english(1, 90).split()) + " " + " ".join(english(3, 50).split())
"""The abstract of a record that holds two works, and the first of them (two thirds of it)."""
FIRST = english(1, 90)
TWO_TITLES = f"{TITLE}. Rain over seven valleys in the dry months"


def test_a_record_that_holds_another_is_not_the_same_where_nobody_is_named():
    whole = fold_record(changed(BARE, title=TITLE, abstract=FIRST))
    both = fold_record(Record(rank=1, key="b:2", title=TWO_TITLES, abstract=HELD))
    evidence = compare(whole, both)
    assert evidence.relation == "related"
    assert any("one may hold the other" in clue.words for clue in evidence.clues)
    assert borderline(evidence, DEFAULT)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": TITLE, "abstract": HELD},
        {"title": TWO_TITLES, "abstract": HELD, "authors": ("Lee, Ann B.", "Ek, Bo")},
        {"title": TWO_TITLES, "abstract": HELD, "identifiers": {"doi": "10.1000/xyz"}},
    ],
    ids=["an equal title", "its authors", "its identifier"],
)
def test_what_else_speaks_for_one_work_outweighs_that_one_may_hold_the_other(fields):
    names = {name: fields[name] for name in ("authors", "identifiers") if name in fields}
    whole = changed(BARE, title=TITLE, abstract=FIRST, **names)
    assert relation(whole, Record(rank=1, key="b:2", **fields)) == "same"


def test_a_title_with_its_words_in_another_order_is_not_an_equal_one():
    first = fold_record(changed(BARE, title="Saddle points and a clock on the beach"))
    second = fold_record(changed(BARE, title="A clock on the beach and saddle points"))
    title = next(clue for clue in compare(first, second).clues if clue.kind == "title")
    assert title.value == 0.95


def test_two_errata_of_one_wording_are_two():
    said = "The authors regret that a figure was wrong. The correct version is given below. " * 3
    one = Record(rank=1, key="a", title="Erratum: Sowing two fields", abstract=said)
    two = Record(rank=1, key="b", title="Erratum: Beetles of an eastern island", abstract=said)
    assert relation(one, two) != "same"


def test_every_agreement_and_conflict_is_told_in_words():
    found = compare(fold_record(ARTICLE), fold_record(NOT_SAME["its conference paper"][1]))
    kinds = {clue.kind: clue for clue in found.clues}
    assert kinds["title"].supports
    assert kinds["authors"].value == 1.0
    assert not kinds["pages"].supports
    assert kinds["publication"].words == "venues differ, volumes 2 and 7, pages 12 and 9"
    assert all(clue.words for clue in found.clues)


def test_similarity_is_exact_jaccard():
    other = changed(BARE, abstract=with_every(10))
    a, b = (set(shingles(fold(one.abstract or "")).tolist()) for one in (ARTICLE, other))
    found = compare(fold_record(ARTICLE), fold_record(other))
    assert found.similarity == len(a & b) / len(a | b)
    assert compare(fold_record(ARTICLE), fold_record(BARE)).similarity is None


def test_a_doubtful_pair_is_borderline():
    other = changed(BARE, title=TITLE, authors=("Po, D.",), abstract=OTHER, year=2001)
    sparse = changed(BARE, title="Ant lions")
    assert borderline(compare(fold_record(sparse), fold_record(sparse))) is False
    assert not borderline(compare(fold_record(ARTICLE), fold_record(ARTICLE)))
    strict = replace(DEFAULT, borderline=1.0)
    assert not borderline(compare(fold_record(ARTICLE), fold_record(other)), strict)


def test_a_lower_threshold_joins_more():
    other = Record(rank=1, key="b", abstract=with_every(6))
    alone = Record(rank=1, key="a", abstract=TEXT)
    pair = fold_record(alone), fold_record(other)
    assert compare(*pair).relation != "same"
    assert compare(*pair, replace(DEFAULT, threshold=0.3)).relation == "same"


def optional(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


RECORDS = st.builds(
    Record,
    rank=st.just(1),
    key=st.just("k"),
    title=optional(
        st.sampled_from(
            [
                TITLE,
                TITLE + " (II)",
                "Erratum: " + TITLE,
                "Front Matter",
                TITLE[:20],
                "北方播种研究",
            ]
        )
        | st.text(max_size=30)
    ),
    abstract=optional(
        st.sampled_from([TEXT, OTHER, with_every(9), TEXT[:300] + "…", ZH, ZH[:40], "…"])
        | st.text(max_size=40)
    ),
    authors=st.lists(
        st.sampled_from(["Lee, Ann B.", "A. Lee", "Ek, Bo", "朱某彪"]) | st.text(max_size=9),
        max_size=3,
    ).map(tuple),
    year=optional(st.integers(1998, 2005)),
    venue=optional(st.sampled_from(["Journal of Fields", "J. Fields", "Ants", "农学学报"])),
    volume=optional(st.sampled_from(["7", "07", "8 Suppl 1", "n/a"])),
    pages=optional(st.sampled_from(["12-15", "12-5", "S12", "99"])),
    identifiers=st.sampled_from(
        [{}, {"doi": "10.1000/xyz"}, {"doi": "10.1000/XYZ"}, {"doi": "10.2/b"}, {"isbn": "1"}]
    ),
)


@given(RECORDS, RECORDS)
def test_evidence_is_symmetric_and_bounded(a, b):
    one, other = fold_record(a), fold_record(b)
    found = compare(one, other)
    assert found == compare(other, one)
    assert 0 <= found.strength <= 1
    assert found.similarity is None or 0 <= found.similarity <= 1
    if found.relation == "same":
        assert found.strength >= 0.5


SCHEMES = st.sampled_from([DEFAULT, replace(DEFAULT, threshold=0.3), replace(DEFAULT, shingle=1)])


@given(RECORDS, RECORDS, SCHEMES)
def test_deciding_says_what_comparing_says_but_for_what_is_different(a, b, scheme):
    one, other = fold_record(a, scheme), fold_record(b, scheme)
    found, decided = compare(one, other, scheme), decide(one, other, scheme)
    if found.relation == "different":
        assert decided is None
        assert not borderline(found, scheme)
    else:
        assert decided == found


@pytest.mark.parametrize("other", [*SAME.values(), *(other for _, other in NOT_SAME.values())])
def test_what_a_comparison_keeps_is_decided_alike(other):
    one, two = fold_record(ARTICLE), fold_record(other)
    found = compare(one, two)
    assert decide(one, two) == (None if found.relation == "different" else found)


@given(RECORDS, SCHEMES)
def test_whether_a_record_is_itself_is_what_comparing_it_with_itself_says(a, scheme):
    one = fold_record(a, scheme)
    assert is_itself(one, scheme) is (compare(one, one, scheme).relation == "same")


@given(RECORDS, RECORDS)
def test_what_is_the_same_as_another_is_the_same_as_itself(a, b):
    one, other = fold_record(a), fold_record(b)
    if compare(one, other).relation == "same":
        assert compare(one, one).relation == "same"
        assert compare(other, other).relation == "same"


@given(RECORDS, RECORDS, RECORDS)
def test_members_of_a_text_group_have_the_same_evidence(a, b, c):
    one, other, third = fold_record(a), fold_record(b), fold_record(c)
    if one.group == other.group:
        assert compare(one, third) == compare(other, third)
    again = fold_record(replace(a, key="other", rank=9, url="u", language="xx"))
    assert again.group == one.group
    assert compare(again, third) == compare(one, third)
