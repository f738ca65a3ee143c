"""The tables of the kernels against the functions that they stand for, character by character."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from dedup.alphabet import NUMERAL, POINTS, SINGLE, SPACE, UNSURE, WORD, alphabet
from dedup.text import alike
from dedup.words import words

SURROGATES = range(0xD800, 0xE000)
PLACES = [point for point in range(0x80, POINTS) if point not in SURROGATES]


def image(point: int) -> str | None:
    """What the tables say a character folds to, where they do."""
    known = alphabet()
    said = int(known.images[point])
    if said == UNSURE:
        return None
    if said < 0x80000000:
        return chr(said) if said else ""
    place, length = (said & 0x7FFFFFFF) >> 4, said & 15
    return "".join(map(chr, known.sequences[place : place + length]))


def test_every_character_folds_as_a_text_of_it_does() -> None:
    known = alphabet()
    for point in PLACES:
        found, wanted = image(point), alike(chr(point))
        if found is not None and len(found) == 1 and "α" <= found <= "ω":
            place, length = known.greek[ord(found) - ord("α")]
            found = "".join(map(chr, known.sequences[place : place + length]))
        assert found in (None, wanted), hex(point)


def test_ascii_folds_to_small_letters() -> None:
    assert (
        "".join(str(image(point)) for point in range(1, 0x80))
        == "".join(map(chr, range(1, 0x80))).lower()
    )


def test_what_changes_with_its_neighbours_is_left_to_the_text_s_own_functions() -> None:
    images = alphabet().images
    for point in PLACES:
        first = unicodedata.normalize("NFKD", chr(point))[0]
        if "\u0300" <= first <= "\u036f":
            continue  # folding drops it, wherever it stands
        joins = any(unicodedata.normalize("NFC", base + first) != base + first for base in "ᄀ가ে")
        if joins or unicodedata.combining(first):
            assert images[point] == UNSURE, hex(point)
    assert (images[SURROGATES.start : SURROGATES.stop] == UNSURE).all()


@pytest.mark.parametrize(
    ("letter", "kind"),
    [("a", WORD), ("中", SINGLE), ("\u3000", SPACE), ("٣", NUMERAL), ("é", WORD)],
)
def test_a_character_is_of_the_class_that_tokens_give_it(letter: str, kind: int) -> None:
    assert alphabet().classes[ord(letter)] == kind


@pytest.mark.parametrize("tables", [alphabet, words])
def test_threads_that_ask_at_once_get_the_same_tables(tables) -> None:
    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: tables(), range(4)))
    assert all(each is found[0] for each in found)
