"""``glean dedup``: files in, the records to keep and the reasons out."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.endings import DONE, PARTLY
from cli.options import ConfigFile, Debug, Language
from cli.progress import Meter
from cli.terminal import counted, say, tell
from records import Decision, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

    from dedup import Deduplicated
    from dedup.files import Outcome
    from dedup.files.job import Report
    from dedup.scheme import Scheme

_NAMED = 5
"""Skipped lines that are said; all are in run.json."""
_ADDRESS = "://"
"""Stands in the address of a store, in no name of a file."""


def dedup(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT...", help="JSONL, also .gz or .zst, CSV or Parquet."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="A folder that is empty or not there.")
    ],
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="OLD",
            help="What you have: a folder of results, a corpus file, or a store's address.",
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", metavar="FILE", help="JSONL of merges, splits, canonicals."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace former results in DIR, at the end.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out lines that cannot be read, and name them.")
    ] = False,
    language: Language = "en",
    config: ConfigFile = None,
    debug: Debug = False,
) -> int:
    """Find the records of files that are the same work, and write the ones to keep."""
    from cli.place import place

    # Huge pages can cost more to be given than all that is done with them: see dedup.heap.
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
    # Nothing here multiplies matrices, for which a thread would be started, and kept busy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from dedup.files import Job, deduplicate_files
    from dedup.scheme import Scheme

    scheme = Scheme.from_threshold(place(config, None).config.dedup.threshold)
    with _old(against) as old, _numba_alone(), StageMeter() as meter:
        job = Job(
            inputs=tuple(inputs),
            out=out,
            against=old,
            against_name=against,
            decisions=decisions,
            overwrite=overwrite,
            skip_bad=skip_bad,
            scheme=scheme,
        )
        did = deduplicate_files(job, partial(_reporting, language), meter.update)
    _tell(did, out)
    return PARTLY if did.skipped else DONE


@contextmanager
def _old(against: str | None) -> "Iterator[Path | Callable[[], Iterable[Record]] | None]":
    """What an address or a path leads to; a store stays open for as long."""
    if against is None:
        yield None
    elif _ADDRESS in against:
        from storage import open_store

        with open_store(against, as_is=True) as store:
            yield store.records
    else:
        yield Path(against)


@contextmanager
def _numba_alone() -> "Iterator[None]":
    """numba looks for scipy, for products of matrices, and for cffi, for functions of C, when it
    loads its first kernel. That takes as long as a thousand records, and no kernel needs them."""
    hidden = [name for name in ("scipy", "cffi") if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _reporting(language: str) -> "Report":
    from reports.dedup import describe, to_html, to_json

    def report(
        found: "Deduplicated",
        columns: "pa.Table",
        records: Mapping[str, Record],
        scheme: "Scheme",
        decisions: Sequence[Decision],
    ) -> Mapping[str, str]:
        said = describe(found, columns, lambda ids: records, scheme, decisions)
        return {"report.json": to_json(said), "report.html": to_html(said, language)}

    return report


class StageMeter(Meter):
    """The stages of a deduplication, as it tells of them."""

    def __init__(
        self, *, live: bool | None = None, clock: "Callable[[], float]" = time.monotonic
    ) -> None:
        super().__init__("dedup", live=live, clock=clock)

    def update(self, stage: str, done: int, total: int) -> None:
        how_far = f": {done:,} of {total:,}" if total else f": {counted(done, 'record')}"
        self.show(stage + (how_far if done else ""), done=done, total=total or None)


def _tell(did: "Outcome", out: Path) -> None:
    """What came of it, for people; the lines left out on stderr."""
    for line in did.skipped_lines[:_NAMED]:
        say(f"left out: {line.path}: line {line.line} {line.reason}")
    if did.skipped > _NAMED:
        say(f"left out: {counted(did.skipped - _NAMED, 'more line')}, see {out / 'run.json'}")
    if did.unknown_ids:
        say(f"{counted(did.unknown_ids, 'id')} of decisions not among the records")
    beside = "" if did.old_records is None else f", beside {did.old_records:,} old ones"
    tell(
        f"{counted(did.records, 'record')}{beside}: {did.unique:,} unique, {did.repeats:,} "
        f"{'repeats' if did.repeats == 1 else 'repeat'} another, {counted(did.clusters, 'cluster')}"
    )
    stages = ", ".join(f"{each.stage} {each.seconds:.1f} s" for each in did.stages)
    memory = did.peak_memory_bytes / 1e6
    tell(f"{stages}; {did.seconds:.1f} s in all, {did.rate:,.0f} records/s, {memory:,.0f} MB")
    tell(f"wrote {out}: unique.jsonl, clusters.jsonl, matches.jsonl, report.html")
