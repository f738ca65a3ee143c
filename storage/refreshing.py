"""The index of related literature brought up to date with the store: by change number, or anew.

The store is read in short transactions of its own, so that no harvest waits for a refresh and no
journal grows behind it. What changes meanwhile has a later change number, and is the next one's.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from dedup.scheme import Scheme
from records import IndexUnusable
from storage import gone
from storage.database import Database
from storage.fulltext import Entry, FulltextIndex, Mark, View
from storage.schema import content, page, reading, record, run, state
from storage.terms import recipe, searched_text, terms_of

_BATCH = 2000
"""Records a reading transaction."""
_PAGES = 50
"""Pages a reading transaction."""
_COMMIT_EVERY = 100_000
"""Records between two commits of a refresh: a killed one goes on from the last."""
_MOST_DELETED = 0.25
"""Share of deleted documents from which an index is made anew: they distort its frequencies."""
_DELETED_FROM = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh did."""

    records: int
    """Put into the index, in place of what it said of them."""
    removed: int
    """Records that the store has no more."""
    rebuilt: str | None
    """Why the whole index was made anew. None: it was not."""
    refreshed_to: int
    """The change number that the index is that of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """How an index stands to its store."""

    refreshed_to: int | None
    """Change number. None: there is no index that could be used."""
    behind: int
    """Records new or changed since; all of them where there is no index."""
    records: int | None
    """In the index."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What an index is made from."""

    database: Database
    recipe: str
    identity: str
    change_no: int
    progress: Callable[[int], None]

    def mark(self, refreshed_to: int) -> Mark:
        return Mark(recipe=self.recipe, store=self.identity, refreshed_to=refreshed_to)


def refresh(
    database: Database,
    index: FulltextIndex,
    scheme: Scheme,
    *,
    rebuild: bool,
    progress: Callable[[int], None],
) -> Refreshed:
    """Bring an index up to date, or make it anew where it cannot be: it is missing, torn, of
    another recipe or of another store, or says other records than the store has.

    `progress` is told how many records are left. Raises LockHeld, StoreError.
    """
    with index.lock():
        with database.read() as connection:
            source = _Source(
                database, recipe(scheme), identity(connection), _change_no(connection), progress
            )
            why = "asked for" if rebuild else _why_anew(connection, index, source.recipe)
        if why is None:
            done = _brought_up(index, source)
            if _agrees(database, index, source.change_no):
                return done
            why = "it held other records than the store"
        return _made_anew(index, source, why)


def staleness(connection: Connection, index: FulltextIndex, scheme: Scheme) -> Staleness:
    """How far an index is behind the store."""
    if _why_anew(connection, index, recipe(scheme)) is not None:
        behind = select(func.count(record.c.id))
        return Staleness(
            refreshed_to=None, behind=connection.execute(behind).scalar_one(), records=None
        )
    view = index.view()
    to = view.mark.refreshed_to
    behind = select(func.count(record.c.id)).where(record.c.change_no > to)
    return Staleness(
        refreshed_to=to,
        behind=connection.execute(behind).scalar_one()
        + len(gone.since(connection, to, _change_no(connection))),
        records=view.records,
    )


