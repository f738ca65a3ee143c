"""What holds in every store between two transactions, whatever was killed, full or interrupted."""

from sqlalchemy import Connection, text

from dedup.scheme import Scheme
from storage import SqlStore
from storage.asking import every
from storage.buckets import every_entry
from storage.checks.rules import RULES
from storage.signing import sign_all

ALWAYS = {
    **{rule.holds: rule.query for rule in RULES},
    "a record points at one of its readings": """
        SELECT key FROM record WHERE NOT EXISTS (
            SELECT * FROM reading WHERE reading.record = record.id AND reading.page = record.page
            AND reading.rank = record.rank AND reading.content = record.content
            AND reading.completeness = record.completeness)""",
    "a record points at its most complete reading": """
        SELECT key FROM record WHERE completeness <
            (SELECT max(completeness) FROM reading WHERE reading.record = record.id)""",
    "a record is as old as its first reading": """
        SELECT key FROM record WHERE first_run <>
            (SELECT min(run) FROM reading WHERE reading.record = record.id)""",
    "a record has a group": """
        SELECT key FROM record WHERE text_group NOT IN (SELECT id FROM text_group)""",
    "no group without a record": """
        SELECT id FROM text_group WHERE id NOT IN (SELECT text_group FROM record)""",
    "no match but of two groups": """
        SELECT a, b FROM match WHERE a >= b OR a NOT IN (SELECT id FROM text_group)
        OR b NOT IN (SELECT id FROM text_group)""",
    "an id is a cluster's own, or one that it had": """
        SELECT id FROM former WHERE id IN (SELECT id FROM cluster)""",
}
"""Whose rules ``glean verify`` has too, and what it finds in other ways."""

OF_FILES = {
    "foreign keys": "PRAGMA foreign_key_check",
    "the file is whole": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
}

AT_REST = {
    "no lease": "SELECT url FROM address WHERE state = 'leased'",
    "no host in hand": "SELECT name FROM host WHERE held_by IS NOT NULL",
}

SETTLED = {
    "nothing to settle": "SELECT text_group FROM unsettled",
    "no bucket to set right": "SELECT key FROM saturated WHERE settled = 0",
    "settled to the newest page": "SELECT id FROM state WHERE settled_to <> change_no",
    "a record's cluster is there": """
        SELECT key FROM record
        WHERE cluster IS NOT NULL AND cluster NOT IN (SELECT least FROM cluster)""",
    "a cluster has its members": """
        SELECT least FROM cluster WHERE size < 2
        OR size <> (SELECT count(*) FROM record WHERE record.cluster = cluster.least)
        OR NOT EXISTS (SELECT * FROM record WHERE id = canonical AND record.cluster = cluster.least)
        OR NOT EXISTS (SELECT * FROM record WHERE id = least AND record.cluster = cluster.least)""",
}


def check(store: SqlStore, *, at_rest: bool = True, settled: bool = False) -> None:
    """Raises AssertionError, which names what does not hold and for which rows.

    `at_rest`: no process runs, and the last harvest ended by itself; `settled`: it was the last
    thing to happen.
    """
    rules = ALWAYS | (AT_REST if at_rest else {}) | (SETTLED if settled else {})
    with store.database.read() as connection:
        if connection.dialect.name == "sqlite":
            rules |= OF_FILES
        for rule, query in rules.items():
            broken = connection.execute(text(query)).all()
            assert not broken, f"{rule}: not so for {broken[:5]}"
        _check_buckets(connection, store.scheme)


def _check_buckets(connection: Connection, scheme: Scheme) -> None:
    """Every group stands in the buckets of its text, and nothing else does."""
    records = [*every(connection, unique=False)]
    wanted = {(key, each.group) for each in sign_all(records, scheme) for key in each.keys}
    assert {(key, group) for key, group in every_entry(connection).tolist()} == wanted
