"""The figures of a report: everything its page shows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from dedup.figures import Repeats, Share, SizeCount, Step, part
from dedup.noticing import Point, Setting, curve, setting
from dedup.scheme import Scheme
from records import Cluster, Decision, Run, iso_time
from reports.pairs import (
    BucketShown,
    ClusterShown,
    PairShown,
    largest_clusters,
    pairs_shown,
    shown,
)
from reports.precision import Precision, precision

if TYPE_CHECKING:
    from storage import SqlStore
    from storage.crowding import CrowdedKind
    from storage.distribution import Bin, Brought
    from storage.habits import Habits
    from storage.kept import Kept
    from storage.overview import FooterSeen, GivenUp, SourceState, Totals, Waiting
    from storage.unlike import WaitingFor

_LISTED = 50
"""Rows at most of a list that grows with the store."""
_RUNS = 200
_PAIRS: tuple[tuple[Kept, str, int], ...] = (
    ("borderline", "borderline_pairs", 25),
    ("versions", "version_pairs", 50),
    ("related", "related_pairs", 50),
    ("refused", "refused_pairs", 50),
)
"""Pairs that are shown: which, as what, and how many at most."""


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
class RunBrought:
    """New records of one run, as they stand now."""

    run: int
    source: str
    started: str
    """ISO 8601 UTC."""
    new: int
    duplicates: int
    """Of those, records that repeat another."""
    records: int
    """New ones of all runs up to this one."""
    repeats: int
    """Of those, records that repeat another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftShown:
    """How the pages of a source came to look otherwise."""

    source: str
    kind: str | None
    pages: int
    waiting: int
    """Of those, in quarantine still."""
    first: str
    """When the first and the last of them were fetched, ISO 8601 UTC."""
    last: str
    symptoms: tuple[str, ...]
    """What the newest looked like next to the others."""


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
    sources: tuple[Repeats, ...]
    """Distinct records that each source showed; several may show one."""
    languages: tuple[Repeats, ...]
    """Most records first."""
    years: tuple[Repeats, ...]
    """Earliest first; where no year is stated, last."""
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
    versions: int
    version_pairs: tuple[PairShown, ...]
    related: int
    related_pairs: tuple[PairShown, ...]
    refused: int
    """Joins that clustering refused."""
    refused_pairs: tuple[PairShown, ...]
    saturated_kinds: tuple[CrowdedKind, ...]
    saturated_buckets: tuple[BucketShown, ...]
    """The largest, at most 50."""
    growth: tuple[RunBrought, ...]
    """Every run that brought a record, oldest first; of more than 200, the newest."""
    frontier: tuple[SourceState, ...]
    problems: tuple[ProblemCount, ...]
    quarantine: tuple[Waiting, ...]
    """The newest, at most 50."""
    waiting: tuple[WaitingFor, ...]
    """Pages in quarantine by source and reason."""
    drift: tuple[DriftShown, ...]
    """Where pages came to be unlike those before, newest first, at most 50."""
    baseline: tuple[Habits, ...]
    """What the pages of each source are like, at most 50."""
    failures: tuple[GivenUp, ...]
    """At most 50."""
    footers: tuple[FooterSeen, ...]
    """The most frequent, at most 50."""
    precision: Precision | None
    """What people said of a random sample of joined pairs, the one answered last; None: nobody was
    asked."""
    runs: tuple[RunShown, ...] = field(default=())
    """Newest first, at most 50."""


Ask = Callable[..., Any]
"""Asks the store a question of its modules, in the transaction of the report."""


