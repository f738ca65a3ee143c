"""A corpus in batches, in; its clusters, matches and figures, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dedup.batch import Funnel, deduplicate_records
from dedup.corpus import Deduplicated, conform
from dedup.scheme import DEFAULT, Scheme
from records import Decision, Record, as_json

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0: not known)."""


class Engine:
    """Takes batches of `dedup.corpus.schema`, then says what they hold.

    `threads` 0: as many as there are cores. Neither it nor the size of batches changes a result.
    """

    def __init__(self, scheme: Scheme = DEFAULT, *, threads: int = 0) -> None:
        self.scheme, self.threads = scheme, threads
        self._records: list[Record] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take one batch. Raises InputError for columns that cannot be: see `conform`."""
        self._records += _records(conform(batch))

    def finish(
        self, decisions: Iterable[Decision] = (), *, progress: Progress = lambda *_: None
    ) -> Deduplicated:
        """Compare, decide, cluster. Raises InputError for an id that stands there twice."""
        import json

        import pyarrow as pa

        progress("compare", 0, 0)
        found = deduplicate_records(self._records, decisions, self.scheme)
        clusters = pa.table(
            {
                "cluster": pa.array([one.id for one in found.clusters], pa.string()),
                "canonical": pa.array([one.canonical for one in found.clusters], pa.string()),
                "ids": pa.array([one.keys for one in found.clusters], pa.list_(pa.string())),
            }
        )
        rows = [as_json(match.evidence) for match in found.matches]
        matches = pa.table(
            {
                "a": pa.array([match.a for match in found.matches], pa.string()),
                "b": pa.array([match.b for match in found.matches], pa.string()),
                "relation": pa.array([match.relation for match in found.matches], pa.string()),
                "state": pa.array([match.state for match in found.matches], pa.string()),
                "similarity": pa.array([match.similarity for match in found.matches], pa.float64()),
                "evidence": pa.array(
                    [json.dumps(row["evidence"], ensure_ascii=False) for row in rows], pa.string()
                ),
            }
        )
        dropped = {key for one in found.clusters for key in one.keys if key != one.canonical}
        unique = pa.array([record.key not in dropped for record in self._records], pa.bool_())
        return Deduplicated(
            clusters=clusters,
            matches=matches,
            unique=unique,
            figures=_figures(found.funnel, self.scheme),
        )


def deduplicate(
    table: pa.Table, decisions: Iterable[Decision] = (), scheme: Scheme = DEFAULT
) -> Deduplicated:
    """A whole table at once: see `Engine`."""
    engine = Engine(scheme)
    for batch in table.to_batches():
        engine.add(batch)
    return engine.finish(decisions)


def _figures(funnel: Funnel, scheme: Scheme) -> Mapping[str, Any]:
    from dedup.bands import WORDS

    return {
        "records": funnel.records,
        "groups": funnel.groups,
        "candidates": funnel.candidates,
        "by_source": {WORDS[kind]: count for kind, count in sorted(funnel.by_kind.items())},
        "relations": dict(sorted(funnel.relations.items())),
        "saturated": [
            {"key": key, "groups": count} for key, count in sorted(funnel.saturated.items())
        ],
        "clusters": funnel.clusters,
        "scheme": scheme.name,
    }


def _records(batch: pa.RecordBatch) -> Iterator[Record]:
    for rank, row in enumerate(batch.to_pylist(), 1):
        yield Record(
            rank=rank,
            key=row["id"],
            title=row["title"],
            abstract=row["abstract"],
            authors=tuple(name for name in row["authors"] or () if name),
            year=row["year"],
            venue=row["venue"],
            volume=row["volume"],
            issue=row["issue"],
            pages=row["pages"],
            identifiers=dict(row["identifiers"] or ()),
            text=row["text"] or "",
            language=row["language"],
        )
