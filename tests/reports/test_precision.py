"""What answers about a sample say, and how surely."""

from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from reports.precision import precision, wilson
from storage.sampling import Sampled


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_ends_of_the_interval_are_what_a_score_test_just_lets_pass(
    case: tuple[int, int],
) -> None:
    hits, of = case
    share = hits / of
    for end in (each for each in wilson(hits, of) if 0 < each < 1):
        score = abs(share - end) / sqrt(end * (1 - end) / of)
        assert abs(score - 1.959964) < 0.01
    low, high = wilson(hits, of)
    assert 0 <= low <= share <= high <= 1


def answered(place: int, same: bool | None, who: str | None = None) -> Sampled:
    moment = None if same is None else 1_700_000_000_000_000 + place * 1_000_000
    return Sampled(
        seed=3,
        place=place,
        a="aid:1",
        b="aid:2",
        population=700,
        change_no=9,
        same=same,
        who=who,
        answered_at=moment,
    )


def test_pairs_that_nobody_answered_are_counted_apart() -> None:
    pairs = [answered(1, True, "Li"), answered(2, False, "Anna"), answered(3, None)]
    said = precision(pairs)
    assert said is not None
    assert (said.precision, said.right, said.wrong, said.left) == (0.5, 1, 1, 1)
    assert (said.low, said.high) == wilson(1, 2)
    assert (said.who, said.answered) == (("Anna", "Li"), "2023-11-14T22:13:22Z")
    assert (said.population, said.seed, said.settled_to) == (700, 3, 9)


def test_without_an_answer_nothing_is_stated() -> None:
    assert precision([]) is None
    said = precision([answered(1, None)])
    assert said is not None
    assert (said.precision, said.low, said.high, said.answered, said.who) == (None,) * 4 + ((),)
