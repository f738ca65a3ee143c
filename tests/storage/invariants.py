"""What holds in every store between two transactions, whatever was killed, full or interrupted."""

from sqlalchemy import Connection, text

from dedup.scheme import Scheme
from storage import SqlStore
from storage.asking import every
from storage.buckets import every_entry
from storage.signing import sign_all

ALWAYS = {
    "a page a run and address": "SELECT address, run FROM page GROUP BY 1, 2 HAVING count(*) > 1",
    "a page that was read has an address that is done": """
        SELECT page.id FROM page JOIN address ON address.id = page.address
        WHERE address.state = 'done' AND address.ended = page.run AND page.state <> 'read'""",
    "an address that is done or in quarantine has such a page": """
        SELECT url FROM address WHERE state IN ('done', 'quarantined') AND NOT EXISTS (
            SELECT * FROM page WHERE page.address = address.id
            AND page.state = CASE address.state WHEN 'done' THEN 'read' ELSE 'quarantined' END)
        AND NOT (state = 'quarantined' AND id IN (SELECT address FROM lost))""",
    "no suspect that was heard of": """
        SELECT url FROM address JOIN lost ON lost.address = address.id
        WHERE state IN ('done', 'failed')
        OR (state = 'quarantined' AND coalesce(reason, '') = '')""",
    "a failed address has a reason": """
        SELECT url FROM address WHERE state = 'failed' AND coalesce(reason, '') = ''""",
    "only leased addresses run out": """
        SELECT url FROM address WHERE (state = 'leased') <> (lease_until IS NOT NULL)""",
    "a page in quarantine says nothing but why": """
        SELECT id FROM page WHERE state = 'quarantined' AND (
            EXISTS (SELECT * FROM reading WHERE page = page.id)
            OR EXISTS (SELECT * FROM kin WHERE page = page.id)
            OR NOT EXISTS (SELECT * FROM problem WHERE page = page.id AND severity = 'error'))""",
    "a reading is of a record and has a content": """
        SELECT page, rank FROM reading WHERE record NOT IN (SELECT id FROM record)
        OR content NOT IN (SELECT id FROM content)""",
    "a reading is of its page's run": """
        SELECT page, rank FROM reading JOIN page ON page.id = reading.page
        WHERE reading.run <> page.run OR page.state <> 'read'""",
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
    "no footer without a page": """
        SELECT id FROM footer WHERE id NOT IN (SELECT footer FROM page WHERE footer IS NOT NULL)""",
    "no content without a reading": """
        SELECT id FROM content WHERE id NOT IN (SELECT content FROM reading)""",
    "a record has a group": """
        SELECT key FROM record WHERE text_group NOT IN (SELECT id FROM text_group)""",
    "no group without a record": """
        SELECT id FROM text_group WHERE id NOT IN (SELECT text_group FROM record)""",
    "no match but of two groups": """
        SELECT a, b FROM match WHERE a >= b OR a NOT IN (SELECT id FROM text_group)
        OR b NOT IN (SELECT id FROM text_group)""",
    "kin stand where they are listed": """
        SELECT asked FROM kin LEFT JOIN reading
        ON reading.page = kin.page AND reading.rank = kin.rank
        WHERE reading.record IS NULL OR reading.record <> kin.listed""",
    "a decision is in effect once": """
        SELECT kind, a, b FROM decision WHERE undone_at IS NULL
        GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "what is taken back says by whom": """
        SELECT id FROM decision WHERE (undone_at IS NULL) <> (undone_by IS NULL)""",
    "an id is a cluster's own, or one that it had": """
        SELECT id FROM former WHERE id IN (SELECT id FROM cluster)""",
    "nothing changed later than now": """
        SELECT id FROM page WHERE change_no > (SELECT change_no FROM state)
        UNION SELECT id FROM record WHERE change_no > (SELECT change_no FROM state)
        UNION SELECT id FROM decision WHERE id > (SELECT change_no FROM state)""",
}

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
