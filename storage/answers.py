"""What the store answers, as the JSON objects that commands print and the local page gives."""

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from records import (
    Cluster,
    Evidence,
    IndexUnusable,
    Match,
    Reading,
    Record,
    Related,
    Run,
    UsageError,
    as_json,
    iso_time,
)

if TYPE_CHECKING:
    from storage.decisions import Made
    from storage.overview import Waiting
    from storage.reviewing import Undecided
    from storage.searching import Found, Search
    from storage.sql import SqlStore


def stored_json(record: Record) -> dict[str, Any]:
    """A record of the store as JSON. Its block's `text` is null unless nothing else was read: the
    store keeps what the fields hold once."""
    return {**as_json(record), "text": record.text or None}


# ------------------------------------------------------------------ glean similar


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """What the store knows of a text or a record."""

    near_duplicates: list[Match]
    related: list[Related]
    unusable: str | None
    """Why there is no related literature, and what to do. None: there may be some."""
    took_ms: float
    settled_to: int


def similar(store: "SqlStore", *, text: str | None, key: str | None, limit: int) -> Similar:
    """Near-duplicates and related literature. Raises UsageError where no record has the key."""
    started = time.perf_counter()
    matches = store.near_duplicates(text=text, key=key, limit=limit)
    related, unusable = [], None
    try:
        related = store.related(text=text, key=key, limit=limit)
    except IndexUnusable as error:
        unusable = str(error)
    return Similar(
        near_duplicates=matches,
        related=related,
        unusable=unusable,
        took_ms=round((time.perf_counter() - started) * 1000, 3),
        settled_to=store.settled_to(),
    )


def similar_json(said: Similar) -> dict[str, Any]:
    return {
        "total": len(said.near_duplicates),
        "took_ms": said.took_ms,
        "settled_to": said.settled_to,
        "near_duplicates": [_match_json(match) for match in said.near_duplicates],
        "related": [_related_json(each) for each in said.related],
    }


def _match_json(match: Match) -> dict[str, Any]:
    return {
        "key": match.key,
        "similarity": match.similarity,
        "relation": match.relation,
        "record": None if match.record is None else stored_json(match.record),
    }


def _related_json(related: Related) -> dict[str, Any]:
    return {
        "key": related.key,
        "score": related.score,
        "record": stored_json(related.record),
    }


# ------------------------------------------------------------------ glean search


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search found, and from which page of it."""

    asked: "Search"
    page: int
    """From 1."""
    found: "Found"
    unusable: str | None
    """Why nothing can be searched, and what to do. None: it can."""
    took_ms: float
    settled_to: int


def search(store: "SqlStore", asked: "Search", *, page: int, each: int) -> Searched:
    """A page of an answer, of so many records each; an empty search finds nothing. Raises
    UsageError for a page too far behind."""
    from storage.searching import Found

    started = time.perf_counter()
    found, unusable = Found(total=0, hits=(), nearest=False), None
    try:
        if not asked.is_empty:
            found = store.search(asked, limit=each, offset=each * (page - 1))
    except IndexUnusable as error:
        unusable = str(error)
    return Searched(
        asked=asked,
        page=page,
        found=found,
        unusable=unusable,
        took_ms=round((time.perf_counter() - started) * 1000, 3),
        settled_to=store.settled_to(),
    )


def search_json(said: Searched) -> dict[str, Any]:
    return {
        "total": said.found.total,
        "took_ms": said.took_ms,
        "settled_to": said.settled_to,
        "search": asdict(said.asked),
        "page": said.page,
        "nearest": said.found.nearest,
        "problem": said.unusable,
        "results": [
            {
                "key": each.record.key,
                "score": each.score,
                "cluster": each.cluster,
                "size": each.size,
                "record": stored_json(each.record),
            }
            for each in said.found.hits
        ],
    }


# ------------------------------------------------------------------ glean why


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What speaks for and against two records being one work; or what a cluster holds."""

    evidence: Evidence | None
    """None: one record or one cluster was asked for."""
    clusters: list[Cluster]
    decisions: "list[Made]"
    """About records that stand there, those taken back too."""
    conflicting: dict[str, list[Reading]]
    """Readings of records whose pages say different works of them."""


def why_two(store: "SqlStore", a: str, b: str) -> Why:
    """Raises UsageError where no record has one of the keys."""
    evidence = store.explain(a, b)
    return _why(store, [a, b], [store.cluster_of(key) for key in (a, b)], evidence)


def why_one(store: "SqlStore", name: str) -> Why:
    """Of a record's key, or the id of a cluster. Raises UsageError for what is neither."""
    try:
        return _why(store, [name], [store.cluster_of(name)])
    except UsageError as no_record:
        try:
            return why_cluster(store, name)
        except UsageError:
            raise no_record from None


def why_cluster(store: "SqlStore", cluster_id: str) -> Why:
    """Raises UsageError where no cluster has or had the id."""
    return _why(store, [], [store.cluster(cluster_id)])


def _why(
    store: "SqlStore",
    keys: list[str],
    found: list[Cluster | None],
    evidence: Evidence | None = None,
) -> Why:
    clusters = list({each.id: each for each in found if each is not None}.values())
    concerned = {*keys, *(key for each in clusters for key in each.keys)}
    return Why(
        evidence=evidence,
        clusters=clusters,
        decisions=store.decisions(concerned),
        conflicting={
            key: store.readings(key) for key in dict.fromkeys(keys) if store.is_conflict(key)
        },
    )


def why_json(why: Why, settled_to: int) -> dict[str, Any]:
    nothing: dict[str, Any] = {"relation": None, "similarity": None, "evidence": []}
    return {
        **(nothing if why.evidence is None else as_json(why.evidence)),
        "clusters": as_json(why.clusters),
        "decisions": [made_json(each) for each in why.decisions],
        "settled_to": settled_to,
    }


def made_json(made: "Made") -> dict[str, Any]:
    """A decision as JSON: a line of a file of decisions, and what became of it."""
    back = made.taken_back
    withdrawn = back and {"who": back.who, "when": iso_time(back.when), "why": back.why}
    said = {**as_json(made.decision), "when": iso_time(made.decision.when)}
    return {**said, "taken_back": withdrawn}


# ------------------------------------------------------------------ others


def undecided_json(store: "SqlStore", pair: "Undecided") -> dict[str, Any]:
    """A pair that waits for a person, as ``glean review --json`` prints it."""
    evidence = store.explain(pair.a, pair.b)
    return {"a": pair.a, "b": pair.b, "strength": evidence.strength, **as_json(evidence)}


def run_json(run: Run) -> dict[str, Any]:
    """A harvest, as ``glean runs --json`` prints it."""
    ended = iso_time(run.ended_at)
    return {**as_json(run), "started": iso_time(run.started_at), "ended": ended}


def waiting_json(page: "Waiting") -> dict[str, Any]:
    """A page in quarantine, as ``glean status --json`` prints it."""
    return {**as_json(page), "fetched_at": iso_time(page.fetched_at)}
