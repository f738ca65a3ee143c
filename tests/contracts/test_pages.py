"""One page in, one transaction: records, readings, best readings, kin, quarantine."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from records import (
    Footer,
    LateAcknowledgement,
    PageRefused,
    Record,
    Section,
    as_json,
    content_hash,
    content_of,
)
from storage import SqlStore, frontier, lost, open_store, overview
from storage.conflicts import contradict
from storage.ids import id63
from storage.pages import Deposit
from storage.schema import (
    address,
    content,
    footer,
    former,
    kin,
    page,
    problem,
    reading,
)
from storage.schema import record as record_table
from storage.signing import sign
from tests.storage.filling import Filler, abstract, record, result_page, similar
from tests.storage.invariants import check
from tests.storage.rows import every_row

IGNORED = {
    "run": {"started_at", "ended_at", "seconds"},
    "page": {"fetched_at", "change_no", "digest"},
    "record": {"change_no"},
    "host": {"next_at"},
    "state": {"change_no", "settled_to"},
}


def rows(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without what depends on when it was written, or settled."""
    with store.database.read() as connection:
        return every_row(connection, IGNORED, [former])


def count(store: SqlStore, table: Any) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_record_met_on_two_pages_is_one_record_with_two_readings(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    filler.add(101, [record(3), record(1)])
    key = record(1).key
    assert [r.key for r in store.records()].count(key) == 1
    readings = store.readings(key)
    assert [r.provenance.url for r in readings] == [similar(100).url, similar(101).url]
    assert [r.record.rank for r in readings] == [1, 2]


def test_contents_are_numbered_as_they_come_beside_those_that_had_hashes_for_ids(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    old = id63("content", record(2).key, content_hash(record(2)))
    with store.database.write() as connection:
        for table, column in ((content, "id"), (reading, "content"), (record_table, "content")):
            connection.execute(update(table).where(table.c[column] == 2).values({column: old}))
        connection.execute(update(content).where(content.c.id == old).values(hash=None))
    filler.add(101, [record(2), record(3), record(1)])
    with store.database.read() as connection:
        ids = connection.execute(select(content.c.id).order_by(content.c.id)).scalars().all()
        said = connection.execute(select(reading.c.content).order_by(reading.c.content))
        assert said.scalars().all() == [1, 1, 2, old, old]
    assert ids == [1, 2, old]


def test_a_wording_that_was_lost_takes_its_place_again_with_its_page(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1)])
    filler.add(101, [record(1)])
    before = rows(store)
    with store.database.write() as connection:
        connection.execute(delete(content))
    filler.add(101, [record(1)])
    assert rows(store) == before


def test_a_stored_record_comes_back_as_it_was_read(store: SqlStore, filler: Filler) -> None:
    said = "【目的】 to see.\n【方法】 by looking."
    full = record(
        5,
        text=said,
        sections=(
            Section(label="目的", text="to see."),
            Section(label="方法", text="by looking."),
            Section(label="elsewhere", text="not in the abstract"),
        ),
        authors=("朱某彪", "McAdams J. E."),
        keywords=("one", "two"),
        identifiers={"doi": "10.1000/1"},
        volume="60",
        issue="10",
        pages="1-5",
        venue="Journal",
        language="zh",
        free_pdf=True,
    )
    filler.add(100, [full])
    assert as_json(store.record(full.key)) == as_json(full)


def test_a_page_read_again_changes_nothing_when_it_says_the_same(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2), record(1002, text=record(2).abstract)])
    store.settle()
    before = rows(store)
    filler.add(100, [record(1), record(2), record(1002, text=record(2).abstract)])
    store.settle()
    assert rows(store) == before


def test_a_page_read_again_supersedes_its_own_readings_only(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1), record(2)])
    filler.add(101, [record(1)])
    filler.add(100, [record(2)])
    assert [r.provenance.url for r in store.readings(record(1).key)] == [similar(101).url]
    filler.add(101, [record(3)])
    assert {r.key for r in store.records()} == {record(2).key, record(3).key}
    assert count(store, content) == 2


def test_a_footer_that_no_page_has_any_more_goes(store: SqlStore, filler: Filler) -> None:
    first, second = Footer(text="one foot"), Footer(text="another foot")

    def kept() -> set[str]:
        with store.database.read() as connection:
            return set(connection.execute(select(footer.c.text)).scalars())

    filler.add(100, [record(1)], footer=first)
    filler.add(101, [record(2)], footer=first)
    filler.add(100, [record(1)], footer=second)
    assert kept() == {"one foot", "another foot"}
    filler.add(101, [record(2)], footer=second)
    assert kept() == {"another foot"}
    filler.add(100, [record(1)], footer=None)
    filler.add(101, [record(2)], footer=second, total=20)  # in quarantine, a page has none
    assert kept() == set()
    check(store, at_rest=False)


