"""A corpus as columns: what the engine reads of each record, and what it says of them all.

The one interface between the engine and whoever brings records: files, a store, a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from records import InputError

if TYPE_CHECKING:
    import pyarrow as pa


@lru_cache(maxsize=1)
def schema() -> pa.Schema:
    """The columns of a corpus, one row a record. Every value but `id` may be null: absent."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            pa.field("id", text, nullable=False),
            pa.field("title", text),
            pa.field("abstract", text),
            pa.field("authors", pa.list_(text)),
            pa.field("year", pa.int32()),
            pa.field("venue", text),
            pa.field("volume", text),
            pa.field("issue", text),
            pa.field("pages", text),
            pa.field("identifiers", pa.map_(text, text)),
            pa.field("text", text),
            pa.field("language", text),
            pa.field("old", pa.bool_()),
        ]
    )


COLUMNS = (
    *("id", "title", "abstract", "authors", "year", "venue", "volume", "issue", "pages"),
    *("identifiers", "text", "language", "old"),
)
"""`text`: a record's whole block, read where it has neither title nor abstract. `language` is for
the figures alone. `old`: the record is one of a corpus that is compared against, and preferred as
canonical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplicated:
    """What became of a corpus."""

    clusters: pa.Table
    """``cluster, canonical: string, ids: list<string>``, two or more ids, sorted; rows sorted by
    cluster."""
    matches: pa.Table
    """``a, b, relation, state: string, similarity: double, evidence: string``; a < b, sorted by
    both. `similarity` is null where one has no text; `evidence` is JSON, a list of
    ``{"kind", "for", "value", "words"}``."""
    unique: pa.Array
    """Booleans, one a row in the order of the rows: whether a record is the canonical one of its
    cluster, or stands in none."""
    figures: Mapping[str, object]
    """The same whatever the order of the rows; see `docs/commands.md`."""


def conform(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with the columns of `schema`, in its order; those that are missing are null, any
    others are left out.

    Raises InputError for a column of another type, for one that stands there twice, for text that
    is not UTF-8 or a column that is damaged otherwise, for a null id, and where there is neither
    title nor abstract.
    """
    import pyarrow as pa

    if "id" not in batch.schema.names:
        raise InputError("the table has no column 'id': name the column of its ids so")
    for field in schema():
        if batch.schema.names.count(field.name) > 1:
            raise InputError(f"the table has two columns {field.name!r}: leave one out")
    if not {"title", "abstract", "text"} & set(batch.schema.names):
        raise InputError("the table has neither 'title' nor 'abstract': nothing to compare")
    columns = []
    for field in schema():
        if field.name not in batch.schema.names:
            columns.append(pa.nulls(batch.num_rows, field.type))
            continue
        column = batch.column(field.name)
        try:
            column.validate(full=True)  # kernels read the bytes as they are
        except pa.ArrowInvalid as error:
            raise InputError(
                f"column {field.name!r} is damaged: {error}; write the table again"
            ) from error
        if column.type != field.type:
            try:
                column = column.cast(field.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise InputError(
                    f"column {field.name!r} is {column.type}, not {field.type}: {error}"
                ) from error
        columns.append(column)
    if columns[0].null_count:
        raise InputError("a row has no id: give every record one")
    return pa.RecordBatch.from_arrays(columns, schema=schema())
