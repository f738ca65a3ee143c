"""What one statement tells: rules that rows keep between two transactions, and how one that is
broken is mended.

Each query gives the rows that break its rule: ``id``, by which they are mended, and ``what``, by
which people know them. One statement sees one moment, so no rule is broken by what is written
meanwhile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, column, func, select, text

from storage.checks.check import Bench, Check, Fault
from storage.schema import Id, metadata

_READ_AGAIN = "UPDATE page SET said = '' WHERE id = :id"
REREAD = "glean verify --repair, then glean reparse, which reads the pages again"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds of every row of a table."""

    area: str
    holds: str
    table: str
    """The one whose rows are looked at."""
    query: str
    mends: tuple[str, ...] = ()
    """Statements over ``:id``, in order. Empty: nothing that the store has gives it back."""
    remedy: str = "glean verify --repair mends it"


RULES = (
    Rule(
        "frontier",
        "an address that is done or in quarantine has such a page",
        "address",
        """
        SELECT address.id, address.url AS what FROM address
        WHERE address.state IN ('done', 'quarantined') AND NOT EXISTS (
            SELECT 1 FROM page WHERE page.address = address.id AND page.state =
                CASE address.state WHEN 'done' THEN 'read' ELSE 'quarantined' END)
        AND NOT (address.state = 'quarantined'
            AND EXISTS (SELECT 1 FROM lost WHERE lost.address = address.id))""",
        (
            """
            UPDATE address SET state = 'due', attempts = 0, reason = NULL, ended = NULL
            WHERE id = :id""",
        ),
        "glean verify --repair, then glean harvest, which fetches them again",
    ),
    Rule(
        "frontier",
        "a page that was read has an address that is done",
        "page",
        """
        SELECT page.id, page.url AS what FROM page JOIN address ON address.id = page.address
        WHERE address.state = 'done' AND address.ended = page.run AND page.state <> 'read'""",
        (
            """
            UPDATE address SET state = 'quarantined', reason = coalesce((
                SELECT message FROM problem WHERE problem.page = :id
                AND problem.severity = 'error' ORDER BY problem.place LIMIT 1), 'is not known')
            WHERE id = (SELECT page.address FROM page WHERE page.id = :id)""",
        ),
    ),
    Rule(
        "frontier",
        "no suspect that was heard of",
        "lost",
        """
        SELECT address.id, address.url AS what FROM address JOIN lost ON lost.address = address.id
        WHERE address.state IN ('done', 'failed')
        OR (address.state = 'quarantined' AND coalesce(address.reason, '') = '')""",
        ("DELETE FROM lost WHERE address = :id",),
    ),
    Rule(
        "frontier",
        "a failed address has a reason",
        "address",
        """
        SELECT id, url AS what FROM address
        WHERE state = 'failed' AND coalesce(reason, '') = ''""",
        ("UPDATE address SET reason = 'is not known any more' WHERE id = :id",),
    ),
    Rule(
        "frontier",
        "only leased addresses run out",
        "address",
        """
        SELECT id, url AS what FROM address
        WHERE (state = 'leased') <> (lease_until IS NOT NULL)""",
        (
            """
            UPDATE address SET lease_until = CASE state WHEN 'leased' THEN 0 END
            WHERE id = :id""",
        ),
    ),
    Rule(
        "pages",
        "a page a run and address",
        "page",
        """
        SELECT min(page.id) AS id, min(page.url) AS what FROM page
        GROUP BY page.address, page.run HAVING count(*) > 1""",
        remedy="restore the newest backup",
    ),
    Rule(
        "pages",
        "a page in quarantine says nothing but why",
        "page",
        """
        SELECT page.id, page.url AS what FROM page WHERE page.state = 'quarantined' AND (
            EXISTS (SELECT 1 FROM reading WHERE reading.page = page.id)
            OR EXISTS (SELECT 1 FROM kin WHERE kin.page = page.id)
            OR NOT EXISTS (SELECT 1 FROM problem
                WHERE problem.page = page.id AND problem.severity = 'error'))""",
        (_READ_AGAIN,),
        REREAD,
    ),
    Rule(
        "pages",
        "a reading is of a record and has a content",
        "reading",
        """
        SELECT page.id, min(page.url) AS what FROM page
        JOIN reading ON reading.page = page.id
        WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = reading.record)
        OR NOT EXISTS (SELECT 1 FROM content WHERE content.id = reading.content)
        GROUP BY page.id""",
        (_READ_AGAIN,),
        REREAD,
    ),
    Rule(
        "pages",
        "a reading is of its page's run",
        "reading",
        """
        SELECT page.id, min(page.url) AS what FROM page JOIN reading ON reading.page = page.id
        WHERE page.state = 'read' AND reading.run <> page.run GROUP BY page.id""",
        (
            """
            UPDATE reading SET run = (SELECT page.run FROM page WHERE page.id = :id)
            WHERE page = :id""",
        ),
    ),
    Rule(
        "pages",
        "kin stand where they are listed",
        "kin",
        """
        SELECT page.id, min(page.url) AS what FROM page JOIN kin ON kin.page = page.id
        LEFT JOIN reading ON reading.page = kin.page AND reading.rank = kin.rank
        WHERE reading.record IS NULL OR reading.record <> kin.listed GROUP BY page.id""",
        (_READ_AGAIN,),
        REREAD,
    ),
    Rule(
        "pages",
        "no footer without a page",
        "footer",
        """
        SELECT footer.id, footer.text AS what FROM footer
        WHERE NOT EXISTS (SELECT 1 FROM page WHERE page.footer = footer.id)""",
        ("DELETE FROM footer WHERE id = :id",),
    ),
    Rule(
        "records",
        "nothing changed later than now",
        "state",
        """
        SELECT state.id, 'change ' || state.change_no AS what FROM state WHERE state.change_no <
            coalesce((SELECT max(greatest_no) FROM (
                SELECT max(change_no) AS greatest_no FROM page
                UNION ALL SELECT max(change_no) FROM record
                UNION ALL SELECT max(id) FROM decision) AS newest), 0)""",
        (
            """
            UPDATE state SET change_no = (SELECT max(greatest_no) FROM (
                SELECT max(change_no) AS greatest_no FROM page
                UNION ALL SELECT max(change_no) FROM record
                UNION ALL SELECT max(id) FROM decision) AS newest)
            WHERE id = :id""",
        ),
    ),
    Rule(
        "records",
        "no content without a reading",
        "content",
        """
        SELECT content.id, coalesce(content.title, content.native_id, '') AS what FROM content
        WHERE content.id IN (SELECT id FROM content EXCEPT SELECT content FROM reading)""",
        ("DELETE FROM content WHERE id = :id",),
    ),
    Rule(
        "decisions",
        "a decision is in effect once",
        "decision",
        """
        SELECT min(decision.id) AS id, min(decision.kind || ' ' || decision.a) AS what
        FROM decision WHERE decision.undone_at IS NULL
        GROUP BY decision.kind, decision.a, decision.b HAVING count(*) > 1""",
        remedy="take it back, by the same words with --undo, and make it again",
    ),
    Rule(
        "decisions",
        "what is taken back says by whom",
        "decision",
        """
        SELECT id, kind || ' ' || a AS what FROM decision
        WHERE (undone_at IS NULL) <> (undone_by IS NULL)""",
        remedy="nothing gives it back; nothing rests on it",
    ),
)
"""Of every store between two transactions, whatever was killed, full or interrupted."""