def test_the_best_reading_is_shown_whatever_came_first(
    new_filler: Callable[[], Filler],
) -> None:
    whole = record(1)
    cut = record(1, text=f"{(whole.abstract or '')[:80]}…")
    bare = record(1, text="", year=None)
    for order in ([whole, cut, bare], [bare, cut, whole], [cut, whole, bare]):
        filler = new_filler()
        for place, each in enumerate(order):
            filler.add(100 + place, [each])
        shown = filler.store.record(whole.key)
        assert content_of(shown) == content_of(whole)


def test_of_equal_readings_the_newest_run_is_shown(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1, title="As it was")])
    with store.database.write() as connection:
        connection.execute(text("UPDATE run SET finished = 1"))
    filler.run = filler.begin()
    filler.add(101, [record(1, title="As it is now")])
    assert store.record(record(1).key).title == "As it is now"


def test_a_page_with_a_wrong_total_is_stored_as_page_and_problem_and_nothing_else(
    store: SqlStore, filler: Filler
) -> None:
    outcome = filler.add(100, [record(1)], total=20)
    assert outcome.quarantined
    assert count(store, page) == 1
    assert count(store, problem) == 1
    for table in (reading, record_table, content, footer, kin):
        assert count(store, table) == 0
    with store.database.read() as connection:
        addresses = connection.execute(select(address.c.fingerprint)).scalars().all()
    assert addresses == [similar(100).fingerprint]


def test_a_quarantined_page_enters_when_it_is_read_again_and_passes(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(100, [record(1)], total=20)
    with store.database.write() as connection:
        connection.execute(address.update().values(state="quarantined", reason="total"))
    filler.add(100, [record(1)])
    assert [r.key for r in store.records()] == [record(1).key]
    assert count(store, problem) == 0
    with store.database.read() as connection:
        states = connection.execute(select(address.c.fingerprint, address.c.state)).all()
    assert dict(states) == {similar(100).fingerprint: "done", similar(1).fingerprint: "due"}


def test_kin_edges_lead_from_the_asked_for_record_to_the_listed_ones_with_their_ranks(
    store: SqlStore, filler: Filler
) -> None:
    filler.add(1, [record(2), record(1), record(3)])
    with store.database.read() as connection:
        edges = connection.execute(
            select(kin.c.asked, kin.c.listed, kin.c.rank).order_by(kin.c.rank)
        ).all()
    ids = {n: id63("record", record(n).key) for n in (1, 2, 3)}
    assert edges == [(ids[1], ids[2], 1), (ids[1], ids[3], 3)]


def test_a_late_acknowledgement_stores_nothing(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1)])
    with store.database.write() as connection:
        handout = frontier.lease(connection, "here", limit=1, max_depth=9, now=filler.now)
        (lease,) = handout.leases
        lost.take_back(connection, "here")
        (second,) = frontier.lease(connection, "here", limit=1, max_depth=9, now=filler.now).leases
    assert second.id == lease.id
    assert second.token == lease.token + 1
    said = result_page(1, [record(7)])
    deposit = Deposit(
        source="here",
        run=filler.run,
        address=lease.id,
        lease=lease,
        url=lease.address.url,
        status=200,
        fetched_at=filler.now,
        digest="0",
        charset=None,
        place=None,
        reader="test 1",
        page=said,
        signed=tuple(sign(each, store.scheme) for each in said.records),
    )
    before = rows(store)
    with pytest.raises(LateAcknowledgement):
        store.store_page(deposit, now=filler.now)
    assert rows(store) == before


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_pages_changes_no_row(data: st.DataObject) -> None:
    dice = random.Random(data.draw(st.integers(0, 10**6)))
    pages = [
        (100 + place, [_wording(dice.randrange(8), dice) for _ in range(dice.randint(1, 4))])
        for place in range(6)
    ]
    pages = [(asked, [*{each.key: each for each in said}.values()]) for asked, said in pages]
    kept = []
    for order in (pages, dice.sample(pages, len(pages))):
        with open_store("sqlite://", create=True) as opened:
            filler = Filler(opened)
            for asked, said in order:
                filler.add(asked, said)
                if dice.random() < 0.2:
                    opened.settle()
            opened.settle()
            check(opened, at_rest=False, settled=True)
            assert noted(opened) == contradicted(opened)
            kept.append(rows(opened))
    assert kept[0] == kept[1]
    event(f"conflicts: {min(2, len(kept[0]['conflict']))}")


