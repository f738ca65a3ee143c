"""The figures of a store are what was put into it."""

from typing import Any

from sqlalchemy import update

from records import Record
from storage import SqlStore, distribution, kept, overview
from storage.schema import address, page

ABSTRACT = (
    "Reservoirs upstream hold back most of the sand that once fed the delta, so that its outer "
    "shore retreats by several metres a year while the inner marshes drown more slowly than "
    "models of compaction alone foresee; dredged channels make the loss worse in dry years."
)
OTHER = (
    "Parliaments that publish every amendment as data are copied by city councils within a "
    "decade, mostly through the staff who move between them; laws that ask for it come later, "
    "and where they come first little is published at all, whatever the budget given to it."
)


def record(number: int, **fields: Any) -> Record:
    said: dict[str, Any] = {"title": f"Paper {number}", "native_id": f"{number:032x}"}
    return Record(rank=1, key=f"aid:{number:032x}", **{**said, **fields})


def asked(store: SqlStore, of: Any, **options: Any) -> Any:
    with store.database.read() as connection:
        return of(connection, **options)


def test_an_empty_store_counts_nothing(store: SqlStore) -> None:
    totals = asked(store, overview.totals)
    assert (totals.records, totals.unique, totals.repeats, totals.pages) == (0, 0, 0, 0)
    assert asked(store, overview.sources) == []
    assert asked(store, distribution.by_year) == []
    assert sum(b.same + b.apart for b in asked(store, distribution.similarities)) == 0


def test_records_of_one_cluster_count_once_as_unique(store: SqlStore, filler: Any) -> None:
    filler.add(1, [record(n, title="Sand and delta", abstract=ABSTRACT) for n in (2, 3, 4)])
    filler.add(5, [record(6, title="Amendments as data", abstract=OTHER)])
    store.settle()
    totals = asked(store, overview.totals)
    assert (totals.records, totals.text_groups, totals.clusters) == (4, 2, 1)
    assert (totals.unique, totals.repeats) == (2, 2)
    assert totals.unique == len(list(store.records(unique=True)))
    assert (totals.unsettled, totals.settled_to) == (0, totals.change_no)
    assert asked(store, distribution.cluster_sizes) == [(3, 1)]


def test_what_waits_for_settling_is_counted(store: SqlStore, filler: Any) -> None:
    filler.add(1, [record(2, abstract=ABSTRACT), record(3, abstract=ABSTRACT)])
    totals = asked(store, overview.totals)
    assert totals.unsettled == totals.text_groups == 2
    assert totals.settled_to < totals.change_no


def test_a_page_in_quarantine_comes_with_its_reasons_and_no_records(
    store: SqlStore, filler: Any
) -> None:
    filler.add(1, [record(2, abstract=ABSTRACT)], total=20)
    (waiting,) = asked(store, overview.quarantine, limit=5)
    assert waiting.codes == ("total-mismatch",)
    assert waiting.reason == "states another total"
    assert waiting.source == "here"
    totals = asked(store, overview.totals)
    assert (totals.pages, totals.quarantined, totals.records) == (0, 1, 0)
    assert asked(store, overview.problem_codes) == [("total-mismatch", "error", 1)]


def test_addresses_are_counted_by_state_and_depth(store: SqlStore, filler: Any) -> None:
    filler.add(1, [record(2), record(3)])
    filler.add(2, [record(4), record(5), record(6)])
    with store.database.write() as connection:
        connection.execute(
            update(address).where(address.c.fingerprint == f"similar:{1:032x}").values(state="done")
        )
        connection.execute(
            update(address)
            .where(address.c.fingerprint == f"similar:{3:032x}")
            .values(state="failed", reason="answered 404", attempts=2)
        )
        connection.execute(
            update(address).where(address.c.fingerprint == f"similar:{6:032x}").values(depth=99)
        )
    (here,) = asked(store, overview.sources)
    assert (here.source, here.depth) == ("here", 9)
    assert (here.done, here.failed, here.beyond, here.leased) == (1, 1, 1, 0)
    assert here.due == 3
    (given_up,) = asked(store, overview.failures, limit=5)
    assert (given_up.reason, given_up.attempts) == ("answered 404", 2)


def test_years_and_languages_are_those_of_the_records_shown(store: SqlStore, filler: Any) -> None:
    filler.add(
        1,
        [
            record(2, year=2019, language="zh", abstract=ABSTRACT),
            record(3, year=2017, language="en"),
            record(4, year=2019, language="zh"),
            record(5),
        ],
    )
    assert asked(store, distribution.by_year) == [(2017, 1, 0), (2019, 2, 0), (None, 1, 0)]
    assert asked(store, distribution.by_language) == [("zh", 2, 0), (None, 1, 0), ("en", 1, 0)]
    assert asked(store, distribution.by_source) == [("here", 4, 0)]
    assert asked(store, distribution.by_completeness) == [(2, 1), (0, 3)]


def test_a_pair_falls_into_the_bin_of_its_similarity(store: SqlStore, filler: Any) -> None:
    changed = ABSTRACT.replace("several metres", "many metres")
    filler.add(1, [record(2, title="Sand", abstract=ABSTRACT), record(3, abstract=OTHER)])
    filler.add(4, [record(5, title="Sand", abstract=changed)])
    store.settle()
    similarity = store.explain(record(2).key, record(5).key).similarity
    (full,) = [b for b in asked(store, distribution.similarities, bins=10) if b.same or b.apart]
    assert full.low <= similarity < full.high
    assert asked(store, distribution.relations) == [("same", 1)]
    assert asked(store, kept.count_of, kind="refused") == 0


def test_a_footer_counts_its_pages(store: SqlStore, filler: Any) -> None:
    from storage.schema import footer

    filler.add(1, [record(2)])
    filler.add(3, [record(4)])
    row = {"id": 7, "operator": "甲公司", "licence": "京ICP备1号", "province": "北京"}
    with store.database.write() as connection:
        connection.execute(footer.insert(), {**row, "links": "[]", "text": "甲公司 京ICP备1号"})
        connection.execute(update(page).values(footer=7))
    (seen,) = asked(store, overview.footers, limit=5)
    assert (seen.operator, seen.licence, seen.pages, seen.sources) == ("甲公司", "京ICP备1号", 2, 1)
