"""What the other units of a block say: people, dates, venues, identifiers."""

import re
from collections import Counter
from collections.abc import Sequence

from spiders.pages.automatic.titles import Headed
from spiders.pages.automatic.units import At
from spiders.pages.citation import CITATION, NOWHERE, Appearance, appearance_of
from spiders.pages.names import look_like_people, people

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DATE = re.compile(
    rf"""(?<![\w/.-])(?:
      (?:1[5-9]|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)
    | (?:1[5-9]|20)\d\d\s?年\s?(?:[01]?\d\s?月(?:\s?[0-3]?\d\s?日)?)?
    | (?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2]|[12]\d|3[01])[./-](?:1[5-9]|20)\d\d(?!\d)
    | (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s{_MONTH}\.?,?\s(?:1[5-9]|20)\d\d(?!\d)
    | {_MONTH}\.?\s(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?\s(?:1[5-9]|20)\d\d(?!\d)
    | {_MONTH}\.?,?\s(?:1[5-9]|20)\d\d(?!\d)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""A day or month with its year, as pages print them."""
_YEAR = re.compile(r"(?<![\w/.-])(1[5-9]\d\d|20\d\d)(?![\w/-]|\.\d)")
_BY = re.compile(
    r"(?:by|authors?|von|par|por|autore?s?|auteurs?|di|作者|著者)\s*[:：]\s*|(?:by|von|par|por)\s+",
    re.IGNORECASE,
)
_IN = re.compile(
    r"(?:in|source|journal|published in|quelle|revue|revista|来源|刊名|期刊|出处)\s*[:：]\s*",
    re.IGNORECASE,
)
_VOLUME = re.compile(
    r"vol(?:ume)?\.?\s*(?P<volume>\d{1,5})(?:\s*[,，]?\s*(?:\(\s*|no\.?\s*|issue\s*)(?P<issue>\d{1,4})\)?)?"
    r"(?:\s*[:：,，]\s*(?:pp?\.?\s*)?(?P<pages>\d{1,6}\s?[-–]\s?\d{1,6}))?",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"(?P<venue>[^\W\d_][^\d;:：；]{2,120}?)[,，.\s(（]+(?P<year>(?:1[5-9]|20)\d\d)[)）]?\s?年?\.?"
)
_LIST = re.compile(r"\s*[,，;；&、]\s*|\s+and\s+|^and\s+|\s*\.{3}\s*$")
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.'’-]*)(?:\s[\w.'’-]+){0,3}\s[^\W\d_a-z][\w.'’-]*")
"""A name of two words or more, its first and last capitalised."""
_SEVERAL = re.compile(r"(?:[\u3400-\u9fff]{2,4}\s*[;；、,，]\s*)+[\u3400-\u9fff]{2,4}\s*[;；]?")
"""Chinese names between separators."""
_AROUND = " -–—|·,，;；&、"
_SENTENCE = frozenset("。.!?！？:：")
"""What stands in sentences, and in names only where they are abbreviated."""
_NAMES_MOST = 120
_SHORT = 300
_SHARE = 0.6
_LISTED = 0.2


class Details:
    """Finds, in the units beside title and abstract, what they are of most blocks."""

    def __init__(self, blocks: Sequence[Headed]) -> None:
        self._people = _people_places(blocks)
        self._venues = _venue_places(blocks)

    def authors(self, block: Headed) -> tuple[str, ...]:
        """People, of units that stand where people stand, or that say so."""
        found: list[str] = []
        for unit in block.others:
            words = unit.words
            if len(words) > _SHORT:
                continue
            said = _BY.match(words)
            if said:
                words = words[said.end() :]
            elif self._people.isdisjoint((unit.at, (unit.place, -1))) and not _SEVERAL.fullmatch(
                words
            ):
                continue
            date = DATE.search(words)
            words = words[: date.start()] if date else words
            words = words.strip(_AROUND)
            if words and (said is None or _may_be_names(words)):
                found += [name for part in people(words) for name in _names(part)]
        return tuple(dict.fromkeys(found))

    def date(self, block: Headed) -> str | None:
        """The first date beside title and abstract, as printed; else the one the abstract opens
        with."""
        for unit in block.others:
            if match := DATE.search(unit.words):
                return match[0]
        for unit in block.abstract[:1]:
            if match := DATE.match(unit.words):
                return match[0]
        return None

    def appearance(self, block: Headed, date: str | None) -> Appearance:
        """Venue, year, volume, issue and pages, where they are marked as such."""
        venue: str | None = None
        numbers = NOWHERE
        for unit in block.others:
            words = unit.words
            if len(words) > _SHORT:
                continue
            if "《" in words and (match := CITATION.search(words)):
                return appearance_of(match)
            if venue is None and (label := _IN.match(words)):
                venue = words[label.end() :].strip() or None
            elif venue is None and unit.at in self._venues and (match := _dated_venue(words)):
                venue = match["venue"]
            if numbers is NOWHERE and (match := _VOLUME.search(words)):
                numbers = Appearance(
                    volume=match["volume"], issue=match["issue"], pages=match["pages"]
                )
        return numbers._replace(venue=venue, year=_year(block, date))


def _people_places(blocks: Sequence[Headed]) -> set[At]:
    """The places at which most units look like people, and not always the same ones."""
    at: dict[At, list[str]] = {}
    having: Counter[At] = Counter()
    for block in blocks:
        together = {*(unit.at for unit in block.others), *((u.place, -1) for u in block.others)}
        having.update(together)
        for unit in block.others:
            if text := unit.words.strip(_AROUND):
                at.setdefault(unit.at, []).append(text)
                at.setdefault((unit.place, -1), []).append(text)
    return {
        place
        for place, texts in at.items()
        if len(texts) > 1
        and len(set(texts)) * 2 > len(texts)
        and _are_people(texts, several=len(texts) >= 1.5 * having[place])
    }


def _venue_places(blocks: Sequence[Headed]) -> set[At]:
    """The places at which most units are a name and a year."""
    at: dict[At, list[bool]] = {}
    for block in blocks:
        for unit in block.others:
            at.setdefault(unit.at, []).append(_dated_venue(unit.words) is not None)
    return {
        place for place, votes in at.items() if len(votes) > 1 and sum(votes) > _SHARE * len(votes)
    }


def _dated_venue(words: str) -> re.Match[str] | None:
    return None if DATE.search(words) else _VENUE.fullmatch(words)


def _are_people(texts: list[str], *, several: bool) -> bool:
    """Whether most texts of a place are names; ``several``: blocks have more than one text at it.
    One name alone, of two words, looks like a title as well: some texts must list several."""
    lists = [_LIST.split(text) for text in texts]
    names = sum(
        look_like_people(text) or all(_NAME.fullmatch(part) for part in parts if part)
        for text, parts in zip(texts, lists, strict=True)
    )
    listed = sum(len(parts) > 1 or look_like_people(parts[0]) for parts in lists)
    return names >= _SHARE * len(texts) and (several or listed >= _LISTED * len(texts))


def _may_be_names(words: str) -> bool:
    if look_like_people(words):
        return True
    return len(words) < _NAMES_MOST and _SENTENCE.isdisjoint(words)


def _names(part: str) -> list[str]:
    return [name for name in _LIST.split(part) if name]


def _year(block: Headed, date: str | None) -> int | None:
    if date and (match := re.search(r"1[5-9]\d\d|20\d\d", date)):
        return int(match[0])
    for unit in block.others:
        if len(unit.words) <= _SHORT and (match := _YEAR.search(unit.words)):
            return int(match[1])
    return None