def noted(store: SqlStore) -> set[str]:
    with store.database.read() as connection:
        return {each.key for each in overview.conflicting(connection, limit=1000)}


def contradicted(store: SqlStore) -> set[str]:
    """Keys of the records of which two readings name different works, from all readings at once."""
    found = set()
    for each in [*store.records()]:  # a store in memory has one transaction at a time
        said = {
            (reading.record.title, json.dumps(reading.record.authors))
            for reading in store.readings(each.key)
        }
        if contradict(said, store.scheme):
            found.add(each.key)
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_conflicts_follow_the_readings_that_there_are(seed: int) -> None:
    dice = random.Random(seed)
    with open_store("sqlite://", create=True) as opened:
        filler = Filler(opened)
        for _ in range(12):
            said = [_wording(dice.randrange(3), dice) for _ in range(dice.randint(0, 2))]
            page = 100 + dice.randrange(4)  # pages come again, and readings go
            filler.add(page, [*{each.key: each for each in said}.values()])
            assert noted(opened) == contradicted(opened)
        check(opened, at_rest=False)


def _wording(number: int, dice: random.Random) -> Record:
    """One of several wordings of a record; odd numbers repeat the text of the even before."""
    whole = abstract(number - number % 2)
    wordings = (whole, f"{whole[:200]}…", whole.upper(), "")
    title = f"A study of matter {number // 2}"
    named = dice.choice(
        (
            {"title": title, "authors": ("Lee A.", "Wei Q.")},
            {"title": title.upper(), "authors": ("A. Lee", "Q. Wei")},
            {"title": title, "authors": ()},
            {"title": title, "authors": ("Okafor B.",)},
            {"title": "Tides of the northern sea ice", "authors": ("Okafor B.",)},
            {"title": None},
        )
    )
    return record(number, text=dice.choice(wordings), **named)


ONE = {"title": "A study of matter", "authors": ("Lee A.", "Wei Q.")}


@pytest.mark.parametrize(
    ("other", "conflict"),
    [
        ({"title": "Tides of the northern sea ice", "authors": ("Okafor B.",)}, True),
        ({"title": "Tides of the northern sea ice", "authors": ONE["authors"]}, False),
        ({"title": ONE["title"], "authors": ("Okafor B.",)}, False),
        ({"title": "Tides of the northern sea ice", "authors": ()}, False),
        ({"title": None, "authors": ("Okafor B.",)}, False),
        ({"title": "北海的潮汐与冰", "authors": ("王某",)}, False),
    ],
    ids=["both", "title", "authors", "no authors", "no title", "another script"],
)
def test_readings_of_one_key_are_in_conflict_where_title_and_authors_are(
    store: SqlStore, filler: Filler, other: dict[str, Any], conflict: bool
) -> None:
    filler.add(100, [record(1, **ONE)])
    filler.add(101, [record(1, **other)])
    assert noted(store) == ({record(1).key} if conflict else set())
    assert len(store.readings(record(1).key)) == 2
    filler.add(101, [record(1, **ONE)])
    assert noted(store) == set()


def test_equal_titles_that_say_nothing_are_no_conflict(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1, title="Editorial", authors=("Lee A.",))])
    filler.add(101, [record(1, title="Editorial", authors=("Okafor B.",))])
    assert noted(store) == set()


def test_a_record_in_conflict_can_go(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(1, **ONE)])
    filler.add(101, [record(1, title="Tides of the northern sea ice", authors=("Okafor B.",))])
    filler.add(100, [])
    filler.add(101, [])
    assert list(store.records()) == []
    check(store, at_rest=False)


@pytest.mark.parametrize(
    "wrong", [{"title": "lone \ud800"}, {"year": 10**30}], ids=["surrogate", "number"]
)
def test_what_no_database_takes_is_refused_whole(
    store: SqlStore, filler: Filler, wrong: dict[str, Any]
) -> None:
    filler.add(100, [record(1)])
    before = rows(store)
    with pytest.raises(PageRefused, match=r"portal\.example"):
        filler.add(100, [record(2), record(3, **wrong)])
    assert rows(store) == before
