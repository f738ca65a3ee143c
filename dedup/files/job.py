"""What is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dedup.corpus import Deduplicated
from dedup.scheme import DEFAULT, Scheme
from records import Decision, Record

if TYPE_CHECKING:
    import pyarrow as pa

Told = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0: not known)."""

Report = Callable[
    [Deduplicated, "pa.Table", Mapping[str, Record], Scheme, Sequence[Decision]], Mapping[str, str]
]
"""From what was found, the columns ``language, year, old`` of all rows, the records that
`dedup.samples` asks for, and the decisions taken into account, to the texts of files by their
names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to deduplicate, and how."""

    inputs: tuple[Path, ...]
    out: Path
    against: Path | Callable[[], Iterable[Record]] | None = None
    """A corpus file, a folder of results (of which the unique records count), or what gives the
    records of a store, the same at every call."""
    against_name: str | None = None
    """As asked for."""
    decisions: Path | None = None
    overwrite: bool = False
    skip_bad: bool = False
    scheme: Scheme = DEFAULT
