"""Stores that something happened to: each kind of damage, and the check that has to name it."""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, select, text

from dedup.scheme import Scheme
from records import Footer
from storage import SqlStore
from storage.buckets import every_entry
from storage.decisions import Word
from storage.schema import metadata
from tests.storage.filling import Filler
from tests.storage.settled import TIGHT, some_record

SCHEME: Scheme = TIGHT
"""Buckets fill at once."""


def some_pages(store: SqlStore, seed: int = 8) -> Filler:
    """Pages of few works, unsettled."""
    dice = random.Random(seed)
    filler = Filler(store)
    for page in range(100, 118):
        said = [some_record(dice) for _ in range(7)]
        filler.add(page, [*{each.key: each for each in said}.values()], footer=Footer(text="c"))
    return filler


def fill(store: SqlStore) -> None:
    """Records of few works, with clusters, refused joins, full buckets and decisions."""
    filler = some_pages(store)
    store.settle()
    first, second, *_ = sorted(each.key for each in store.records())
    word = {"who": "me", "why": "they are"}
    store.decide(Word(kind="merge", a=first, b=second, **word), now=filler.now)
    store.settle()
    store.refresh()


@dataclass(frozen=True)
class Damage:
    """What happened to a store."""

    of: str
    """The check that names it."""
    statements: tuple[str, ...]
    given_back: bool = True
    """By what else the store holds."""
    leaves: frozenset[str] = frozenset()
    """Tables in which it stays noted."""


SOME = "(SELECT {column} FROM {table} ORDER BY {column} LIMIT 1)"


def _one(column: str, table: str) -> str:
    return SOME.format(column=column, table=table)


