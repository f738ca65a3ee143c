"""Text groups and buckets of many records at once are those of each by itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.bands import bucket_keys
from dedup.evidence import is_itself
from dedup.folded import fold_record
from dedup.placing import batch_of, place
from dedup.scheme import Scheme
from records import Record

SCHEME = Scheme()
WORDS = st.sampled_from(
    "river delta sediment part 2 ii erratum 勘误 第一章 权 係數 [Article] …".split()
)
TITLES = st.none() | st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=20)
ABSTRACTS = st.none() | st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=40)
NAMES = st.lists(st.sampled_from(["Ann Lee", "Bo Ek", "朱某彪", "?ndersen, K."]), max_size=3)
SHORT = st.none() | st.sampled_from(["7", "12-15", "S3", "Ants", "J. of Ants: an organ"])
RECORDS = st.builds(
    Record,
    rank=st.just(1),
    key=st.just("a"),
    title=TITLES,
    abstract=ABSTRACTS,
    authors=NAMES.map(tuple),
    year=st.none() | st.integers(-3, 2100),
    venue=SHORT,
    volume=SHORT,
    issue=SHORT,
    pages=SHORT,
    identifiers=st.dictionaries(
        st.sampled_from(["doi", "pmid"]), st.sampled_from(["10.1000/1", "n/a", "12"]), max_size=2
    ),
    text=st.sampled_from(["", "a block of text"]),
)


@settings(deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=8))
def test_records_are_placed_as_each_by_itself(records: list[Record]) -> None:
    placed = place(batch_of(records), SCHEME)
    for row, each in enumerate(records):
        folded = fold_record(each, SCHEME)
        assert tuple(placed.of(row).tolist()) == bucket_keys(folded, SCHEME)
        assert placed.groups[row] == folded.group
        assert placed.itself[row] == is_itself(folded, SCHEME)


def test_ids_and_keys_are_the_same_for_ever() -> None:
    """They are what a store is made of: other ones are another `Scheme.folding`."""
    one = Record(
        rank=1,
        key="a",
        title="On ants, part 2",
        abstract="We looked at the ants of the northern woods. " * 3,
        authors=("Ann Lee",),
        year=2001,
        volume="7",
        pages="12-15",
        identifiers={"doi": "10.1000/1"},
    )
    placed = place(batch_of([one]), SCHEME)
    assert SCHEME.folding == 5
    assert placed.groups.tolist() == [1967114842364310279]
    assert sum(placed.keys.tolist()) == 6641390027973983686
