"""Which records of a store are exported."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from records import UsageError
from storage.schema import cluster, content, page, reading, record, run

member = record.alias("member")
kept = record.alias("kept")
canonical: ColumnElement[str] = case(
    (record.c.cluster.is_(None), record.c.key),
    else_=func.coalesce(
        kept.c.key,
        select(func.min(member.c.key))
        .where(member.c.cluster == record.c.cluster)
        .correlate(record)
        .scalar_subquery(),
    ),
)
"""Key of the record to keep of a record's cluster; its own where it stands alone. Until the store
is settled the canonical record may be one that is gone: then the least of those that are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Records for which all holds that is stated here; nothing stated: every record."""

    unique: bool = False
    """Of each cluster, the canonical record alone: whether or not others of it are selected."""
    sources: tuple[str, ...] = ()
    """A page of one of them shows the record. Empty: of any."""
    languages: tuple[str, ...] = ()
    """The record is in one of them. Empty: in any, or of no language."""
    first_year: int | None = None
    last_year: int | None = None
    """Published between the two, both included. With either, a record without a year is none."""
    since: int | None = None
    """First met in this run or a later one, of whatever source."""

    def check(self, connection: Connection) -> None:
        """Raise UsageError for a source or run that the store never had."""
        known = set(connection.execute(select(run.c.source).distinct()).scalars())
        for each in self.sources:
            if each not in known:
                named = ", ".join(sorted(known)) or "none"
                raise UsageError(f"{each}: no run was of this source; those there are: {named}")
        if self.since is None:
            return
        if connection.execute(select(run.c.id).where(run.c.id == self.since)).first() is None:
            raise UsageError(f"{self.since}: there is no such run; glean runs lists them")

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a statement of `record` and `content` with `kept` beside them."""
        found: list[ColumnElement[bool]] = []
        if self.unique:
            found.append(or_(record.c.cluster.is_(None), record.c.key == canonical))
        if self.sources:
            found.append(
                select(reading.c.rank)
                .join(page, page.c.id == reading.c.page)
                .where(reading.c.record == record.c.id)
                .where(or_(*(page.c.source == each for each in self.sources)))
                .correlate(record)
                .exists()
            )
        if self.languages:
            found.append(or_(*(content.c.language == each for each in self.languages)))
        if self.first_year is not None:
            found.append(content.c.year >= self.first_year)
        if self.last_year is not None:
            found.append(content.c.year <= self.last_year)
        if self.since is not None:
            found.append(record.c.first_run >= self.since)
        return found

    def as_json(self) -> dict[str, Any]:
        """As a manifest states it."""
        return {
            "unique": self.unique,
            "sources": list(self.sources),
            "languages": list(self.languages),
            "first_year": self.first_year,
            "last_year": self.last_year,
            "since": self.since,
        }


def with_kept(statement: Any) -> Any:
    """A statement of `record`, with its cluster and the record to keep of it beside."""
    return statement.outerjoin(cluster, cluster.c.least == record.c.cluster).outerjoin(
        kept, kept.c.id == cluster.c.canonical
    )
