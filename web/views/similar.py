"""Similar literature of a record: near-duplicates, and what speaks of the same things."""

from storage.answers import similar as asked_for
from storage.answers import similar_json, stored_json
from web.asked import Asked
from web.site import Shown, Site

_MOST = 100


def similar(site: Site, asked: Asked) -> Shown:
    """What ``glean similar --id KEY`` says."""
    key = asked.needed("id")
    limit = asked.counted("limit", 20, most=_MOST)
    said = asked_for(site.store, text=None, key=key, limit=limit)
    return Shown(
        similar_json(said),
        {"record": stored_json(site.store.record(key)), "problem": said.unusable},
    )
