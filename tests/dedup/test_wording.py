"""Evidence in columns, against the same evidence pair by pair."""

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from dedup.evidence import ENOUGH, strength, strengths
from dedup.phrases import (
    SCATTERED_WORDS,
    inside_words,
    jaccard_words,
    title_words,
    year_words,
)
from dedup.weighing import HALF
from dedup.wording import Clues, clues_json, evidence_json, numbers
from records import Clue, Evidence

SHARES = st.sampled_from([0.0, 0.005, 0.015, 0.285, 0.5, 0.995, 1 / 3, 1 - 1e-12, 1.0]) | st.floats(
    0, 1, allow_subnormal=False
)
YEARS = st.just(-1) | st.integers(0, 9999)
PAIRS = st.fixed_dictionaries(
    {
        "jaccard": st.none() | SHARES,
        "text": st.floats(-4, 8),
        "inside": st.none() | SHARES,
        "scattered": st.booleans(),
        "half": st.booleans(),
        "likeness": st.just(-1.0) | SHARES,
        "title": st.floats(-5, 5),
        "trust": st.just(0.0) | SHARES,
        "years": st.tuples(YEARS, YEARS) | st.integers(0, 9999).map(lambda year: (year, year)),
        "series": st.integers(-1, 1),
    }
)
REASONS = ("one of a series", 'parts of a work: "β" and the whole')


def plainly(pair: dict) -> list[Clue]:
    """The clues of one pair as `dedup.weighing` would put them."""
    clues = []

    def add(kind: str, supports: bool, value: float | None, words: str) -> None:
        clues.append(Clue(kind=kind, supports=supports, value=value, words=words))

    if pair["jaccard"] is not None:
        words = jaccard_words(pair["jaccard"])
        if pair["inside"] is not None:
            words += inside_words(pair["inside"])
        elif pair["scattered"]:
            words += SCATTERED_WORDS
        add("jaccard", pair["text"] > 0, pair["jaccard"], words)
    if pair["half"]:
        clues.append(HALF)
    first, second = sorted(pair["years"])
    if first >= 0 and second - first > 2:
        add("publication", False, None, f"years {first} and {second}")
    if pair["series"] >= 0:
        add("series", False, None, REASONS[pair["series"]])
    if pair["likeness"] >= 0:
        words = title_words(pair["likeness"], pair["trust"])
        add("title", pair["title"] > 0, pair["likeness"], words)
    if first >= 0:
        add("year", first == second, float(second - first), year_words(second - first))
    return clues


@given(pairs=st.lists(PAIRS, max_size=12))
def test_clues_by_columns_are_those_of_each_pair_to_the_byte(pairs):
    def column(name: str) -> np.ndarray:
        return np.array([np.nan if p[name] is None else p[name] for p in pairs], np.float64)

    years = np.array([pair["years"] for pair in pairs], np.int64).reshape(-1, 2)
    written = clues_json(
        Clues(
            jaccard=column("jaccard"),
            text=column("text"),
            inside=column("inside"),
            scattered=np.array([pair["scattered"] for pair in pairs], np.bool_),
            half=np.array([pair["half"] for pair in pairs], np.bool_),
            likeness=column("likeness"),
            title=column("title"),
            trust=column("trust"),
            years=(years[:, 0], years[:, 1]),
            series=np.array([pair["series"] for pair in pairs], np.int64),
            reasons=REASONS,
        )
    )
    evidence = [
        Evidence(relation="same", similarity=None, clues=tuple(plainly(pair)), strength=1.0)
        for pair in pairs
    ]
    assert written.to_pylist() == [evidence_json(each).decode() for each in evidence]


@given(values=st.lists(st.floats(allow_infinity=False)))
def test_numbers_are_written_as_json_has_them(values):
    written = numbers(np.array(values, np.float64)).to_pylist()
    assert written == [orjson.dumps(value).decode() for value in values]


@given(totals=st.lists(st.floats(-40, 40)), sixth=st.integers(1, 999_999))
def test_the_strength_of_many_sums_is_that_of_each(totals, sixth):
    # Where the seventh digit is a five and nothing follows, the last bit decides.
    edge = ENOUGH - 2 * np.log(1 / (sixth / 1e6 + 5e-7) - 1) if sixth < 999_999 else 0.0
    near = [edge, np.nextafter(edge, -99), np.nextafter(edge, 99), *totals]
    assert strengths(np.array(near)).tolist() == [strength(float(each)) for each in near]
