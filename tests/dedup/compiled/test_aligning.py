"""Titles side by side, as `dedup.titles.align` puts them."""

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

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
