"""Names, titles and citations as records print them."""

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import titles
from dedup.folded import fold_record
from dedup.names import agreement, persons, same_person, split_authors
from dedup.places import fold_place, published_apart, venues_agree
from dedup.recurring import RECURRING, may_recur
from dedup.titles import (
    Title,
    fold_title,
    likeness,
    name_different_things,
    numbers_differ,
    parts_differ,
    title_tokens,
)
from records import Record


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lee, Ann; Ek, Bo", ("Lee, Ann", "Ek, Bo")),
        ("Lee, Ann and Ek, Bo", ("Lee, Ann", "Ek, Bo")),
        ("Ann Lee, Bo Ek, Cy Oz", ("Ann Lee", "Bo Ek", "Cy Oz")),
        ("Lee A.B.Ek C.", ("Lee A.B.", "Ek C.")),
        ("Lee, A. B.", ("Lee, A. B.",)),
        ("朱某；袁某", ("朱某", "袁某")),
        ("朱某、袁某", ("朱某", "袁某")),
        ("J&#246;rg Ek; Ann Lee", ("Jörg Ek", "Ann Lee")),
        ("", ()),
    ],
)
def test_one_string_of_authors_is_split(text, names):
    assert split_authors(text) == names


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("McAdams J. E.", "J. E. McAdams"),
        ("McAdams JE", "McAdams, John E."),
        ("Lee, Ann Beth", "Lee A"),
        ("Müller K.", "Mueller, Karl"),
        ("Ørsted H.", "Hans Orsted"),
        ("O'Neill, P.", "Patrick O’Neill"),
        ("van der Berg, L.", "L. van der Berg"),
        ("朱某彪", "朱某彪"),
        ("張某", "张某"),
        ("?zsu M.", "M. Özsu"),
    ],
)
def test_two_forms_of_a_name_are_one_person(a, b):
    first, second = persons((a,))[0], persons((b,))[0]
    assert same_person(first, second)
    assert same_person(second, first)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Lee A.", "Lee B."),
        ("朱某彪", "朱某"),
        ("Ann Lee", "Ann Ek"),
        ("Lee, Ann C.", "Lee, Bo C."),
    ],
)
def test_two_people_are_two(a, b):
    assert not same_person(persons((a,))[0], persons((b,))[0])


def test_nobody_is_named_where_a_word_says_so():
    assert persons(("Anonymous", "[No authors listed]", "et al.", "佚名", "?", "")) == ()
    assert agreement((), persons(("Ann Lee",))) is None


def test_a_first_author_alone_stands_for_a_list():
    full = persons(("Ann Lee", "Bo Ek", "Cy Oz"))
    assert agreement(persons(("Lee A.",)), full) == (1.0, 1)
    assert agreement(persons(("Oz C.",)), full) == (0.6, 1)


@pytest.mark.parametrize(
    ("a", "b", "least"),
    [
        ("On Sowing: A Study", "on sowing - a study", 1.0),
        ("On Sowing in the North", "[On sowing in the north]", 1.0),
        ("On Sowing in the North [Article]", "On sowing in the north.", 1.0),
        (
            "On sowing in the north. [Erratum appears in 2013;27(3):7]",
            "On sowing in the north",
            1.0,
        ),
        ("On sowing in the north of two islands", "On sowing in the north", 0.95),
        ("Prize Essay - On sowing in the northern isles", "On sowing in the northern isles", 0.9),
        ("Inferring structure in sown fields", "Infering structure in sown fields", 0.9),
        ("北方播种研究综述", "北方播種研究綜述", 1.0),
    ],
)
def test_forms_of_a_title_are_alike(a, b, least):
    assert (likeness(fold_title(a), fold_title(b)) or 0) >= least


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Daily snow for the Alpine region", "Daily snow for the Iberian region"),
        ("高原一九八零年气温数据集", "海岛一九八零年雪深数据集"),
    ],
)
def test_titles_of_one_form_name_different_things(a, b):
    assert name_different_things(fold_title(a), fold_title(b))


