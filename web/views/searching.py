"""Search: a box, a count, the time it took, ranked records; and the same by field."""

from typing import Any

from storage import answers
from storage.searching import DEEPEST, Search
from web.asked import Asked
from web.site import Shown, Site

EACH = 20
"""Records a page."""
_FIRST_YEAR, _LAST_YEAR = 0, 9_999


def search(site: Site, asked: Asked) -> Shown:
    """Records that a search finds; without one, what the store holds."""
    sought = Search(
        words=asked.text("q"),
        title=asked.text("title"),
        authors=asked.text("authors"),
        venue=asked.text("venue"),
        languages=asked.several("language"),
        sources=asked.several("source"),
        first_year=asked.number("from", least=_FIRST_YEAR, most=_LAST_YEAR),
        last_year=asked.number("to", least=_FIRST_YEAR, most=_LAST_YEAR),
    )
    page = asked.counted("p", 1, most=DEEPEST // EACH)
    answer = answers.search(site.store, sought, page=page, each=EACH)
    said, found = answers.search_json(answer), answer.found
    is_last = EACH * page >= min(found.total, DEEPEST) or found.nearest
    return Shown(
        said,
        {
            "asked": _asked(sought),
            "first": EACH * (page - 1) + 1,
            "deepest": DEEPEST,
            "next": None if is_last else page + 1,
            "previous": page - 1 if page > 1 else None,
            "choices": site.choices.get(),
            "works": _works(said["results"]),
            "status": site.status.get() if sought.is_empty else None,
        },
    )


def _works(results: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Of each work on a page the record that was found first, and its others there."""
    works: dict[str, list[dict[str, Any]]] = {}
    for each in results:
        works.setdefault(each["cluster"] or each["key"], []).append(each)
    return [(first, others) for first, *others in works.values()]


def _asked(sought: Search) -> dict[str, Any]:
    """A search as its address says it."""
    return {
        "q": sought.words,
        "title": sought.title,
        "authors": sought.authors,
        "venue": sought.venue,
        "language": sought.languages,
        "source": sought.sources,
        "from": sought.first_year,
        "to": sought.last_year,
    }
