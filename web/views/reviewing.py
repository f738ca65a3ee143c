"""Pairs that nothing decides, one after the other, each answered by one key."""

import time
from collections.abc import Mapping
from typing import Any

from records import GleaningsError
from reports.pairs import pairs_shown
from storage.answers import undecided_json
from storage.decisions import Kind, Word
from storage.reviewing import Undecided, is_undecided
from web.asked import Asked, AskedWrongly
from web.site import Shown, Site
from web.views.records import fields_of

ANSWERS: Mapping[str, Kind] = {"y": "merge", "n": "split"}
_MOST = 100
_REASON = "reviewed side by side"
_FURTHEST = 1_000_000


def review(site: Site, asked: Asked) -> Shown:
    """The pairs that ``glean review --json`` prints; the page shows the first that was neither
    answered nor skipped here."""
    waiting = _waiting(site)
    limit = asked.counted("limit", 20, most=_MOST)
    passed = asked.number("skip", least=0, most=_FURTHEST) or 0
    pair = _first(site, waiting or [], passed)
    more: dict[str, Any] = {
        "is_counted": waiting is not None,
        "pair": None,
        "passed": passed,
        "left": len(waiting or []),
        "answered": len(site.answers),
        "may_write": asked.may_write,
        "told": asked.text("said"),
    }
    if pair is not None:
        (shown,) = pairs_shown([(pair.a, pair.b)], site.store.record, site.store.scheme)
        more |= {"pair": shown, "fields": fields_of(shown)}
    return Shown({"total": len(waiting or []), "pairs": Pairs(site, waiting or [], limit)}, more)


class Pairs(list[object]):
    """The JSON of pairs, made when it is asked for: the page shows but one of them."""

    def __init__(self, site: Site, waiting: list[Undecided], limit: int) -> None:
        super().__init__(waiting[:limit])
        self._site = site

    def made(self) -> list[object]:
        return [
            undecided_json(self._site.store, each) if isinstance(each, Undecided) else each
            for each in self
        ]


def answer(site: Site, said: Asked) -> str:
    """Take an answer, or the last one back; what came of it, in words."""
    key = said.needed("answer")
    if key == "u":
        return _undo(site)
    a, b = said.needed("a"), said.needed("b")
    pair = next((each for each in _waiting(site) or [] if (each.a, each.b) == (a, b)), None)
    if pair is None:
        return "that pair is not waiting any more"
    if key == "s":
        site.answers.append((pair, None))
        return "skipped"
    if key not in ANSWERS:
        raise AskedWrongly(f"answer: {key} is none; one of y, n, s, u")
    word = Word(kind=ANSWERS[key], a=a, b=b, who=said.text("who") or "local page", why=_REASON)
    try:
        site.store.decide(word, now=_now())
    except GleaningsError as error:  # decided or gone since it was shown
        return f"not decided: {error}"
    site.answers.append((pair, word))
    site.taken_back = [each for each in site.taken_back if each != pair]
    return "one work" if word.kind == "merge" else "different works"


def _undo(site: Site) -> str:
    if not site.answers:
        return "nothing to undo"
    pair, word = site.answers.pop()
    if word is None:
        return "no longer skipped"
    try:
        site.store.take_back(word, now=_now())
    except GleaningsError as error:  # somebody else was first
        return str(error)
    site.taken_back.insert(0, pair)
    return "taken back"


def _waiting(site: Site) -> list[Undecided] | None:
    """As last counted, behind what was taken back here since then. None: not counted yet."""
    counted = site.undecided.get()
    if counted is None:
        return None
    return [*(each for each in site.taken_back if each not in counted), *counted]


def _first(site: Site, waiting: list[Undecided], passed: int) -> Undecided | None:
    """The first pair that waits still, behind those that were passed over."""
    skipped = {pair for pair, word in site.answers if word is None}
    with site.store.database.read() as connection:
        for pair in waiting[passed:]:
            if pair not in skipped and is_undecided(connection, pair):
                return pair
    return None


def _now() -> int:
    return time.time_ns() // 1000
