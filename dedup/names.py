"""Authors: persons as records print them, and whether two lists name the same people."""

import html
import re
from dataclasses import dataclass
from itertools import islice

from dedup.text import plain

_BETWEEN = re.compile(r"\s*(?:;|；|\||\n|\s+and\s+|\s+&\s+|、|，)\s*")
_SEVERAL = re.compile(r"[;；|\n,&、，]|\sand\s|[A-Z]\.[A-Z]")
"""Stands in every text of more than one name."""
_RUN_TOGETHER = re.compile(r"(?<=\b[A-Z]\.)(?=[A-Z]\w)")
_WORD = re.compile(r"(?:[^\W\d_]|\?(?=[^\W\d_])|(?<=[^\W\d_])\?)+")
"""Letters, and the question mark that stands for one that some converter lost."""
_MOST = 40
_LONGEST = 10_000
"""People of a list, and characters of one entry, that are read."""
_UMLAUT = re.compile("(?<=[aou])e")
_NOBODY = re.compile(
    r"\b(?:anonymous|anon|no authors? (?:listed|named)|author unknown|unknown|et\.? al)\b\.?"
    r"|佚名|等$",
    re.IGNORECASE,
)
_TITLES = frozenset({"jr", "sr", "phd", "md", "dr", "prof", "professor"})


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """One author, whatever the order and fullness of the name's parts."""

    words: tuple[str, ...]
    """Parts of two letters and more, folded, sorted. A Chinese name is one part."""
    initials: str
    """First letters of all parts, sorted, each once."""
    family: str
    """The part that is most likely the family name; two orders of one name may differ in it."""


def split_authors(text: str) -> tuple[str, ...]:
    """The persons of one string, in order: by ``;`` and ``and``, by run-together initials, or by
    commas where each piece is a whole name.

    >>> split_authors("Wei Q.Lewis G. F."), split_authors("Ann Lee, Bo Ek")
    (('Wei Q.', 'Lewis G. F.'), ('Ann Lee', 'Bo Ek'))
    >>> split_authors("Lee, A.")
    ('Lee, A.',)
    """
    text = html.unescape(text) if "&" in text else text
    if not _SEVERAL.search(text):
        return tuple(name for name in [" ".join(text.split())] if name)
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    if len(pieces) == 1:
        names = [name.strip() for name in text.split(",") if name.strip()]
        whole = [len(_WORD.findall(name)) > 1 for name in names]
        if len(names) > 1 and (all(whole) or (len(names) > 2 and sum(whole) * 3 > 2 * len(names))):
            pieces = names
    return tuple(name.strip() for piece in pieces for name in _RUN_TOGETHER.split(piece))


def persons(authors: tuple[str, ...]) -> tuple[Person, ...]:
    """The people of an author list in printed order, each once, as many as evidence reads;
    nobody where none is named.

    >>> persons(("McAdams J. E.", "J.E. McAdams"))
    (Person(words=('mcadams',), initials='ejm', family='mcadams'),)
    """
    names = (name for text in authors for name in split_authors(_NOBODY.sub("", text[:_LONGEST])))
    found = (person for person in map(_person, names) if person is not None)
    return tuple(islice(dict.fromkeys(found), _MOST))


def _person(name: str) -> Person | None:
    words: list[str] = []
    initials: set[str] = set()
    name = name.replace("\ufffd", "?")
    parts = _WORD.findall(name)
    mixed_case = any(len(part) > 1 and not part.isupper() for part in parts)
    short_last = bool(parts) and _is_initials(parts[-1], mixed_case)
    for part in parts:
        folded = part.casefold() if part.isascii() else "".join(_WORD.findall(plain(part)))
        folded = _UMLAUT.sub("", folded) if "e" in folded else folded
        if not folded or folded in _TITLES:
            continue
        if _is_initials(part, mixed_case):
            initials.update(folded)
        else:
            words.append(folded)
            initials.update(folded[0].replace("?", ""))
    if not words:
        return None
    family_first = short_last or "," in name
    count = len(_WORD.findall(name.split(",")[0])) if "," in name else len(words)
    candidates = words[: max(1, count)] if family_first else words[-1:]
    family = max(candidates, key=lambda word: (len(word), word))
    return Person(tuple(sorted(set(words))), "".join(sorted(initials)), family)


def _is_initials(part: str, mixed_case: bool) -> bool:
    if len(part) == 1:
        return part.isascii()
    return mixed_case and len(part) <= 3 and part.isascii() and part.isupper()


def same_person(a: Person, b: Person) -> bool:
    """Whether two names may be one person's: they share a part, and no initial contradicts.

    >>> lee, other = persons(("Lee, Ann B.", "C. Lee"))
    >>> same_person(lee, persons(("A. Lee",))[0]), same_person(lee, other)
    (True, False)
    """
    if set(a.words).isdisjoint(b.words):
        lost = "?" in "".join(a.words + b.words)
        if not lost or not any(_matches(x, y) for x in a.words for y in b.words):
            return False
    return _initials_agree(a, b)


def _initials_agree(a: Person, b: Person) -> bool:
    if a.initials == b.initials:
        return True
    first, second = set(a.initials), set(b.initials)
    return first <= second or second <= first


def _matches(a: str, b: str) -> bool:
    """Whether two words of one length agree in all letters that are not lost."""
    return len(a) == len(b) and all(x == y or "?" in (x, y) for x, y in zip(a, b, strict=True))


def agreement(a: tuple[Person, ...], b: tuple[Person, ...]) -> tuple[float, int] | None:
    """Share of the shorter list whose people are found in the other, and how many they are.
    None: one names nobody.

    A shorter list that does not begin with the same person is no list cut short: it counts for
    six tenths.

    >>> agreement(persons(("Ann Lee",)), persons(("A. Lee", "B. Ek")))
    (1.0, 1)
    """
    if not a or not b:
        return None
    met_a, met_b = _met(a, b)
    met = min(met_a, met_b)
    whole = len(a) == len(b) or same_person(a[0], b[0])
    return met / min(len(a), len(b)) * (1.0 if whole else 0.6), met


def _met(a: tuple[Person, ...], b: tuple[Person, ...]) -> tuple[int, int]:
    """How many people of each list are found in the other."""
    places: dict[str, list[int]] = {}
    for place, person in enumerate(b):
        for word in person.words:
            places.setdefault(word, []).append(place)
    if any("?" in word for word in places) or any("?" in word for x in a for word in x.words):
        return (
            sum(any(same_person(x, y) for y in b) for x in a),
            sum(any(same_person(x, y) for x in a) for y in b),
        )
    met_a = 0
    met_b: set[int] = set()
    for person in a:
        shared = {place for word in person.words for place in places.get(word, ())}
        same = [place for place in shared if _initials_agree(person, b[place])]
        met_a += bool(same)
        met_b.update(same)
    return met_a, len(met_b)
