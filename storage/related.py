"""Related literature: what the store holds that speaks of the same things, by its words."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy.engine import URL

from dedup.scheme import Scheme
from records import IndexUnusable, Related
from storage.asking import find, shown
from storage.content import record_id, record_of
from storage.database import shown as shown_url
from storage.fulltext import FulltextIndex, Hit, View
from storage.ids import id63
from storage.schema import cluster, record, state
from storage.terms import recipe, record_terms, terms_of

_SPARE = 3
"""Hits asked for a place in the answer: near-duplicates take more than one."""
_MOST_HITS = 3000
"""Hits from which no more are asked for: of a query, a database takes so many ids at least."""

# Built once: to build a statement takes longer than to carry it out.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NEWEST = select(state.c.change_no)
_CANONICAL = record.alias("canonical")  # until the store is settled it may be one that is gone
_WORKS = (
    select(record.c.id, record.c.cluster, _CANONICAL.c.id.label("canonical"))
    .outerjoin(cluster, cluster.c.least == record.c.cluster)
    .outerjoin(_CANONICAL, _CANONICAL.c.id == cluster.c.canonical)
    .where(record.c.id.in_(_IDS))
)
_SHOWN = shown().where(record.c.id.in_(_IDS))


def related(
    connection: Connection,
    index: FulltextIndex,
    scheme: Scheme,
    *,
    text: str | None,
    key: str | None,
    limit: int,
) -> list[Related]:
    """Stored records that have the rarest terms of a text, or of a stored record, in common with
    it; best first. Near-duplicates are one entry, those of the asked record none.

    Raises UsageError where no record has the key, IndexUnusable.
    """
    asked, own = terms_of(text or ""), None
    if key is not None:
        asked, own = record_terms(find(connection, key)), record_id(key)
    view = view_of(connection, index, scheme)
    terms = view.asked(Counter(asked), stored=own is not None)
    wanted = limit * _SPARE + 1
    while True:
        hits = view.search(terms, wanted)
        works = _works(connection, hits, own)
        if len(works) >= limit or len(hits) < wanted or wanted >= _MOST_HITS:
            return _entries(connection, works[:limit])
        wanted *= 4


def view_of(connection: Connection, index: FulltextIndex, scheme: Scheme) -> View:
    """The index of a store. Raises IndexUnusable, also where it is another's."""
    view = index.view()
    newest = connection.execute(_NEWEST).scalar_one()
    if view.mark.recipe != recipe(scheme) or view.mark.refreshed_to > newest:
        raise IndexUnusable(
            f"{index.folder}: the index of related literature was made of another store or by "
            "another version of glean; glean refresh makes it again"
        )
    return view


def _works(connection: Connection, hits: Sequence[Hit], own: int | None) -> list[Hit]:
    """The record to show of each work among the hits, with the score of the first hit that is of
    it. Records that are gone since the index was refreshed are left out."""
    ids = [found for found, _ in hits] + ([] if own is None else [own])
    rows = {row.id: row for row in connection.execute(_WORKS, {"ids": ids})}
    works: dict[int, Hit] = {}
    seen = set() if own is None else {_work(rows[own].id, rows[own].cluster)}
    for found, score in hits:
        if (row := rows.get(found)) is None:
            continue
        work = _work(row.id, row.cluster)
        if work not in seen:
            seen.add(work)
            works[work] = (found if row.canonical is None else row.canonical, score)
    return list(works.values())


def _work(record_id: int, cluster_id: int | None) -> int:
    """A cluster is told by its least record, so no other work has the same number."""
    return record_id if cluster_id is None else cluster_id


def _entries(connection: Connection, works: Sequence[Hit]) -> list[Related]:
    ids = [each for each, _ in works]
    found = connection.execute(_SHOWN, {"ids": ids}).mappings()
    rows = {row["record_id"]: record_of(dict(row)) for row in found}
    return [
        Related(key=rows[each].key, score=round(score, 4), record=rows[each])
        for each, score in works
    ]


def index_of(store: URL, folder: str | None) -> FulltextIndex:
    """The index of a store.

    `folder`: where it lies. None: beside a store that is a file; of one in memory, with this
    process's passing files; of one on a server, which has no folder of ours, in the user's cache.
    """
    if folder:
        return FulltextIndex(Path(folder))
    if store.get_backend_name() != "sqlite":
        name = f"{id63('store', shown_url(store))}"
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return FulltextIndex(Path(cache) / "gleanings" / name)
    if store.database in (None, "", ":memory:"):
        return FulltextIndex(None)
    return FulltextIndex(Path(f"{store.database}-related"))