DAMAGES = {
    "a content changed in part": Damage(
        "a wording says what it said when it was stored",
        (f"UPDATE content SET title = 'Another' WHERE id = {_one('content', 'record')}",),
        given_back=False,
    ),
    "a content is gone": Damage(
        "a reading is of a record and has a content",
        (f"DELETE FROM content WHERE id = {_one('content', 'record')}",),
        given_back=False,
    ),
    "a record is gone": Damage(
        "a reading is of a record and has a content",
        ("DELETE FROM record WHERE id = (SELECT max(id) FROM record)",),
        given_back=False,
    ),
    "a reading is gone": Damage(
        "a page has a reading of each record on it",
        (f"DELETE FROM reading WHERE page = {_one('page', 'reading')} AND rank = 1",),
        given_back=False,
    ),
    "an address lost its page": Damage(
        "an address that is done or in quarantine has such a page",
        (
            "UPDATE address SET state = 'done' WHERE state = 'due' AND id NOT IN ("
            "SELECT address FROM page)",
        ),
    ),
    "a lease without an end": Damage(
        "only leased addresses run out",
        (f"UPDATE address SET state = 'leased' WHERE id = {_one('id', 'address')}",),
        given_back=False,
    ),
    "a suspect that was heard of": Damage(
        "no suspect that was heard of",
        (
            "INSERT INTO lost (address, times) SELECT id, 1 FROM address"
            f" WHERE id = {_one('address', 'page')}",
            f"UPDATE address SET state = 'done' WHERE id = {_one('address', 'page')}",
        ),
        given_back=False,
    ),
    "an address given up for nothing": Damage(
        "a failed address has a reason",
        (f"UPDATE address SET state = 'failed' WHERE id = {_one('id', 'address')}",),
        given_back=False,
    ),
    "a footer of no page": Damage(
        "no footer without a page",
        ("INSERT INTO footer (id, links, text) VALUES (7, '[]', 'nobody')",),
    ),
    "a page in quarantine that speaks": Damage(
        "a page in quarantine says nothing but why",
        (f"UPDATE page SET state = 'quarantined' WHERE id = {_one('page', 'reading')}",),
        given_back=False,
    ),
    "kin of another page": Damage(
        "kin stand where they are listed",
        ("UPDATE kin SET listed = 7 WHERE page = (SELECT min(page) FROM kin)",),
        given_back=False,
    ),
    "a reading of another run": Damage(
        "a reading is of its page's run", ("UPDATE reading SET run = run + 1",)
    ),
    "decisions that contradict": Damage(
        "decisions contradict none before them",
        (
            "INSERT INTO decision (id, kind, a, b, who, made_at, why) SELECT"
            " id + 1, 'split', a, b, who, made_at + 1, why FROM decision WHERE kind = 'merge'",
        ),
        given_back=False,
    ),
    "a decision twice": Damage(
        "a decision is in effect once",
        (
            "INSERT INTO decision (id, kind, a, b, who, made_at, why) SELECT"
            " id + 1, kind, a, b, who, made_at + 1, why FROM decision WHERE kind = 'merge'",
        ),
        given_back=False,
    ),
    "a problem of no page": Damage(
        "what a row refers to is there",
        (
            "INSERT INTO problem (page, place, code, severity, message)"
            " VALUES (1, 0, 'x', 'y', 'z')",
        ),
    ),
    "a record points at a reading that is not its best": Damage(
        "a record points at its best reading",
        (f"UPDATE record SET rank = rank + 1 WHERE id = {_one('id', 'record')}",),
    ),
    "a record forgot when it came": Damage(
        "a record points at its best reading",
        ("UPDATE record SET first_run = first_run + 1, completeness = 0",),
    ),
    "a conflict too many": Damage(
        "a record is noted where its readings name two works",
        (f"INSERT INTO conflict (record) VALUES ({_one('id', 'record')})",),
    ),
    "a content that nobody says": Damage(
        "no content without a reading", ("INSERT INTO content (id, title) VALUES (70007, 'x')",)
    ),
    "the clock of changes went back": Damage(
        "nothing changed later than now", ("UPDATE state SET change_no = 3, settled_to = 3",)
    ),
    "a record in another group": Damage(
        "a record is in the text group of its wording",
        (
            "UPDATE record SET text_group = (SELECT max(id) FROM text_group)"
            f" WHERE id = {_one('id', 'record')}",
        ),
    ),
    "a group is gone": Damage(
        "a record is in the text group of its wording",
        (f"DELETE FROM text_group WHERE id = {_one('id', 'text_group')}",),
    ),
    "a group says it is one work": Damage(
        "a record is in the text group of its wording",
        ("UPDATE text_group SET self_same = 1 - self_same",),
    ),
    "a group of nobody": Damage(
        "a text group has records", ("INSERT INTO text_group (id, self_same) VALUES (7, 1)",)
    ),
    "what came lately is gone": Damage(
        "a text group is in its buckets, and in no others",
        (f"DELETE FROM fresh WHERE id = {_one('id', 'fresh')}",),
    ),
    "what came lately is torn": Damage(
        "the blocks of the index can be read",
        (f"UPDATE fresh SET entries = substr(entries, 1, 21) WHERE id = {_one('id', 'fresh')}",),
    ),
    "the whole index is gone": Damage(
        "a text group is in its buckets, and in no others",
        ("DELETE FROM fresh", "DELETE FROM shelf", "DELETE FROM shelving"),
    ),
    "a full bucket is not marked": Damage(
        "the buckets that are full are marked",
        (f"DELETE FROM saturated WHERE key = {_one('key', 'saturated')}",),
    ),
    "a bucket is marked that is not full": Damage(
        "the buckets that are full are marked",
        ("INSERT INTO saturated (key, settled) VALUES (7, 1)",),
    ),
    "a match is gone": Damage(
        "candidates are matched as they are judged",
        (f"DELETE FROM match WHERE a = {_one('a', 'match')}",),
    ),
    "a match says more than is so": Damage(
        "candidates are matched as they are judged",
        ("UPDATE match SET strength = strength / 2, relation = 'same'",),
    ),
    "a match that nobody made": Damage(
        "candidates are matched as they are judged",
        (
            """
            INSERT INTO match (a, b, relation, similarity, strength, borderline, refused)
            SELECT one.id, other.id, 'same', 1.0, 1.0, 0, 0 FROM text_group AS one
            JOIN text_group AS other ON one.id < other.id
            LEFT JOIN match ON match.a = one.id AND match.b = other.id
            WHERE match.a IS NULL ORDER BY 1, 2 LIMIT 3""",
        ),
    ),
    "a record in no cluster any more": Damage(
        "clusters are what matches and decisions make",
        ("UPDATE record SET cluster = NULL WHERE cluster = (SELECT min(least) FROM cluster)",),
    ),
    "a cluster is gone": Damage(
        "clusters are what matches and decisions make",
        ("DELETE FROM cluster WHERE least = (SELECT min(least) FROM cluster)",),
    ),
    "a cluster shows another record": Damage(
        "clusters are what matches and decisions make",
        ("UPDATE cluster SET canonical = least, size = size + 1",),
    ),
    "a join refused for nothing": Damage(
        "clusters are what matches and decisions make",
        ("UPDATE match SET refused = 1 - refused WHERE relation = 'same'",),
    ),
    "a cluster of nobody": Damage(
        "a cluster has records",
        ("INSERT INTO cluster (least, id, canonical, size) VALUES (7, 'c7', 7, 2)",),
        leaves=frozenset({"former"}),
    ),
}
"""Those that give back something else come with what gives it back in their own tests."""


def damage(store: SqlStore, *statements: str) -> None:
    """Change rows behind the store's back, foreign keys or not."""
    engine = create_engine(store.database.url, isolation_level="AUTOCOMMIT")
    is_file = engine.dialect.name == "sqlite"
    # a store in memory has the one connection
    with (store.database.engine if store.url == "sqlite://" else engine).connect() as connection:
        off = "PRAGMA foreign_keys = OFF" if is_file else "SET session_replication_role = replica"
        connection.execute(text(off))
        for statement in statements:
            connection.execute(text(statement))
        if is_file:
            connection.execute(text("PRAGMA foreign_keys = ON"))
    engine.dispose()


_PASSING = {"record": {"change_no"}, "address": {"token"}}
"""Columns that say when something was looked at, not what it is."""


def everything(store: SqlStore) -> dict[str, Any]:
    """What a store holds, whatever the order in which it came; the index by its entries."""
    with store.database.read() as connection:
        held: dict[str, Any] = {"entries": every_entry(connection).tolist()}
        for table in metadata.sorted_tables:
            if table.name not in ("fresh", "shelf", "shelving", "state", "gone"):
                held[table.name] = _rows(connection, table.name)
    return held


def _rows(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    columns = [each for each in table.c if each.name not in _PASSING.get(name, ())]
    return [tuple(row) for row in connection.execute(select(*columns).order_by(*table.primary_key))]
