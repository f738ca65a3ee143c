"""Records of files, for whoever keeps them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dedup.files.intake import Intake
from dedup.files.sources import Sources

if TYPE_CHECKING:
    import pyarrow as pa


def read_batches(
    paths: Sequence[Path], intake: Intake, told: Callable[[int, int], None]
) -> Iterator[pa.RecordBatch]:
    """The records of files in their order, batches of `dedup.corpus.schema`; their ids are their
    keys.

    `told`: how many bytes are read, and of how many. Raises InputError, UsageError.
    """
    with TemporaryDirectory(prefix="glean-") as spool:
        sources = Sources(Path(spool), intake)
        for path in paths:
            sources.add_input(path)
        for batch in sources.batches():
            told(sources.bytes, sources.size)
            yield batch
