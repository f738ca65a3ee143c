"""Kernels and the engine in columns against plain code, over more texts and corpora than a quick
suite has time for."""

import random
from collections.abc import Callable

import pytest

from tests.dedup.compiled import pieces, seams
from tests.dedup.compiled.test_aligning import check_pairs, near_titles
from tests.dedup.compiled.test_texts import (
    check_abstract,
    check_characters,
    check_labels,
    check_tail,
    check_titles,
)
from tests.dedup.test_engine import check_case

pytestmark = pytest.mark.soak

TEXTS, SEAMS, PAIRS, CORPORA = 60_000, 30_000, 60_000, 250
"""About 20 seconds of one core each."""

READ = {
    check_characters: [pieces.ABSTRACT],
    check_abstract: [
        pieces.ABSTRACT,
        pieces.PLAIN,
        pieces.JOINTS,
        [pieces.LABEL_PARTS],
        [pieces.END_PARTS],
        [pieces.SENTENCES],
        [pieces.SENTENCES, pieces.END_PARTS, pieces.LABEL_PARTS],
    ],
    check_titles: [pieces.TITLE],
}

TAKEN_AWAY = {
    check_labels: seams.LABEL_SEAMS,
    check_tail: seams.TAIL_SEAMS,
    check_abstract: seams.ALL_SEAMS,
}


def test_kernels_read_texts_as_plain_code_does(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    for _ in range(TEXTS):
        for check, tables in READ.items():
            text = pieces.drawn(dice, dice.choice(tables), dice.choice((4, 8, 14, 30)))
            said(check, text)


def test_kernels_take_away_what_plain_code_does_beside_anything(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    for _ in range(SEAMS):
        for check, tables in TAKEN_AWAY.items():
            said(check, seams.drawn(dice, tables, dice.choice((1, 2, 3, 6))))


def said(check: Callable[[str], None], text: str) -> None:
    """Check a text, and say which it was."""
    try:
        check(text)
    except AssertionError as error:
        raise AssertionError(f"{check.__name__}({text!r})") from error


def test_near_titles_are_put_side_by_side_as_plain_code_does(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    for _ in range(PAIRS // 1000):
        check_pairs([near_titles(dice) for _ in range(1000)])


def test_the_engine_says_what_the_plain_form_says_in_any_order_and_batches(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    for _ in range(CORPORA):
        seed = dice.randrange(10**9)
        try:
            check_case(seed)
        except AssertionError as error:
            raise AssertionError(f"check_case({seed})") from error
