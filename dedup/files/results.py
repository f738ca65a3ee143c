"""What the engine found, as lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.corpus import Deduplicated
from dedup.files.intake import OLD, Intake
from dedup.files.opening import Writer
from dedup.wording import numbers

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 10_000
"""Written at a time."""


def write_clusters(clusters: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for batch in clusters.to_batches(_ROWS):
        ids = batch.column("ids")
        ends = np.cumsum(np.concatenate([[0], pc.list_value_length(ids).to_numpy()]))
        lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), quoted(ids.flatten()))
        cluster, canonical = (quoted(batch.column(name)) for name in ("cluster", "canonical"))
        said = ('{"cluster":', cluster, ',"canonical":', canonical, ',"ids":[')
        lines = pc.binary_join_element_wise(*said, pc.binary_join(lists, ","), "]}\n", "")
        out.write(_bytes(lines))


def write_matches(matches: pa.Table, out: Writer) -> None:
    """One object a line, in the order of the rows; evidence is JSON already."""
    import pyarrow.compute as pc

    texts = ("a", "b", "relation", "state")
    for batch in matches.to_batches(_ROWS):
        said: list[Any] = ["{"]
        for name in texts:
            said += [f'"{name}":', quoted(batch.column(name)), ","]
        similarity = batch.column("similarity").to_numpy(zero_copy_only=False)
        said += ['"similarity":', numbers(similarity)]
        said += [',"evidence":', batch.column("evidence"), "}\n"]
        out.write(_bytes(pc.binary_join_element_wise(*said, "")))


_ESCAPED = np.zeros(256, np.bool_)
_ESCAPED[: ord(" ")] = _ESCAPED[[ord(sign) for sign in '"\\']] = True


def quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON has them."""
    import orjson
    import pyarrow as pa
    import pyarrow.compute as pc

    if _ESCAPED[np.frombuffer(_bytes(texts), np.uint8)].any():
        return pa.array([orjson.dumps(each).decode("utf-8") for each in texts.to_pylist()])
    return pc.binary_join_element_wise('"', texts, '"', "")


def _bytes(texts: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other."""
    if not len(texts):
        return memoryview(b"")
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data or b"")[int(ends[0]) : int(ends[-1])]


def of_input(found: Deduplicated, intake: Intake) -> Deduplicated:
    """Of what was found beside old records, what touches a new one; a new record whose cluster
    holds an old one is not unique, whichever of them is canonical."""
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
