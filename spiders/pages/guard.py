"""How sure it is that a page is of the family: by how many of its landmarks stand on it."""

from spiders.pages.addresses import Target, target_of
from spiders.pages.article import INDEXED, ArticlePage
from spiders.pages.citation import CITATION, is_whole
from spiders.pages.foot import LICENCE
from spiders.pages.landmarks import HEADER_WORDS, Landmarks
from spiders.pages.profile import Addresses
from spiders.pages.stream import Stream

FLOOR = 0.5
"""A page of less confidence has a problem in place of records."""


def list_confidence(stream: Stream, marks: Landmarks) -> float:
    """From 0 to 1: the stated total alone is enough, kin links or citations alone are not."""
    linked = bool(marks.titles) or any(kin.target for kin in marks.kins)
    sure = 0.5 * (marks.total is not None) + 0.2 * bool(marks.kins) + 0.3 * linked
    sure += 0.1 * _has_header(stream) + 0.1 * _has_footer(stream, marks.foot)
    if sure < FLOOR:
        sure += 0.2 * any(is_whole(match) for match in CITATION.finditer(stream.text))
    return min(round(sure, 2), 1.0)


_LABELS = {"authors": 0.2, "cite": 0.1, "places": 0.1, "abstract": 0.05, "keywords": 0.05}


def article_confidence(
    stream: Stream, page: ArticlePage, own: Target | None, addresses: Addresses
) -> float:
    """From 0 to 1: many a journal's site has pages with most of these labels."""
    linked = own is not None or any(target_of(link.href, addresses) for link in stream.links)
    sure = sum(weight for name, weight in _LABELS.items() if name in page.fields)
    sure += 0.3 * linked + 0.2 * (INDEXED.search(stream.text) is not None)
    sure += 0.05 * _has_header(stream) + 0.1 * _has_footer(stream, page.foot)
    return min(round(sure, 2), 1.0)


def _has_header(stream: Stream) -> bool:
    return any(word in stream.text for word in HEADER_WORDS[:2])


def _has_footer(stream: Stream, foot: int | None) -> bool:
    return foot is not None and (
        "设为首页" in stream.text[foot:] or LICENCE.search(stream.text, foot) is not None
    )
