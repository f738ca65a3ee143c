"""What a run did, how long its stages took, and with what: `run.json`."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from dedup.corpus import Deduplicated
from dedup.files.intake import Intake, Skipped
from dedup.files.job import Job, Told
from records import iso_time

if TYPE_CHECKING:
    from dedup.files.sources import Sources

PACKAGES = ("gleanings", "numpy", "numba", "pyarrow", "orjson", "datasketch")


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the way."""

    stage: str
    seconds: float


class Stages:
    """Where a run is, and how long it was in each stage."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.done: list[Stage] = []
        self._name: str | None = None
        self._begun = 0.0

    def progress(self, stage: str, done: int, total: int) -> None:
        """As `Told`; a stage of another name begins where the one before it ends."""
        if stage != self._name:
            self.end()
            self._name, self._begun = stage, time.perf_counter()
        self.told(stage, done, total)

    def end(self) -> None:
        if self._name is not None:
            self.done.append(Stage(self._name, round(time.perf_counter() - self._begun, 3)))
        self._name = None

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int], None]]:
        """A stage of one name; gives what is told how much of it is done."""
        self.progress(name, 0, 0)
        yield lambda done: self.progress(name, done, 0)
        self.end()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did. Counts are of the inputs, without what they were compared against."""

    records: int
    unique: int
    clusters: int
    """That hold a record of the inputs."""
    old_records: int | None
    """None: they were compared against nothing."""
    skipped: int
    skipped_lines: tuple[Skipped, ...]
    replaced: int
    """NULs and lone surrogates."""
    years_unread: int
    decisions: int
    unknown_ids: int
    """Distinct ids of decisions that no record has."""
    bytes: int
    seconds: float
    stages: tuple[Stage, ...]
    peak_memory_bytes: int

    @property
    def repeats(self) -> int:
        """Records of the inputs that repeat another, or an old one."""
        return self.records - self.unique

    @property
    def rate(self) -> float:
        """Records a second, old ones too."""
        return (self.records + (self.old_records or 0)) / self.seconds if self.seconds else 0.0


def outcome(
    found: Deduplicated,
    sources: Sources,
    intake: Intake,
    decided: tuple[int, int],
    begun: float,
    stages: Stages,
) -> Outcome:
    """`decided`: decisions, and their ids that no record has. `begun`: of `time.perf_counter`."""
    import pyarrow.compute as pc

    new = sources.new_rows
    return Outcome(
        records=new,
        unique=pc.sum(found.unique.slice(0, new)).as_py() or 0,
        clusters=found.clusters.num_rows,
        old_records=None if sources.old is None else sources.old.rows,
        skipped=intake.skipped_count,
        skipped_lines=_in_order(intake.skipped),
        replaced=intake.replaced,
        years_unread=intake.years_unread,
        decisions=decided[0],
        unknown_ids=decided[1],
        bytes=sources.bytes,
        seconds=round(time.perf_counter() - begun, 3),
        stages=tuple(stages.done),
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _in_order(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    """By file, as they were given, and line."""
    files = {path: number for number, path in enumerate(dict.fromkeys(s.path for s in skipped))}
    return tuple(sorted(skipped, key=lambda each: (files[each.path], each.line)))


def run_json(job: Job, did: Outcome, sources: Sources, threads: int) -> Mapping[str, Any]:
    """The keys of `run.json`, which `docs/commands.md` lists."""
    ended = int(datetime.now(UTC).timestamp() * 1_000_000)
    return {
        "started": iso_time(ended - int(did.seconds * 1_000_000)),
        "ended": iso_time(ended),
        "seconds": did.seconds,
        "stages": [{"stage": each.stage, "seconds": each.seconds} for each in did.stages],
        "peak_memory_bytes": did.peak_memory_bytes,
        "records": did.records,
        "old_records": did.old_records,
        "bytes": did.bytes,
        "records_per_second": round(did.rate, 1),
        "unique": did.unique,
        "clusters": did.clusters,
        "inputs": [
            {
                "path": opened.name,
                "format": opened.kind,
                "compression": opened.codec,
                "bytes": opened.size,
                "records": records,
            }
            for opened, records in sources.counts()
        ],
        "skipped": did.skipped,
        "skipped_lines": [
            {"path": each.path, "line": each.line, "reason": each.reason}
            for each in did.skipped_lines
        ],
        "replaced": did.replaced,
        "years_unread": did.years_unread,
        "decisions": did.decisions,
        "unknown_ids": did.unknown_ids,
        "settings": {
            "scheme": job.scheme.name,
            "threshold": job.scheme.threshold,
            "threads": threads or len(os.sched_getaffinity(0)),
            "against": job.against_name,
            "decisions": None if job.decisions is None else str(job.decisions),
            "skip_bad": job.skip_bad,
        },
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