def gather(store: SqlStore) -> Figures:
    """The figures of a store, all of one moment."""
    from storage import distribution, overview
    from storage.habits import habits
    from storage.ledger import recent_runs
    from storage.sampling import newest

    with store.database.read() as connection:

        def ask(question: Callable[..., Any], *given: Any, **more: Any) -> Any:
            return question(connection, *given, **more)

        totals = overview.totals(connection)
        return Figures(
            store=store.database.name,
            totals=totals,
            unique=totals.unique,
            repeats=totals.repeats,
            repeat_share=part(totals.repeats, totals.records),
            setting=setting(store.scheme),
            **_spread(ask, totals.records),
            funnel=_funnel(totals),
            curve=curve(store.scheme),
            similarities=tuple(distribution.similarities(connection)),
            relations=dict(distribution.relations(connection)),
            cluster_sizes=tuple(
                SizeCount(records=size, clusters=count)
                for size, count in distribution.cluster_sizes(connection)
            ),
            **_works(ask, store.scheme),
            growth=tuple(map(_brought, distribution.by_run(connection)[-_RUNS:])),
            frontier=tuple(overview.sources(connection)),
            problems=tuple(
                ProblemCount(code=code, severity=severity, count=count)
                for code, severity, count in overview.problem_codes(connection)
            ),
            **_unlike(ask),
            baseline=tuple(habits(connection)[:_LISTED]),
            precision=precision(newest(connection)),
            footers=tuple(overview.footers(connection, limit=_LISTED)),
            runs=tuple(_run(run) for run in recent_runs(connection, limit=_LISTED)),
        )


def _spread(ask: Ask, records: int) -> dict[str, Any]:
    """Where records are, and where they repeat."""
    from storage import distribution

    def repeats(rows: distribution.Spread) -> tuple[Repeats, ...]:
        return tuple(
            Repeats(name=name, records=count, repeats=repeated, share=part(repeated, count))
            for name, count, repeated in rows
        )

    return {
        "sources": repeats(ask(distribution.by_source)),
        "languages": repeats(ask(distribution.by_language)),
        "years": repeats(ask(distribution.by_year)),
        "abstracts": tuple(
            Share(name=_COMPLETENESS[each], records=count, share=part(count, records))
            for each, count in ask(distribution.by_completeness)
        ),
    }


def _works(ask: Ask, scheme: Scheme) -> dict[str, Any]:
    """Clusters and pairs, each with the records and what people decided of them."""
    from storage import asking, kept
    from storage.crowding import crowded

    find = partial(ask, asking.find)

    def decided(cluster: Cluster) -> Iterable[Decision]:
        made: Iterable[Decision] = ask(kept.in_effect_naming, cluster.keys)
        return made

    found: dict[str, Any] = {
        "largest": largest_clusters(ask(asking.clusters), find, scheme, decided)
    }
    for kind, name, most in _PAIRS:
        pairs = ask(kept.pairs_of, kind, limit=most)
        found[kind] = ask(kept.count_of, kind)
        said = ask(kept.said_of_pairs, pairs, refused=kind == "refused")
        found[name] = pairs_shown(pairs, find, scheme, said)
    kinds, buckets = ask(crowded, limit=_LISTED)
    found["saturated_kinds"] = kinds
    found["saturated_buckets"] = tuple(
        BucketShown(
            kind=each.kind,
            groups=each.groups,
            example=None if each.example is None else shown(find(each.example)),
        )
        for each in buckets
    )
    return found


def _unlike(ask: Ask) -> dict[str, Any]:
    """What is in quarantine, what was given up, and what sites came to look like."""
    from storage import overview
    from storage.unlike import unlike, waiting_for

    return {
        "quarantine": tuple(ask(overview.quarantine, limit=_LISTED)),
        "failures": tuple(ask(overview.failures, limit=_LISTED)),
        "waiting": tuple(ask(waiting_for, limit=_LISTED)),
        "drift": tuple(
            DriftShown(
                source=each.source,
                kind=each.kind,
                pages=each.pages,
                waiting=each.waiting,
                first=iso_time(each.first),
                last=iso_time(each.last),
                symptoms=each.symptoms,
            )
            for each in ask(unlike, limit=_LISTED)
        ),
    }


def _brought(run: Brought) -> RunBrought:
    return RunBrought(
        run=run.run,
        source=run.source,
        started=iso_time(run.started_at),
        new=run.new,
        duplicates=run.duplicates,
        records=run.records,
        repeats=run.repeats,
    )


_COMPLETENESS = {2: "full", 1: "truncated", 0: "absent"}


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