def check_of(rule: Rule) -> Check:
    """A rule as a check."""

    def finds(bench: Bench) -> Iterator[Fault]:
        count = select(func.count()).select_from(metadata.tables[rule.table])
        with bench.database.read() as connection:
            rows = connection.execute(count).scalar_one()
            found = connection.execute(text(rule.query)).all()
        bench.looked_at(rows)
        for row in found:
            yield Fault(row.what, f"not so: {rule.holds}", row.id)

    def mends(bench: Bench, faults: Sequence[Fault]) -> int:
        with bench.database.write() as connection:
            still = _still(connection, rule, [each.id for each in faults])
            for statement in rule.mends if still else ():
                connection.execute(text(statement), [{"id": each} for each in still])
        return len(faults)

    return Check(rule.area, rule.holds, finds, mends if rule.mends else None, rule.remedy)


def _still(connection: Connection, rule: Rule, ids: Sequence[int]) -> list[int]:
    """Those of the rows that break a rule in this transaction."""
    broken = text(rule.query).columns(column("id", Id)).subquery("broken")
    query = select(broken.c.id).where(broken.c.id.in_(ids))
    return list(connection.execute(query).scalars())


def read_again(connection: Connection, pages: Sequence[int]) -> None:
    """Have a reparse store pages anew, whatever they say."""
    if pages:
        connection.execute(text(_READ_AGAIN), [{"id": each} for each in pages])
