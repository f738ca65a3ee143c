"""The sets that the kernels look words up in."""

from dedup.boilerplate import CHINESE_LABELS, ENGLISH_LABELS, TAIL_WORDS
from dedup.hashing import token_hashes
from dedup.words import chain, words


def hashes(text):
    return [int(value) for value in token_hashes(text)]


def values(places):
    return {int(value) for value in places if value}


def test_every_label_and_every_two_joined_are_known_and_nothing_else():
    english = {chain(hashes(label)) for label in ENGLISH_LABELS}
    two = {chain(hashes(f"{a} and {b}")) for a in ENGLISH_LABELS for b in ENGLISH_LABELS}
    chinese = {chain(hashes(more + label)) for label in CHINESE_LABELS for more in ("", "研究")}
    assert values(words().labels) == english | two | chinese


def test_words_of_a_tail_are_known_by_themselves_or_as_two():
    known = values(words().tail)
    for word in TAIL_WORDS:
        found = hashes(word)
        assert not found or (found[0] if len(found) == 1 else chain(found)) in known


def test_a_set_is_at_most_a_quarter_full():
    places = words().labels
    assert 4 * len(values(places)) <= places.size
    assert places.size & (places.size - 1) == 0
