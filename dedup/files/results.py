"""What the engine found, as lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dedup.corpus import Deduplicated
from dedup.files.intake import OLD, Intake
from dedup.files.opening import Writer

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 10_000
"""Written at a time."""


def write_clusters(clusters: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows."""
    import orjson

    for batch in clusters.to_batches(_ROWS):
        out.write(b"".join(orjson.dumps(row) + b"\n" for row in batch.to_pylist()))


def write_matches(matches: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows; evidence is JSON already."""
    import orjson

    names = matches.schema.names
    for batch in matches.to_batches(_ROWS):
        columns = [batch.column(name).to_pylist() for name in names if name != "evidence"]
        plain = [name for name in names if name != "evidence"]
        evidence = batch.column("evidence").to_pylist()
        lines = []
        for said, values in zip(evidence, zip(*columns, strict=True), strict=True):
            row = dict(zip(plain, values, strict=True))
            lines.append(orjson.dumps({**row, "evidence": orjson.Fragment(said)}) + b"\n")
        out.write(b"".join(lines))


def of_input(found: Deduplicated, intake: Intake) -> Deduplicated:
    """Of what was found beside old records, what touches a new one; a new record whose cluster
    holds an old one is not unique, whichever of them is canonical."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = found.clusters["ids"].combine_chunks()
    old = pc.starts_with(ids.flatten(), OLD).to_numpy(zero_copy_only=False)
    counts = pc.list_value_length(ids).to_numpy()
    cluster_of = np.repeat(np.arange(len(ids)), counts)
    olds = np.bincount(cluster_of[old], minlength=len(ids))
    clusters = found.clusters.filter(pa.array(olds < counts))
    mixed = found.clusters.filter(pa.array((olds > 0) & (olds < counts)))
    canonical = mixed["canonical"]
    fresh = canonical.filter(pc.invert(pc.starts_with(canonical, OLD))).to_pylist()
    unique = found.unique.to_numpy(zero_copy_only=False).copy()
    unique[list(intake.rows_of(fresh).values())] = False
    both_old = pc.and_(
        pc.starts_with(found.matches["a"], OLD), pc.starts_with(found.matches["b"], OLD)
    )
    matches = found.matches.filter(pc.invert(both_old))
    return replace(found, clusters=clusters, matches=matches, unique=pa.array(unique))
