"""What the pages of a source are like, in figures for people: the baseline as it stands now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.baseline import LEAST
from storage.history import history_of
from storage.schema import page
from storage.symptoms import usual_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Characters that nearly all texts have."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the pages of a source whose addresses are of one kind are like."""

    source: str
    kind: str
    pages: int
    """Accepted pages that this rests on: the newest, but for the very last."""
    judged: bool
    """Whether they are enough for others to be compared with them."""
    records: int
    """On a page in the middle."""
    filled: Mapping[str, float]
    """Share of the records that have a field, most frequent first."""
    languages: Mapping[str, float]
    """Share of those records whose language is told, most frequent first."""
    lengths: Mapping[str, Range]
    """Of titles, abstracts and whole records."""


def habits(connection: Connection, source: str | None = None) -> list[Habits]:
    """Of one source or of all, by source and kind."""
    kinds = select(page.c.source, page.c.kind).where(page.c.measures.is_not(None)).distinct()
    if source is not None:
        kinds = kinds.where(page.c.source == source)
    found = sorted((row.source, row.kind) for row in connection.execute(kinds))
    return [_habits(connection, *each) for each in found]


def _habits(connection: Connection, source: str, kind: str) -> Habits:
    tally = history_of(connection, source, kind).tally
    return Habits(
        source=source,
        kind=kind,
        pages=tally.pages,
        judged=tally.pages >= LEAST,
        records=tally.median,
        filled=_shares(tally.filled, tally.records),
        languages=_shares(tally.languages, tally.languages.total()),
        lengths={
            name: Range(least=1 << (least - 1), most=(1 << most) - 1)
            for name, sizes in tally.lengths.items()
            if (usual := usual_sizes(+sizes)) is not None
            for least, most in [usual]
        },
    )


def _shares(counts: Mapping[str, int], whole: int) -> dict[str, float]:
    often = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {name: round(count / whole, 4) for name, count in often if count}
