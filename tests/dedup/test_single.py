"""A record by itself, by the kernels, is what it is without them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.bands import bucket_keys
from dedup.folded import fold_record
from dedup.placing import batch_of, place
from dedup.scheme import Scheme
from dedup.single import fold_single, place_single
from records import Record

SCHEME = Scheme()
WORDS = st.sampled_from(
    "Background: river delta mod-\nels sediment ii &amp;lt;i&amp;gt; 勘误 权 係數 © 2019 … α".split(
        " "
    )
)
TEXTS = (
    st.none()
    | st.lists(WORDS, max_size=80).map(" ".join)
    | st.text(max_size=60)
    | st.text(st.characters(), max_size=20)  # lone surrogates too
)


@settings(deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(["", "a block of text"]))
def test_a_record_by_itself_is_folded_and_signed_as_without_the_kernels(
    title: str | None, abstract: str | None, text: str
) -> None:
    each = Record(rank=1, key="a", title=title, abstract=abstract, year=2001, text=text)
    plain = fold_record(each, SCHEME)
    single, keys = place_single(each, SCHEME)
    assert (single.group, single.truncated) == (plain.group, plain.truncated)
    assert single.title == plain.title
    assert np.array_equal(single.tokens, plain.tokens)
    assert np.array_equal(single.shingles, plain.shingles)
    assert keys == {*bucket_keys(plain, SCHEME)}
    assert fold_single(each, SCHEME).group == 0


def test_a_record_by_itself_has_nothing_compiled_that_a_batch_has_not() -> None:
    from dedup.compiled.intake import read_abstracts, sign_all

    each = Record(rank=1, key="a", title="On ants", abstract="We looked at ants. " * 30)
    place(batch_of([each]), SCHEME)
    before = [len(kernel.signatures) for kernel in (read_abstracts, sign_all)]
    place_single(each, SCHEME)
    assert [len(kernel.signatures) for kernel in (read_abstracts, sign_all)] == before
