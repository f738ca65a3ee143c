"""Random samples of joined pairs: drawn once, answered one by one, gone on with."""

from itertools import pairwise
from typing import Any

from records import Record
from storage import SqlStore, sampling
from storage.decisions import Word

WORDS = "sand delta river basin climate carbon forest ocean urban energy".split()


def twins(number: int) -> list[Record]:
    words = [*WORDS[number:], *WORDS[:number]]
    text = " ".join(f"{word}{number} of {other}" for word, other in pairwise(words * 4))
    return [
        Record(
            rank=side,
            key=f"aid:{number:x}{side}",
            native_id=f"{number:x}{side}",
            title=f"On {words[0]} and {words[1]}",
            abstract=text + " and more" * (side - 1),
        )
        for side in (1, 2)
    ]


def keys(pairs: list[sampling.Sampled]) -> list[tuple[str | None, str | None]]:
    return [(each.a, each.b) for each in pairs]


def test_a_sample_is_drawn_once_and_a_larger_one_begins_with_it(
    store: SqlStore, filler: Any
) -> None:
    for number in range(8):
        filler.add(number + 1, twins(number))
    store.settle()
    with store.database.write() as connection:
        first = sampling.sample(connection, 1, 3)
        other = sampling.sample(connection, 2, 3)
        more = sampling.sample(connection, 1, 5)
        everything = sampling.sample(connection, 1, 99)
        assert sampling.newest(connection) == []
    assert [each.place for each in everything] == list(range(1, 9))
    assert {each.population for each in everything} == {8}
    assert keys(more)[:3] == keys(first)
    assert len({*keys(everything)}) == 8
    assert keys(first) != keys(other)


def test_a_pair_that_was_split_for_its_answer_still_counts(store: SqlStore, filler: Any) -> None:
    for number in range(4):
        filler.add(number + 1, twins(number))
    store.settle()
    with store.database.write() as connection:
        one, two, *_ = sampling.sample(connection, 1, 4)
        sampling.answer(connection, one, False, who="Li", now=5)
        sampling.answer(connection, two, True, who="Li", now=6)
        sampling.answer(connection, two, None, who="Li", now=7)
    assert one.a is not None
    store.decide(Word(kind="split", a=one.a, b=one.b, who="Li", why=""), now=8)
    with store.database.write() as connection:
        found = sampling.newest(connection)
        assert sampling.sample(connection, 1, 9) == found
    assert [each.same for each in found] == [False, None, None, None]
    assert (found[0].who, found[0].answered_at) == ("Li", 5)
    assert (found[1].who, found[1].answered_at) == (None, None)
