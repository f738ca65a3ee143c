"""The figures of a report: everything its page shows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from dedup.figures import Share, SizeCount, Step, part
from dedup.noticing import Point, Setting, curve, setting
from records import Run, iso_time
from reports.pairs import ClusterShown, PairShown, largest_clusters, pairs_shown

if TYPE_CHECKING:
    from storage import SqlStore
    from storage.distribution import Bin
    from storage.overview import FooterSeen, GivenUp, SourceState, Totals, Waiting

_LISTED = 50
"""Rows at most of a list that grows with the store."""
_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCount:
    code: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """A run, with its times as text."""

    run: Run
    started: str
    ended: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a store at one moment."""

    store: str
    """Its address, without a password."""
    totals: Totals
    unique: int
    repeats: int
    """Records that repeat another."""
    repeat_share: float
    """Of all records, 0 to 1."""
    setting: Setting
    sources: tuple[Share, ...]
    """Distinct records that each source showed; several may show one."""
    languages: tuple[Share, ...]
    years: tuple[Share, ...]
    abstracts: tuple[Share, ...]
    """``full``, ``truncated``, ``absent``."""
    funnel: tuple[Step, ...]
    curve: tuple[Point, ...]
    similarities: tuple[Bin, ...]
    relations: dict[str, int]
    """Pairs of text groups by their relation."""
    cluster_sizes: tuple[SizeCount, ...]
    largest: tuple[ClusterShown, ...]
    borderline: int
    borderline_pairs: tuple[PairShown, ...]
    """The most alike of them."""
    refused: int
    """Joins that clustering refused."""
    frontier: tuple[SourceState, ...]
    problems: tuple[ProblemCount, ...]
    quarantine: tuple[Waiting, ...]
    """The newest, at most 50."""
    failures: tuple[GivenUp, ...]
    """At most 50."""
    footers: tuple[FooterSeen, ...]
    """The most frequent, at most 50."""
    runs: tuple[RunShown, ...] = field(default=())
    """Newest first, at most 50."""


def gather(store: SqlStore) -> Figures:
    """The figures of a store, all of one moment."""
    from storage import asking, distribution, overview
    from storage.ledger import recent_runs

    with store.database.read() as connection:
        totals = overview.totals(connection)
        of = _shares(totals.records)
        find = partial(asking.find, connection)
        return Figures(
            store=store.database.name,
            totals=totals,
            unique=totals.unique,
            repeats=totals.repeats,
            repeat_share=part(totals.repeats, totals.records),
            setting=setting(store.scheme),
            sources=of(distribution.by_source(connection)),
            languages=of(distribution.by_language(connection)),
            years=of(distribution.by_year(connection)),
            abstracts=of(
                (_COMPLETENESS[each], count)
                for each, count in distribution.by_completeness(connection)
            ),
            funnel=_funnel(totals),
            curve=curve(store.scheme),
            similarities=tuple(distribution.similarities(connection)),
            relations=dict(distribution.relations(connection)),
            cluster_sizes=tuple(
                SizeCount(records=size, clusters=count)
                for size, count in distribution.cluster_sizes(connection)
            ),
            largest=largest_clusters(asking.clusters(connection), find, store.scheme),
            borderline=distribution.borderline_count(connection),
            borderline_pairs=pairs_shown(
                distribution.borderline_pairs(connection, limit=_PAIRS), find, store.scheme
            ),
            refused=distribution.refused_joins(connection),
            frontier=tuple(overview.sources(connection)),
            problems=tuple(
                ProblemCount(code=code, severity=severity, count=count)
                for code, severity, count in overview.problem_codes(connection)
            ),
            quarantine=tuple(overview.quarantine(connection, limit=_LISTED)),
            failures=tuple(overview.failures(connection, limit=_LISTED)),
            footers=tuple(overview.footers(connection, limit=_LISTED)),
            runs=tuple(_run(run) for run in recent_runs(connection, limit=_LISTED)),
        )


_COMPLETENESS = {2: "full", 1: "truncated", 0: "absent"}


def _shares(whole: int) -> Callable[[Iterable[tuple[str | int | None, int]]], tuple[Share, ...]]:
    return lambda pairs: tuple(
        Share(name=name, records=count, share=part(count, whole)) for name, count in pairs
    )


def _funnel(totals: Totals) -> tuple[Step, ...]:
    return (
        Step(name="Pages", count=totals.pages, words="read, and passing their own check"),
        Step(name="Readings", count=totals.readings, words="what those pages say of records"),
        Step(name="Records", count=totals.records, words="met, each key once"),
        Step(
            name="Text groups",
            count=totals.text_groups,
            words="records whose wording differs after folding",
        ),
        Step(name="Matches", count=totals.matches, words="pairs of groups proven the same work"),
        Step(name="Clusters", count=totals.clusters, words="works that two or more records share"),
        Step(name="Unique", count=totals.unique, words="records left when each work counts once"),
    )


def _run(run: Run) -> RunShown:
    ended = None if run.ended_at is None else iso_time(run.ended_at)
    return RunShown(run=run, started=iso_time(run.started_at), ended=ended)
