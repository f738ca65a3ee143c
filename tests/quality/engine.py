"""The engine on generated records, as a program calls it."""

from collections.abc import Iterable

import pyarrow as pa

from benchmarks.corpora.citations import Printed
from dedup import deduplicate
from dedup.corpus import schema
from dedup.scheme import DEFAULT, Scheme
from tests.quality.scoring import Clusters


def as_table(records: Iterable[Printed]) -> pa.Table:
    """Records as a corpus; an identifier under its kind."""
    rows = []
    for record in records:
        row = {name: value for name, value in record.items() if name != "doi"}
        row["identifiers"] = [("doi", record["doi"])] if record.get("doi") else None
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema())


def clusters_of(records: Iterable[Printed], scheme: Scheme = DEFAULT) -> Clusters:
    found: Clusters = deduplicate(as_table(records), scheme=scheme).clusters["ids"].to_pylist()
    return found
