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
_MATCH = ("a", "b", "relation", "state", "similarity", "evidence")


def write_clusters(clusters: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows."""
    import orjson

    for batch in clusters.to_batches(_ROWS):
        out.write(b"".join(orjson.dumps(row) + b"\n" for row in batch.to_pylist()))


def write_matches(matches: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows; evidence is JSON already."""
    import orjson

    dumps, fragment, newline = orjson.dumps, orjson.Fragment, orjson.OPT_APPEND_NEWLINE
    for batch in matches.select(list(_MATCH)).to_batches(_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        lines = [
            dumps(
                {
                    "a": a,
                    "b": b,
                    "relation": relation,
                    "state": state,
                    "similarity": similarity,
                    "evidence": fragment(evidence),
                },
                option=newline,
            )
            for a, b, relation, state, similarity, evidence in zip(*columns, strict=True)
        ]
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
