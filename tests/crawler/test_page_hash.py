"""The hash by which a page read again is known to say what it said."""

from dataclasses import fields, replace
from itertools import combinations

from records import (
    Address,
    Citations,
    Footer,
    Link,
    Problem,
    Query,
    Record,
    ResultPage,
    Section,
    as_json,
    page_hash,
)
from records.wire import page_from_json

RECORD = Record(rank=1, key="aid:1", title="甲", abstract="Mud.")
PAGE = ResultPage(url=None, profile="p", confidence=0.0, encoding="utf-8", replaced=0)
CHANGES = {
    "url": ["None", "", "a"],
    "profile": ["", "p\0", "2"],
    "confidence": [1.0, 0.5],
    "encoding": ["", "utf-81"],
    "replaced": [1, 10],
    "query": [Query(text=""), Query(native_id=""), Query(filters={"a": "b"})],
    "stated_total": [0, 1],
    "stated_ms": [0, 1],
    "records": [
        (RECORD,),
        (RECORD, RECORD),
        (replace(RECORD, title=None),),
        (replace(RECORD, title="甲M", abstract="ud."),),
        (replace(RECORD, authors=("ab",)),),
        (replace(RECORD, authors=("a", "b")),),
        (replace(RECORD, keywords=("a", "b")),),
        (replace(RECORD, free_pdf=True),),
        (replace(RECORD, year=1999),),
        (replace(RECORD, volume="1999"),),
        (replace(RECORD, sections=(Section(label="a", text="b"),)),),
        (replace(RECORD, identifiers={"doi": "1"}),),
        (replace(RECORD, cited_by=Citations(total=1, own=0, others=1)),),
    ],
    "footer": [Footer(), Footer(text="a"), Footer(links=(Link(text="a", url=None),))],
    "navigation": [(Link(text="a", url=None),), (Link(text="", url="a"),)],
    "next_url": ["", "a"],
    "problems": [(Problem(code="a", severity="error", message="b"),)],
    "search_total": [0, 1],
    "found": [(Address(url="a", fingerprint="b", kind="similar"),)],
}


def test_every_field_counts_and_no_two_pages_are_taken_for_one() -> None:
    assert set(CHANGES) == {each.name for each in fields(ResultPage)}
    pages = [PAGE]
    pages += [replace(PAGE, **{name: one}) for name, many in CHANGES.items() for one in many]
    for one, other in combinations(pages, 2):
        assert page_hash(one) != page_hash(other), (one, other)


def test_it_outlasts_json_and_knows_no_order_of_names() -> None:
    record = replace(RECORD, identifiers={"doi": "1", "isbn": "2"}, authors=("a",))
    page = replace(PAGE, records=(record,), query=Query(filters={"b": "\ud800", "a": "1"}))
    other = page_from_json(as_json(page))
    assert page_hash(other) == page_hash(page)
    turned = replace(page.query, filters=dict(reversed(page.query.filters.items())))
    assert page_hash(replace(page, query=turned)) == page_hash(page)
