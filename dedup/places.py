"""Where a work was published: venue, volume, issue, pages and year."""

import re
from functools import lru_cache
from typing import NamedTuple

from dedup.text import plain, tokens

_SMALL_WORDS = """
a an and at da das de der des di die du el en et for fur in la le les of on the to und y zur
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_CONFERENCE = re.compile(r"\W+conference\b(?:\s*[:.].*)?\Z", re.DOTALL)
_SUBTITLE = re.compile(r"(?:\s*[:;(\[/=]|\s-\s).*\Z", re.DOTALL)
_BRACKETS = re.compile(r"\s*(?:\([^)]*\)|\[[^\]]*\])")
_DASH = r"[-\u2010-\u2015~\uff5e]"
_RANGE = re.compile(rf"[a-z]{{0,4}}\.?\s?0*(\d+)[a-z]?(?:\s*{_DASH}+\s*[a-z]{{0,4}}\.?0*(\d+))?")
_PLAIN_RANGE = re.compile(r"0{0,9}([0-9]{1,19})(?:-0{0,9}([0-9]{1,19}))?")
"""As most are written: read without folding them."""
_NO_PAGES = "", ""
YEARS = 2
"""Years by which two catalogues may be out: online first, a volume's nominal year, a slip."""
_LONGEST = 400
"""Characters of a field that are read."""
_ANY_NUMBER = re.compile(r"\d+")


class Place(NamedTuple):
    """A citation, folded. Empty parts, and a year of None, are absent; a year below 0 is none."""

    year: int | None = None
    names: tuple[tuple[str, ...], ...] = ()
    """The venue's name as tokens without small words: in full, and up to its subtitle."""
    volume: str = ""
    issue: str = ""
    first: str = ""
    """First page, or article number: digits without prefix and leading zeros."""
    last: str = ""
    """Last page in full: ``221-8`` ends on 228."""


def fold_place(
    year: int | None, venue: str | None, volume: str | None, issue: str | None, pages: str | None
) -> Place:
    """A citation as it is compared.

    >>> fold_place(year=2001, venue="J. of Ants: an organ", volume="07", issue=None, pages="S12-5")
    ... # doctest: +NORMALIZE_WHITESPACE
    Place(year=2001, names=(('j', 'ants', 'organ'), ('j', 'ants')), volume='7', issue='',
    first='12', last='15')
    """
    return Place(
        year if year is not None and year >= 0 else None,
        _names(venue[:_LONGEST]) if venue else (),
        _number(volume[:_LONGEST]) if volume else "",
        _number(issue[:_LONGEST]) if issue else "",
        *(_pages(pages) if pages else _NO_PAGES),
    )


@lru_cache(maxsize=1 << 12)
def _names(venue: str) -> tuple[tuple[str, ...], ...]:
    name = plain(venue)
    forms = (name, _BRACKETS.sub("", _CONFERENCE.sub("", name)), _SUBTITLE.sub("", name))
    names = [[word for word in tokens(form) if word not in _SMALL] for form in dict.fromkeys(forms)]
    return tuple(dict.fromkeys(tuple(name) for name in names if name))


@lru_cache(maxsize=1 << 12)
def _number(text: str) -> str:
    """The first number of a volume or issue; words where it has none."""
    folded = plain(text)
    found = _ANY_NUMBER.search(folded)
    return (found[0].lstrip("0") or "0") if found else "".join(tokens(folded))


def _pages(text: str) -> tuple[str, str]:
    """
    >>> _pages("221-8"), _pages("e012\\u2013e15"), _pages("in press")
    (('221', '228'), ('12', '15'), ('', ''))
    """
    found = _PLAIN_RANGE.fullmatch(text) or _RANGE.search(plain(text[:_LONGEST]))
    if found is None:
        return _NO_PAGES
    first, last = found[1], found[2] or ""
    if len(last) < len(first) and last:
        last = first[: len(first) - len(last)] + last
    return first, "" if last == first else last


def venues_agree(a: Place, b: Place) -> bool | None:
    """Whether two venues are one: any of their names is an abbreviation of the other's, word by
    word, or its initials. None: one is absent.

    >>> short, long = (fold_place(year=None, venue=name, volume=None, issue=None, pages=None)
    ...                for name in ("J. Appl. Ants", "The Journal of Applied Ants: an organ"))
    >>> venues_agree(short, long)
    True
    """
    if not a.names or not b.names:
        return None
    if a.names == b.names:
        return True
    return any(_abbreviates(x, y) or _abbreviates(y, x) for x in a.names for y in b.names)


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    if len(short) == len(long):
        return all(
            (word.startswith(cut) or _contracted(cut, word))
            for cut, word in zip(short, long, strict=True)
        )
    if len(long) < 3:
        return False
    return "".join(short) == "".join([word[0] for word in long])


def _contracted(cut: str, word: str) -> bool:
    """``intl`` for ``international``: the same ends, the letters between in order."""
    if len(cut) < 3 or cut[0] != word[0] or cut[-1] != word[-1]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in cut)


def published_apart(a: Place, b: Place, besides: str | None = None) -> str | None:
    """Why two citations are of two publications: two of venue, volume, pages and year differ, or
    one of them besides another conflict, or many years lie between; and the first page does not
    agree. None: they may be of one.

    >>> one, other = (fold_place(year=2001, venue=None, volume=v, issue=None, pages=p)
    ...               for v, p in (("7", "12-15"), ("9", "88")))
    >>> published_apart(one, other), published_apart(one, one)
    ('volumes 7 and 9, pages 12 and 88', None)
    """
    if a.first and a.first == b.first:
        return None
    said = []
    if a.volume and b.volume and a.volume != b.volume:
        said.append(f"volumes {_two(a.volume, b.volume)}")
    if a.first and b.first:
        said.append(f"pages {_two(a.first, b.first)}")
    if a.year is not None and b.year is not None and a.year != b.year:
        said.append(f"years {_two(a.year, b.year)}")
        if abs(a.year - b.year) > YEARS:
            return said[-1]
    if (said or besides) and venues_agree(a, b) is False:
        said.insert(0, "venues differ")
    if besides:
        said.insert(0, besides)
    return ", ".join(said) if len(said) > 1 else None


def _two(a: str | int, b: str | int) -> str:
    first, second = sorted((a, b))
    return f"{first} and {second}"
