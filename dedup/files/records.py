"""Records of files, for whoever keeps them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dedup.files.intake import Intake
from dedup.files.sources import Sources
from dedup.files.stored import record_of
from records import Record


def read_records(
    paths: Sequence[Path], intake: Intake, told: Callable[[int, int], None]
) -> Iterator[list[Record]]:
    """The records of files in their order, a batch after another; their ids are their keys.

    `told`: how many bytes are read, and of how many. Raises InputError, UsageError.
    """
    with TemporaryDirectory(prefix="glean-") as spool:
        sources = Sources(Path(spool), intake)
        for path in paths:
            sources.add_input(path)
        for batch in sources.batches():
            told(sources.bytes, sources.size)
            yield [record_of(row) for row in batch.to_pylist()]