def test_titles_of_two_scripts_are_not_compared():
    assert likeness(fold_title("北方播种研究"), fold_title("On sowing in the north")) is None


@pytest.mark.parametrize(
    "title",
    [
        "On sowing, Part II",
        "On sowing (II)",
        "On sowing (2)",
        "On sowing. 2. Counting",
        "On sowing: II. Counting",
        "On sowing II",
        "论播种(二)",
        "论播种（下）",
        "论播种——Ⅱ.出苗",
        "论播种 第二部分",
    ],
)
def test_a_part_is_not_the_whole(title):
    whole = "论播种" if "论" in title else "On sowing"
    assert parts_differ(fold_title(title), fold_title(whole))
    assert not parts_differ(fold_title(title), fold_title(title))


@pytest.mark.parametrize(
    "title",
    ["Erratum: On sowing", "On sowing: reply", "Comment on 'On sowing'", "《论播种》更正", "勘误"],
)
def test_a_notice_is_known_by_its_title(title):
    assert fold_title(title).notice


@pytest.mark.parametrize(
    "title",
    [
        "Front Matter",
        "Introduction",
        "Editor's Comments",
        "Book Reviews",
        "Editorial",
        "前言",
        "12",
    ],
)
def test_a_generic_title_weighs_nothing(title):
    assert fold_title(title).weight == 0


def test_numbers_of_a_series_differ_on_both_sides():
    assert numbers_differ(fold_title("Rain in 1990"), fold_title("Rain in 1991"))
    assert not numbers_differ(fold_title("Rain in 1990"), fold_title("Rain"))
    assert not numbers_differ(fold_title("5-HT1A"), fold_title("5-HT 1A"))


def place(year=None, venue=None, volume=None, issue=None, pages=None):
    return fold_place(year=year, venue=venue, volume=volume, issue=issue, pages=pages)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("J Hosp Infect", "Journal of Hospital Infection"),
        ("Journal of Ants & Bees", "Journal of Ants and Bees"),
        ("The Journal of Ants : official organ of a society", "Journal of Ants"),
        ("Circulation. Conference: Scientific Sessions", "Circulation"),
        ("Clin. Biol.", "Clinical Biology"),
        ("AAOB", "Annals and Archives of Odd Beetles"),
        ("农学学报", "農學學報"),
    ],
)
def test_a_venue_is_known_by_its_abbreviation(a, b):
    assert venues_agree(place(venue=a), place(venue=b)) is True
    assert venues_agree(place(venue=b), place(venue=a)) is True


def test_other_venues_differ_and_absent_ones_say_nothing():
    assert venues_agree(place(venue="Brain"), place(venue="Brain Injury")) is False
    assert venues_agree(place(venue="Brain"), place()) is None


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ({"volume": "7", "pages": "12"}, {"volume": "9", "pages": "88"}, True),
        ({"volume": "7", "pages": "12"}, {"volume": "9", "pages": "12-5"}, False),
        ({"volume": "7"}, {"volume": "9"}, False),
        ({"venue": "Ants", "year": 2001}, {"venue": "Bees", "year": 2002}, True),
        ({"venue": "Ants", "year": 2001}, {"venue": "Bees", "year": 2001}, False),
        ({"year": 2001}, {"year": 2003}, False),
        ({"year": 2001}, {"year": 2004}, True),
        ({}, {}, False),
    ],
)
def test_two_publications_differ_twice(a, b, apart):
    assert (published_apart(place(**a), place(**b)) is not None) is apart
    assert published_apart(place(**a), place(**b)) == published_apart(place(**b), place(**a))


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [("221-8", "221", "228"), ("e12–e15", "12", "15"), ("S7", "7", ""), ("n/a", "", "")],
)
def test_pages_are_read(pages, first, last):
    found = place(pages=pages)
    assert (found.first, found.last) == (first, last)


