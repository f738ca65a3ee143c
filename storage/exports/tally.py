"""What an export holds, counted while it is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from storage.exports.rows import Row


@dataclass(slots=True)
class Span:
    """Records of one source, and when the pages they are shown from were fetched."""

    records: int
    first: int
    """Microseconds UTC."""
    last: int


@dataclass(slots=True)
class Tally:
    records: int = 0
    clustered: int = 0
    """Of those, standing in a cluster."""
    repeats: int = 0
    """Of those, not the ones to keep."""
    abstracts: int = 0
    languages: Counter[str | None] = field(default_factory=Counter)
    years: Counter[int | None] = field(default_factory=Counter)
    sources: dict[str, Span] = field(default_factory=dict)
    """By the source that a record is shown from: each record once."""
    footers: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    """Operator and licence number."""

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Self:
        made = cls()
        made._count(rows)
        return made

    def add(self, other: "Tally") -> None:
        """Count what another has counted too."""
        self.records += other.records
        self.clustered += other.clustered
        self.repeats += other.repeats
        self.abstracts += other.abstracts
        self.languages.update(other.languages)
        self.years.update(other.years)
        self.footers.update(other.footers)
        for source, its in other.sources.items():
            span = self.sources.setdefault(source, Span(0, its.first, its.last))
            span.records += its.records
            span.first, span.last = min(span.first, its.first), max(span.last, its.last)

    def _count(self, rows: Sequence[Row]) -> None:
        self.records += len(rows)
        self.languages.update(row.record["language"] for row in rows)
        self.years.update(row.record["year"] for row in rows)
        self.footers.update((row.operator, row.licence) for row in rows)
        for row in rows:
            self.clustered += row.cluster is not None
            self.repeats += row.canonical != row.record["key"]
            self.abstracts += bool(row.record["abstract"])
            at = row.provenance.fetched_at
            span = self.sources.setdefault(row.provenance.source, Span(0, at, at))
            span.records += 1
            span.first, span.last = min(span.first, at), max(span.last, at)
