"""Clusters, largest first, and one of them with its members: a page at a time."""

from typing import Any

from records import Cluster, as_json
from reports.pairs import pairs_shown
from storage.answers import stored_json, why_cluster, why_json
from storage.browsing import Place, largest, records_of
from storage.content import record_id
from web.asked import Asked, AskedWrongly
from web.site import Shown, Site

EACH = 25
"""Clusters a page."""
MEMBERS = 10
"""Members a page, each held against the canonical record."""


def clusters(site: Site, asked: Asked) -> Shown:
    """A page of all clusters; the next one begins behind the last of it."""
    after = _place(asked.text("after"))
    with site.store.database.read() as connection:
        found = largest(connection, after=after, limit=EACH + 1)
    status = site.status.get()
    left = len(found) > EACH
    found = found[:EACH]
    last = found[-1].place if left else None
    said = {
        "total": None if status is None else status["clusters"],
        "settled_to": site.store.settled_to(),
        "clusters": [
            {name: value for name, value in as_json(each).items() if name != "place"}
            for each in found
        ],
        "next": None if last is None else f"{last[0]}.{last[1]}",
    }
    return Shown(said, {"after": asked.text("after")})


def _place(said: str) -> Place | None:
    if not said:
        return None
    size, _, least = said.partition(".")
    if not all(each.isascii() and each.isdecimal() and len(each) < 20 for each in (size, least)):
        raise AskedWrongly("after: is no place in the list; begin at /clusters")
    return int(size), int(least)


def cluster(site: Site, asked: Asked) -> Shown:
    """What ``glean why ID`` says of a cluster, with some of its members."""
    name = asked.needed("id")
    why = why_cluster(site.store, name)
    said = why_json(why, site.store.settled_to())
    if not why.clusters:
        return Shown(
            {**said, "members": [], "page": 1}, {"pages": 1, "name": name, "cluster": None}
        )
    (found,) = why.clusters
    pages = max(1, -(-(len(found.keys) - 1) // MEMBERS))
    page = asked.counted("p", 1, most=pages)
    canonical, members = _members(site, found, page)
    return Shown(
        {**said, "page": page, "members": members},
        {"cluster": found, "name": name, "canonical": canonical, "pages": pages},
    )


def _members(site: Site, found: Cluster, page: int) -> tuple[Any, list[dict[str, Any]]]:
    others = [key for key in found.keys if key != found.canonical]
    keys = others[MEMBERS * (page - 1) : MEMBERS * page]
    with site.store.database.read() as connection:
        there = records_of(connection, [record_id(key) for key in (found.canonical, *keys)])
    known = {each.key: each for each in there}
    canonical = known.get(found.canonical)
    if canonical is None:
        return None, []
    pairs = pairs_shown(
        [(canonical.key, each.key) for each in there if each is not canonical],
        known.__getitem__,
        site.store.scheme,
    )
    members = [
        {
            "record": stored_json(known[each.b.key]),
            "relation": each.relation,
            "similarity": each.similarity,
            "evidence": as_json(each.clues),
        }
        for each in pairs
    ]
    return stored_json(canonical), members
