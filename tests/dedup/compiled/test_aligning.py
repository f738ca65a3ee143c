"""Titles side by side, as `dedup.titles.align` puts them."""

import random

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.corpora.papers import paper
from benchmarks.corpora.prose import chinese, english
from dedup import likening, titling
from dedup.columns import KEPT, Columns, gather
from dedup.compiled.titles import LONGEST
from dedup.corpus import conform
from dedup.heap import Heap
from dedup.scheme import DEFAULT
from dedup.signing import sign
from dedup.titles import MISSPELT, align, fold_title
from dedup.titling import TITLE_SLOW
from tests.dedup.compiled import pieces

_LETTERS = "abcdefghij éβж田"
WORDS = """
ants soil soils growth groth Peru Chile of in the a study studies randomised randomized trial II
iii 2001 2002 x on effects effect estimation estimating ants' cell-lines colour color 田地 研究
的 影响 роста почвы poverty проба ελιά
""".split()


def edited(title: str, dice: random.Random) -> str:
    """A title that a person could take for the first."""
    words = title.split(" ")
    place = dice.randrange(len(words))
    word = words[place]
    match dice.randrange(11):
        case 0:
            words[place] = dice.choice(WORDS)
        case 1:
            words.insert(place, dice.choice(WORDS))
        case 2:
            del words[place]
        case 3:
            dice.shuffle(words)
        case 4 | 5:  # a slip of the pen
            at = dice.randrange(len(word) + 1)
            words[place] = word[:at] + dice.choice(_LETTERS) + word[at + dice.randrange(2) :]
        case 6:
            return "".join(words)
        case 7:
            words[place] = " ".join(word)
        case 8:
            return f"{title}: {dice.choice(WORDS)} {dice.choice(WORDS)}"
        case 9:
            return f"{dice.choice(WORDS)} {dice.choice(WORDS)}: {title}"
        case _:
            words = words[:place] or words
    return " ".join(words)


def near_titles(dice: random.Random) -> tuple[str, str]:
    first = " ".join(dice.choices(WORDS, k=dice.randint(1, 12)))
    if dice.random() < 0.1:
        first += pieces.drawn(dice, pieces.TITLE, 3)
    second = first
    for _ in range(dice.randint(0, 4)):
        second = edited(second, dice) or "x"
    return (first, second) if dice.random() < 0.5 else (second, first)


def columns_of(pairs: list[tuple[str, str]]) -> Columns:
    titles = [title for pair in pairs for title in pair]
    ids = [f"{number}" for number in range(len(titles))]
    batch = conform(pa.RecordBatch.from_pydict({"id": ids, "title": titles}))
    heap = Heap()
    return gather([(batch.select(KEPT), sign(batch, DEFAULT, heap))], heap.values(), DEFAULT)


def check_pairs(pairs: list[tuple[str, str]]) -> tuple[int, int]:
    """Raises AssertionError where columns say otherwise than plain code. Of how many pairs scripts
    or words in common tell that they are not as alike as is asked for, and of how many the kernels
    read both titles."""
    if not pairs:
        return 0, 0
    columns = columns_of(pairs)
    a = np.arange(0, 2 * len(pairs), 2)
    flags = columns.signed.title_flags
    read = (flags[a] | flags[a + 1]) & TITLE_SLOW == 0
    counts = np.diff(columns.signed.title_spans[:, :2]).ravel()
    liked = likening.like(columns, a, a + 1, np.zeros(a.size))
    expected = [align(*map(fold_title, pair)) for pair in pairs]
    for at, found in enumerate(expected):
        likeness = -1 if found is None else found.likeness
        different = found is not None and found.names_different_things
        if max(counts[2 * at], counts[2 * at + 1]) > LONGEST and found is not None:
            likeness, different = -2, False
        assert (liked.likeness[at], liked.of_one_form[at]) == (likeness, different), pairs[at]
    for least in (0.3, MISSPELT, 0.8):
        asked = likening.like(columns, a, a + 1, np.full(a.size, least))
        less = asked.likeness == -3
        for at in np.flatnonzero(less).tolist():
            one = expected[at]
            assert one is not None
            assert one.likeness < least, pairs[at]
        assert asked.likeness[~less].tolist() == liked.likeness[~less].tolist()
        assert asked.of_one_form[~less].tolist() == liked.of_one_form[~less].tolist()
    return int((less | (asked.likeness == -1)).sum()), int(read.sum())


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_near_titles_are_as_alike_as_plain_code_says(dice: random.Random) -> None:
    check_pairs([near_titles(dice) for _ in range(25)])


@given(pieces.glued(pieces.TITLE, 8), pieces.glued(pieces.TITLE, 8))
@example("", "ants")
@example("aaaa aaaa", "aaaa")
@example("x" * 3000, "on ants " * 500)
def test_any_two_titles_are_as_alike_as_plain_code_says(a: str, b: str) -> None:
    check_pairs([(a, b), (b, a), (a, a), (a, f"{a} {b}"), (f"{b} {a}", a)])


def test_most_near_titles_are_read_by_the_kernel() -> None:
    dice = random.Random(3)
    assert check_pairs([near_titles(dice) for _ in range(3000)])[1] > 2500


def test_words_in_common_tell_most_strangers_apart() -> None:
    dice = random.Random(4)
    titles = [paper(language(), dice).title for language in (english, chinese) for _ in range(500)]
    strangers = [(dice.choice(titles), dice.choice(titles)) for _ in range(1000)]
    assert check_pairs(strangers)[0] > 700


def test_titles_of_characters_that_stand_for_six_have_room() -> None:
    read = titling.read_titles(pa.array(["㌖" * 40, "½" * 200, "Ⅷ" * 300, "㍿" * 80] * 20))
    counts = (read.ends - read.starts).tolist()[:4]
    assert counts == [
        len(fold_title(title).tokens) for title in ("㌖" * 40, "½" * 200, "Ⅷ" * 300, "㍿" * 80)
    ]
    assert read.tokens.size == sum(counts) * 20
