"""Titles side by side, as `dedup.titles.align` puts them."""

import random

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup import titling
from dedup.compiled.aligning import quick_likeness
from dedup.titles import align, fold_title
from tests.dedup.compiled import called, pieces

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


def check_pairs(pairs: list[tuple[str, str]]) -> int:
    """Raises AssertionError where the kernel says otherwise; how many pairs it reads."""
    read = [pair for pair in pairs if all(called.title(one) is not None for one in pair)]
    folded = [(fold_title(a), fold_title(b)) for a, b in read]
    found = called.aligned(read, [(a.weight, b.weight) for a, b in folded])
    for pair, (a, b), (likeness, different) in zip(read, folded, found, strict=True):
        expected = align(a, b)
        if expected is None:
            assert (likeness, different) == (-1, False), pair
        else:
            assert (likeness, different) == (
                expected.likeness,
                expected.names_different_things,
            ), pair
    return len(read)


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_near_titles_are_as_alike_as_plain_code_says(dice: random.Random) -> None:
    check_pairs([near_titles(dice) for _ in range(25)])


@given(pieces.glued(pieces.TITLE, 8), pieces.glued(pieces.TITLE, 8))
@example("", "ants")
@example("aaaa aaaa", "aaaa")
def test_any_two_titles_are_as_alike_as_plain_code_says(a: str, b: str) -> None:
    check_pairs([(a, b), (b, a), (a, a), (a, f"{a} {b}"), (f"{b} {a}", a)])


def test_most_near_titles_are_read_by_the_kernel() -> None:
    dice = random.Random(3)
    assert check_pairs([near_titles(dice) for _ in range(4000)]) > 3300


def check_quick(pairs: list[tuple[str, str]]) -> int:
    """Raises AssertionError where equal words are said to decide what they do not; how many pairs
    they decide."""
    read = titling.read(pa.array([title for pair in pairs for title in pair]))
    rows = np.arange(0, 2 * len(pairs), 2)
    found = np.empty(len(pairs))
    quick_likeness(
        read.heads, read.flags, titling.TITLE_LATIN, read.starts, read.ends, read.tokens,
        read.places, rows, rows + 1, found,
    )  # fmt: skip
    for pair, likeness in zip(pairs, found.tolist(), strict=True):
        expected = align(*map(fold_title, pair))
        if expected is None or likeness == -1:
            assert (expected, likeness) == (None, -1), pair
        else:
            assert likeness in (-2, expected.likeness), pair
    return int((found > -1).sum())


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_equal_words_alone_decide_only_what_they_can(dice: random.Random) -> None:
    check_quick([near_titles(dice) for _ in range(25)])


@given(pieces.glued(pieces.TITLE, 8), pieces.glued(pieces.TITLE, 8))
@example("x" * 3000, "on ants " * 500)
def test_equal_words_decide_of_any_two_titles_only_what_they_can(a: str, b: str) -> None:
    check_quick([(a, b), (b, a), (a, a), (a, f"{a} {b}"), (f"{b} {a}", a)])


def test_equal_words_alone_decide_of_most_strangers() -> None:
    dice = random.Random(4)
    strangers = [(near_titles(dice)[0], near_titles(dice)[1]) for _ in range(2000)]
    assert check_quick(strangers) > 1500


def test_titles_of_characters_that_stand_for_six_have_room() -> None:
    read = titling.read(pa.array(["㌖" * 40, "½" * 200, "Ⅷ" * 300, "㍿" * 80] * 20))
    counts = (read.ends - read.starts).tolist()[:4]
    assert counts == [
        len(fold_title(title).tokens) for title in ("㌖" * 40, "½" * 200, "Ⅷ" * 300, "㍿" * 80)
    ]
    assert read.tokens.size == sum(counts) * 20
