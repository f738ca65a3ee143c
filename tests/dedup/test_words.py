"""The sets that the kernels look words up in."""

import pytest

from dedup.boilerplate import CHINESE_LABELS, CLOSING_WORDS, CUE_WORDS, ENGLISH_LABELS
from dedup.hashing import token_hashes
from dedup.recurring import RECURRING_ENDS, RECURRING_STARTS
from dedup.titles import (
    ANNEX_WORDS,
    NOTICE_WORDS,
    PART_WORDS,
    SESSION_WORDS,
)
from dedup.words import JOINTS, OF_TITLE, RECURS, ROLES, TAIL_ALONE, TAIL_PAIR, chain, words


def hashes(text):
    return [int(value) for value in token_hashes(text)]


def values(places):
    return {int(value) for value in places if value}


def test_every_label_and_every_two_joined_are_known_and_nothing_else():
    english = {chain(hashes(label)) for label in ENGLISH_LABELS}
    two = {chain(hashes(f"{a} and {b}")) for a in ENGLISH_LABELS for b in ENGLISH_LABELS}
    names = [more + label for label in CHINESE_LABELS for more in ("", "研究")]
    chinese = {chain(hashes(name)) for name in names}
    both = {chain(hashes(a + joint + b)) for a in names for joint in JOINTS for b in names}
    assert values(words().labels) == english | two | chinese | both


@pytest.mark.parametrize(
    ("said", "known"), [(CUE_WORDS, "cues"), (CLOSING_WORDS, "closings")], ids=["cues", "closings"]
)
def test_words_of_a_tail_are_known_by_themselves_or_as_several(said, known):
    known = values(getattr(words(), known))
    for word in said:
        found = hashes(word)
        assert not found or (found[0] if len(found) == 1 else chain(found)) in known
        if len(found) == 1:
            assert words().roles[found[0] % ROLES] & TAIL_ALONE
        elif found:
            assert words().roles[(2 * found[-2] + found[-1]) % ROLES] & TAIL_PAIR


@pytest.mark.parametrize("said", [NOTICE_WORDS, PART_WORDS, SESSION_WORDS, ANNEX_WORDS])
def test_words_of_titles_have_a_role_by_their_last_token(said):
    last = [hashes(word)[-1] for word in said if hashes(word)]
    assert all(words().roles[token % ROLES] & OF_TITLE for token in last)


def test_titles_that_recur_have_a_role_by_what_they_begin_or_end_with():
    tokens = [hashes(start)[0] for start in RECURRING_STARTS]
    tokens += [hashes(end)[-1] for end in RECURRING_ENDS]
    assert all(words().roles[token % ROLES] & RECURS for token in tokens)


def test_a_set_is_at_most_a_quarter_full():
    places = words().labels
    assert 4 * len(values(places)) <= places.size
    assert places.size & (places.size - 1) == 0