def test_equal_after_folding_is_one_group():
    a = Record(rank=1, key="a", title="Ｏn Ants", abstract="Abstract: Many ants.", year=2001)
    b = Record(
        rank=9, key="b", title="on ants", abstract="many  ants", year=2001, url="u", text="t"
    )
    c = Record(rank=9, key="b", title="on ants", abstract="many  ants", year=2002)
    assert fold_record(a).group == fold_record(b).group
    assert fold_record(a).group != fold_record(c).group
    assert 0 <= fold_record(a).group < 2**63


def test_a_block_that_nobody_could_read_stands_for_the_abstract():
    block = Record(rank=1, key="a", text="we sowed two fields and counted what came up")
    read = Record(rank=1, key="a", abstract="we sowed two fields and counted what came up")
    assert fold_record(block).group == fold_record(read).group


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_similarity(a, b):
    one, other = fold_title(a), fold_title(b)
    value = likeness(one, other)
    assert value == likeness(other, one)
    assert value is None or 0 <= value <= 1
    assert likeness(one, one) in (None, 1.0)


@given(st.lists(st.text(max_size=20), max_size=4), st.lists(st.text(max_size=20), max_size=4))
def test_agreement_of_authors_is_a_similarity(a, b):
    one, other = persons(tuple(a)), persons(tuple(b))
    assert agreement(one, other) == agreement(other, one)
    found = agreement(one, one)
    assert found is None if not one else found == (1.0, len(one))


TITLED = st.lists(
    st.sampled_from(
        """
        On ants : 2. - IV xxxviii (ii) part two no one . Reply comment comments_ note [Article] news
        Editor's editorial from the a word preface to special issue co 更正 第3章 É calendar index
        """.split()
    ),
    max_size=6,
).map(" ".join)

NEVER = re.compile(r"(?!)")


@given(TITLED)
def test_what_a_title_cannot_be_by_its_words_it_is_not_by_its_patterns(text):
    quick = fold_title(text)
    titles._folded.cache_clear()
    with (
        patch("dedup.titles._SIMPLE", NEVER),
        patch("dedup.titles._may_name_a_part", return_value=True),
        patch("dedup.titles.NOTICE_WORDS", frozenset(quick.tokens)),
        patch.object(Title, "_may_recur", return_value=True),
    ):
        slow = fold_title(text)
    titles._folded.cache_clear()
    assert (quick, quick.weight) == (slow, slow.weight)
    assert title_tokens(text) == slow.tokens


@given(st.from_regex(RECURRING))
def test_every_title_that_recurs_may_by_its_first_two_or_last_two_words(text):
    tokens = fold_title(text).tokens
    recurs = RECURRING.search(" ".join(tokens)) is not None
    assert may_recur(tokens) or not recurs or not "".join(tokens).isascii()


NAME = st.lists(
    st.sampled_from(
        ["Ann", "LEE", "A.", "B", "JE", "McAdams", "and", "et al.", "Ö.", "van", "Jr."]
    ),
    min_size=1,
    max_size=3,
).map(" ".join)


@given(st.lists(NAME, min_size=1, max_size=2).map(", ".join))
def test_one_plain_name_is_read_as_any_name_is(text):
    assert persons((text,)) == persons((text + " " * 90,))


@given(st.from_regex(r"0{0,3}[0-9]{1,3}(-0{0,3}[0-9]{1,3})?", fullmatch=True))
def test_pages_are_read_alike_however_plainly_they_are_written(pages):
    assert place(pages=pages) == place(pages=f"pp. {pages}") == place(pages=pages.replace("-", "–"))


@given(st.lists(st.sampled_from(["Ann Lee", "Lee, A.", "Bo Ek and Cy Oz", "et al.", "Mr. ?z"])))
def test_a_long_entry_names_the_people_that_short_ones_do(entries):
    assert persons(("; ".join(entries) + " " * 90,)) == persons(tuple(entries))
