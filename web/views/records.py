"""A record with its readings, its cluster, and why two records are one."""

from typing import Any

from records import Cluster, Reading, Record, as_json, iso_time
from reports.pairs import PairShown, pairs_shown
from storage.answers import stored_json, why_json, why_one, why_two
from storage.browsing import records_of
from storage.content import record_id
from web.asked import Asked
from web.site import Shown, Site

READINGS = 50
"""Newest readings that a page shows."""
TIES = 5
"""Other records of the cluster that a record is held against."""


def record(site: Site, asked: Asked) -> Shown:
    """What ``glean why KEY`` says, and the record with its readings."""
    key = asked.needed("id")
    found = site.store.record(key)
    said = why_one(site.store, key)
    readings = site.store.readings(key)
    newest = [_reading_json(each) for each in readings[::-1][:READINGS]]
    return Shown(
        {
            **why_json(said, site.store.settled_to()),
            "record": stored_json(found),
            "readings": newest,
        },
        {
            "count": len(readings),
            "in_conflict": bool(said.conflicting),
            "ties": _ties(site, found, said.clusters),
        },
    )


def why(site: Site, asked: Asked) -> Shown:
    """What ``glean why A B`` says."""
    a, b = asked.needed("a"), asked.needed("b")
    said = why_two(site.store, a, b)
    (pair,) = pairs_shown([(a, b)], site.store.record, site.store.scheme)
    together = any({a, b} <= {*each.keys} for each in said.clusters)
    return Shown(
        why_json(said, site.store.settled_to()),
        {"pair": pair, "fields": fields_of(pair), "together": together},
    )


def fields_of(pair: PairShown) -> list[tuple[str, Any]]:
    """Both records of a pair, field by field: a label, and for each side its text in pieces.
    Fields that neither has are left out."""
    from reports.difference import differences, whole

    said = [("title", pair.a.title, pair.b.title)]
    for name, one, other in (
        ("authors", "; ".join(pair.a.authors), "; ".join(pair.b.authors)),
        ("venue", pair.a.venue, pair.b.venue),
        ("year", _number(pair.a.year), _number(pair.b.year)),
        ("language", pair.a.language, pair.b.language),
        ("abstract", pair.a.abstract, pair.b.abstract),
    ):
        said.append((name, one, other))
    return [
        (name, differences(a, b) if a and b else (whole(a or ""), whole(b or "")))
        for name, a, b in said
        if a or b
    ]


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _reading_json(reading: Reading) -> dict[str, Any]:
    said = as_json(reading.provenance)
    return {
        "record": stored_json(reading.record),
        "provenance": {**said, "fetched_at": iso_time(reading.provenance.fetched_at)},
    }


def _ties(site: Site, found: Record, clusters: list[Cluster]) -> tuple[PairShown, ...]:
    """The record beside the canonical one of its cluster; that one beside some of the others."""
    if not clusters:
        return ()
    (cluster,) = clusters
    others = [key for key in cluster.keys if key != found.key][:TIES]
    if found.key != cluster.canonical:
        others = [cluster.canonical]
    with site.store.database.read() as connection:
        there = records_of(connection, [record_id(key) for key in others])
    known = {each.key: each for each in [found, *there]}
    pairs = [(found.key, each.key) for each in there]
    return pairs_shown(pairs, known.__getitem__, site.store.scheme)