def identity(connection: Connection) -> str:
    """Tells a store from another that stood under its name: its newest run, as begun."""
    newest = select(run.c.id, run.c.started_at).order_by(run.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return "" if row is None else f"{row.id} {row.started_at}"


def _is_of(connection: Connection, told: str) -> bool:
    if not told:
        return True
    number, started_at = map(int, told.split())
    begun = connection.execute(select(run.c.started_at).where(run.c.id == number)).scalar()
    return begun == started_at


def _change_no(connection: Connection) -> int:
    return int(connection.execute(select(state.c.change_no)).scalar_one())


def _why_anew(connection: Connection, index: FulltextIndex, made_by: str) -> str | None:
    """Why an index cannot be brought up to date. None: it can."""
    try:
        view = index.view()
    except IndexUnusable:
        return "there was none that could be read"
    if view.mark.recipe != made_by:
        return "it was made by another version of the rules"
    if view.mark.refreshed_to > _change_no(connection) or not _is_of(connection, view.mark.store):
        return "it was made of another store"
    if view.records >= _DELETED_FROM and view.deleted > _MOST_DELETED:
        return "too much of it was deleted"
    return None


def _agrees(database: Database, index: FulltextIndex, change_no: int) -> bool:
    """Whether the index holds as many records as the store, unless that has gone on meanwhile."""
    with database.read() as connection:
        if _change_no(connection) != change_no:
            return True
        stored = connection.execute(select(func.count(record.c.id))).scalar_one()
    return bool(stored == index.view().records)


def _brought_up(index: FulltextIndex, source: _Source) -> Refreshed:
    view: View = index.view()
    after = view.mark.refreshed_to
    with source.database.read() as connection:
        removed = set(gone.since(connection, after, source.change_no))
        left = _count_since(connection, after)
    if not left and not removed and after == source.change_no:
        return Refreshed(records=0, removed=0, rebuilt=None, refreshed_to=after)
    put = looked_at = 0
    with index.writer(fresh=False) as writer:
        for each in removed:
            writer.drop(each)

        def bring_up(batch: list[RowMapping]) -> int:
            entries = _entries(source.database, batch)
            known = view.stamps([each.record for each in entries])
            changed = [
                each
                for each in entries
                if each.record in removed or known.get(each.record) != each.stamp
            ]
            for each in changed:
                writer.drop(each.record)
                writer.put(each)
            return len(changed)

        for batch in _read_again(source.database, after, source.change_no):
            put += bring_up(batch)
        for batch in _changed(source.database, after, source.change_no):
            put += bring_up(batch)
            looked_at += len(batch)
            source.progress(max(left - looked_at, 0))
            if looked_at % _COMMIT_EVERY < _BATCH <= looked_at:
                writer.commit(source.mark(batch[-1]["change_no"] - 1))
        writer.commit(source.mark(source.change_no))
    return Refreshed(records=put, removed=len(removed), rebuilt=None, refreshed_to=source.change_no)


def _made_anew(index: FulltextIndex, source: _Source, why: str) -> Refreshed:
    with source.database.read() as connection:
        left = _count_since(connection, -1)
    put = 0
    with index.writer(fresh=True) as writer:
        for batch in _everything(source.database):
            for each in _entries(source.database, batch):
                writer.put(each)
            put += len(batch)
            source.progress(max(left - put, 0))
        writer.commit(source.mark(source.change_no))
    writer.publish()
    return Refreshed(records=put, removed=0, rebuilt=why, refreshed_to=source.change_no)


def _entries(database: Database, batch: Sequence[RowMapping]) -> list[Entry]:
    """What rows of `_rows` are put into the index as."""
    sources: dict[int, set[str]] = {}
    shown_by = (
        select(reading.c.record, page.c.source)
        .join(page, page.c.id == reading.c.page)
        .where(reading.c.record.in_([row["id"] for row in batch]))
    )
    with database.read() as connection:
        for each, name in connection.execute(shown_by):
            sources.setdefault(each, set()).add(name)
    return [
        Entry(
            record=row["id"],
            content=row["content"],
            text=terms_of(searched_text(row["title"], row["abstract"], row["text"])),
            title=terms_of(row["title"] or ""),
            authors=terms_of("\n".join(json.loads(row["authors"]) if row["authors"] else ())),
            venue=terms_of(row["venue"] or ""),
            year=row["year"],
            language=row["language"],
            sources=frozenset(sources.get(row["id"], ())),
        )
        for row in batch
    ]


def _count_since(connection: Connection, after: int) -> int:
    count = select(func.count(record.c.id)).where(record.c.change_no > after)
    return int(connection.execute(count).scalar_one())


def _rows() -> Select[Any]:
    return select(
        *(record.c.id, record.c.change_no, record.c.content),
        *(content.c.title, content.c.abstract, content.c.text, content.c.authors),
        *(content.c.venue, content.c.year, content.c.language),
    ).join(content, content.c.id == record.c.content)


def _changed(database: Database, after: int, to: int) -> Iterator[list[RowMapping]]:
    """What changed after `after`, up to `to`, in the order of changes, a batch a transaction."""
    change_no, last = after + 1, -1
    while True:
        query = (
            _rows()
            .where(
                record.c.change_no >= change_no,
                record.c.change_no <= to,
                or_(record.c.change_no > change_no, record.c.id > last),
            )
            .order_by(record.c.change_no, record.c.id)
            .limit(_BATCH)
        )
        with database.read() as connection:
            batch = list(connection.execute(query).mappings())
        if batch:
            yield batch
        if len(batch) < _BATCH:
            return
        change_no, last = batch[-1]["change_no"], batch[-1]["id"]


def _read_again(database: Database, after: int, to: int) -> Iterator[list[RowMapping]]:
    """Records that have not changed, and stand on pages that have: another source may show them."""
    pages = (
        select(page.c.id)
        .where(page.c.change_no > after, page.c.change_no <= to)
        .order_by(page.c.id)
    )
    with database.read() as connection:
        ids = list(connection.execute(pages).scalars())
    for start in range(0, len(ids), _PAGES):
        on_pages = select(reading.c.record).where(reading.c.page.in_(ids[start : start + _PAGES]))
        query = _rows().where(record.c.id.in_(on_pages), record.c.change_no <= after)
        with database.read() as connection:
            batch = list(connection.execute(query).mappings())
        if batch:
            yield batch


def _everything(database: Database) -> Iterator[list[RowMapping]]:
    """All records in the order of their ids, a batch a transaction."""
    last = -1
    while True:
        query = _rows().where(record.c.id > last).order_by(record.c.id).limit(_BATCH)
        with database.read() as connection:
            batch = list(connection.execute(query).mappings())
        if batch:
            yield batch
        if len(batch) < _BATCH:
            return
        last = batch[-1]["id"]
