"""A corpus in batches, in; its clusters, matches and figures, out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.collecting import no_cycles
from dedup.corpus import Deduplicated, conform
from dedup.heap import Heap, trim
from dedup.ids import Ids
from dedup.scheme import DEFAULT, Scheme
from records import Decision, InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.candidates import Bucket, Candidates
    from dedup.cases import Verdicts
    from dedup.clusters import Refused
    from dedup.columns import Columns
    from dedup.grouping import Groups
    from dedup.joining import Joined
    from dedup.signing import Signed

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0: not known)."""

_EXAMPLES = 50
"""Saturated buckets that are shown with one of their records."""
_ROWS, _BYTES = 8192, 1 << 20
"""What one thread takes at a time: so many rows, or so much of them."""


class Engine:
    """Takes batches of `dedup.corpus.schema`, then says what they hold.

    `threads` 0: as many as there are cores. Neither it nor the size of batches changes a result.
    Batches are folded and signed as they come, while the next is read; their abstracts are not
    kept.
    """

    def __init__(self, scheme: Scheme = DEFAULT, *, threads: int = 0) -> None:
        self.scheme = scheme
        self.threads = threads or len(os.sched_getaffinity(0))
        self._workers = ThreadPoolExecutor(self.threads, thread_name_prefix="dedup")
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        self._heap = Heap()
        self._ids = Ids()
        self._held: list[tuple[pa.RecordBatch, Future[Signed]]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take one batch. Raises InputError for columns that cannot be: see `conform`."""
        batch = conform(batch)
        self._ids.add(batch.column(0))
        self.take(batch)

    def take(self, batch: pa.RecordBatch) -> None:
        """Take one batch that is as `conform` would give it, of ids that stand nowhere else."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._sign_waiting()

    def _sign_waiting(self) -> None:
        """Hand what waits to a worker, in pieces that are worth its while."""
        import pyarrow as pa

        from dedup.columns import KEPT
        from dedup.signing import sign

        whole = self._waiting
        if len(whole) > 1:
            whole = pa.Table.from_batches(whole).combine_chunks().to_batches()
        for batch in whole:
            for first in range(0, batch.num_rows, _ROWS):
                piece = batch.slice(first, _ROWS)
                self._wait_for_a_worker()
                signed = self._workers.submit(sign, piece, self.scheme, self._heap)
                self._held.append((piece.select(KEPT), signed))
        self._waiting.clear()
        self._rows = self._bytes = 0

    def _wait_for_a_worker(self) -> None:
        """So that the reader does not run ahead."""
        waiting = [held for _, held in self._held[-4 * self.threads :] if not held.done()]
        if len(waiting) >= 3 * self.threads:
            waiting[0].result()

    def finish(
        self, decisions: Iterable[Decision] = (), *, progress: Progress = lambda *_: None
    ) -> Deduplicated:
        """Compare, decide, cluster. Raises InputError for an id that stands there twice."""
        with no_cycles():
            return self._finished(list(decisions), progress)

    def _finished(self, decisions: list[Decision], progress: Progress) -> Deduplicated:
        from dedup import candidates, columns, grouping, joining, verdicts

        progress("sign", 0, 0)
        if twice := self._ids.twice():
            raise InputError(f"two records have the id {min(twice)!r}: give each its own")
        if self._rows:
            self._sign_waiting()
        signed = [(batch, held.result()) for batch, held in self._held]
        self._held.clear()
        if not signed:
            return _nothing(self.scheme)
        corpus = columns.gather(signed, self._heap.values(), self.scheme, self.threads)
        trim()
        progress("group", 0, 0)
        groups = grouping.group(corpus)
        progress("candidates", 0, 0)
        found = candidates.find(corpus, groups, self._workers)
        corpus.forget_keys()
        trim()
        progress("compare", 0, found.a.size)
        said = verdicts.judge(
            corpus,
            groups,
            found,
            self._workers,
            lambda done, total: progress("compare", done, total),
        )
        trim()
        progress("cluster", 0, 0)
        joined = joining.join(corpus, groups, said, decisions)
        self._workers.shutdown()
        return _result(corpus, groups, found, said, joined)


def deduplicate(
    table: pa.Table,
    decisions: Iterable[Decision] = (),
    scheme: Scheme = DEFAULT,
    *,
    threads: int = 0,
) -> Deduplicated:
    """A whole table at once: see `Engine`."""
    engine = Engine(scheme, threads=threads)
    with no_cycles():
        for batch in table.to_batches():
            engine.add(batch)
        return engine.finish(decisions)


def _nothing(scheme: Scheme) -> Deduplicated:
    import pyarrow as pa

    text = pa.string()
    clusters = {"cluster": text, "canonical": text, "ids": pa.list_(text)}
    matches = dict.fromkeys(("a", "b", "relation", "state", "similarity", "evidence"), text)
    return Deduplicated(
        clusters=pa.schema(clusters.items()).empty_table(),
        matches=pa.schema({**matches, "similarity": pa.float64()}.items()).empty_table(),
        unique=pa.array([], pa.bool_()),
        figures=_figures(0, 0, 0, {}, {}, [], 0, (), 0, scheme),
    )


def _result(
    corpus: Columns,
    groups: Groups,
    found: Candidates,
    said: Verdicts,
    joined: Joined,
) -> Deduplicated:
    import pyarrow as pa

    from dedup.cases import RELATIONS

    records = len(groups.of)
    unique = np.ones(records, np.bool_)
    unique[joined.repeats] = False
    counts = np.bincount(said.relation, minlength=len(RELATIONS)).tolist()
    relations = {**dict(zip(RELATIONS, counts, strict=True)), "different": found.a.size - len(said)}
    return Deduplicated(
        clusters=joined.clusters,
        matches=joined.matches,
        unique=pa.array(unique),
        figures=_figures(
            records,
            groups.count,
            int(found.a.size),
            found.by_kind,
            {name: count for name, count in relations.items() if count},
            _saturated(corpus, groups, found.saturated),
            joined.clusters.num_rows,
            joined.refused,
            int(corpus.signed.slow.sum()),
            corpus.scheme,
        ),
    )


def _saturated(corpus: Columns, groups: Groups, buckets: list[Bucket]) -> list[dict[str, Any]]:
    """Buckets by key, the largest with the least id that stands in them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    largest = sorted(buckets, key=lambda bucket: (-bucket.groups.size, bucket.key))[:_EXAMPLES]
    examples: dict[int, str] = {}
    ids = corpus.table.column("id")
    for bucket in largest:
        stands = np.zeros(groups.count, np.bool_)
        stands[bucket.groups] = True
        rows = np.flatnonzero(stands[groups.of])
        examples[bucket.key] = pc.min(ids.take(pa.array(rows))).as_py()
    return [
        {"key": one.key, "groups": int(one.groups.size), "example": examples.get(one.key)}
        for one in buckets
    ]


def _figures(
    records: int,
    groups: int,
    candidates: int,
    by_kind: dict[Any, int],
    relations: dict[str, int],
    saturated: list[dict[str, Any]],
    clusters: int,
    refused: Sequence[Refused],
    slow: int,
    scheme: Scheme,
) -> dict[str, Any]:
    from dedup.bands import WORDS

    return {
        "records": records,
        "groups": groups,
        "candidates": candidates,
        "by_source": {WORDS[kind]: count for kind, count in sorted(by_kind.items())},
        "relations": dict(sorted(relations.items())),
        "saturated": saturated,
        "clusters": clusters,
        "refused": [{"a": one.a, "b": one.b, "by": one.by} for one in refused],
        "slow": slow,
        "scheme": scheme.name,
    }
