"""Where and when a record appeared, and how often it was cited."""

import re
import unicodedata
from typing import NamedTuple

from records import Citations
from spiders.pages.spacing import one_line

_PAGE = (
    r"(?:[A-Za-z]{0,4}\d{1,9}(?:[A-Za-z](?![A-Za-z]))?|[ivxlcIVXLC\u2160-\u217f]{1,8}(?![A-Za-z]))"
)
_DASH = r"\s?[-\u2010-\u2015－~～]{1,2}\s?"
CITATION = re.compile(
    rf"""《\s*(?P<venue>[^《》\n]{{1,200}}(?:《[^《》\n]{{1,80}}》[^《》\n]{{0,80}})?)》
    (?:\s*[,，]?\s*(?P<year>(?:[1１][5-9５-９]|[2２][0０])\d\d)(?!\d)(?:\s*年(?=\s*[,，第]))?)?
    (?:\s*[,，]\s*(?:[Vv]ol\.?\s*)?
       (?P<volume>[A-Za-z]{{0,6}}\.?\s?\d[\dA-Za-z./-]{{0,12}}|[IVXLCDM]{{1,8}}(?![A-Za-z])))?
    (?:\s*[,，]?\s*[(（]\s*(?P<issue>[^()（）\n]{{1,40}}?)\s*[)）])?
    (?:\s*[:：]\s*(?P<pages>{_PAGE}(?:{_DASH}{_PAGE})?(?:\s?[,，+;；]\s?{_PAGE}(?:{_DASH}{_PAGE})?)*))?
    """,
    re.VERBOSE,
)
_NUMBER = r"\s*[:：]\s*(\d{1,7})"
CITED = re.compile(
    rf"总\s?被\s?引{_NUMBER}(?:\s*[,，;；、]?\s*自\s?引{_NUMBER}\s*[,，;；、]?\s*他\s?引{_NUMBER})?"
)
DOI = re.compile(
    r"(?:doi\s*[:：]?\s*|doi\.org/)(10\.\d{4,9}/[^\s\"<>，。；]{1,200})", re.IGNORECASE
)


class Appearance(NamedTuple):
    """Venue, year and place of a record, as its citation prints them."""

    venue: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None


NOWHERE = Appearance()


def appearance_of(match: re.Match[str]) -> Appearance:
    """What a match of `CITATION` says; full-width forms are written narrow.

    >>> appearance_of(CITATION.search("《Rheologica Acta》１９８６，25（2）：102－109"))
    Appearance(venue='Rheologica Acta', year=1986, volume='25', issue='2', pages='102-109')
    """
    year = match["year"]
    return Appearance(
        venue=one_line(match["venue"]) or None,
        year=int(year) if year else None,
        volume=narrow(match["volume"]),
        issue=narrow(match["issue"]),
        pages=narrow(match["pages"]),
    )


def narrow(text: str | None) -> str | None:
    """A number as printed, without white space and full-width forms."""
    if not text or (text.isascii() and " " not in text):
        return text or None
    return "".join(unicodedata.normalize("NFKC", text).split()) or None


def is_whole(match: re.Match[str]) -> bool:
    """Whether a match is a citation by its form alone: a book named in a sentence has no pages."""
    return bool(match["year"] and (match["pages"] or match["issue"]))


def citations_of(match: re.Match[str]) -> Citations:
    """
    >>> citations_of(CITED.search("总被引:26,自引:0,他引:26"))
    Citations(total=26, own=0, others=26)
    """
    total = int(match[1])
    own = int(match[2]) if match[2] else 0
    return Citations(total=total, own=own, others=int(match[3]) if match[3] else total - own)
