"""Rows as a store gives them, without a store."""

from typing import Any

from hypothesis import strategies as st

from records import Provenance, Record, as_json
from storage.exports.rows import Row

SPECIAL = "\\{}$&#%_^~<>|\"'`@=+-,;:!?()[]*/ \n\r\t\x0b\x85\u2028\u3000＝＠的研究é̈“—"
texts = st.text(
    st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"], min_codepoint=1)),
    max_size=40,
)
"""Whatever a page may say: NULs and lone surrogates are replaced when it is read."""
records = st.builds(
    dict,
    title=st.none() | texts,
    abstract=st.none() | texts,
    authors=st.lists(texts, max_size=3).map(tuple),
    venue=st.none() | texts,
    year=st.none() | st.integers(-(2**40), 2**40),
    keywords=st.lists(texts, max_size=3).map(tuple),
    identifiers=st.dictionaries(texts | st.just("doi"), texts, max_size=3),
    url=st.none() | texts,
)


def row(**said: Any) -> Row:
    """A row of a record that says this; `operator`, `licence` and `cluster` are the row's."""
    besides = {name: said.pop(name, None) for name in ("operator", "licence", "cluster")}
    record = Record(rank=1, **{"key": "aid:1", **said})
    return Row(
        record={**as_json(record), "text": record.text or None},
        provenance=Provenance(
            source="here",
            run=3,
            page=7,
            url="http://h/page?a=1;b=2",
            fetched_at=1_760_000_000_000_000,
            reader="test 1",
        ),
        sources=["here", "there"],
        readings=2,
        canonical="aid:1",
        **besides,
    )
