"""Authors: persons as records print them, and whether two lists name the same people."""

import html
import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from dedup.text import plain

_BETWEEN = re.compile(r"\s*(?:;|；|\||\n|\s+and\s+|\s+&\s+|、|，)\s*")
_SEVERAL = re.compile(r"[;；|\n,&、，]|\sand\s|[A-Z]\.[A-Z]")
"""Stands in every text of more than one name."""
_RUN_TOGETHER = re.compile(r"(?<=\b[A-Z]\.)(?=[A-Z]\w)")
_WORD = re.compile(r"(?:[^\W\d_]|\?(?=[^\W\d_])|(?<=[^\W\d_])\?)+")
"""Letters, and the question mark that stands for one that some converter lost."""
_LETTERS = re.compile(r"[^\W\d_]+")
"""What `_WORD` is of a text without question marks."""
_MOST = 40
_LONGEST = 10_000
"""People of a list, and characters of one entry, that are read."""
_REMEMBERED = 80
"""Characters of an entry that is remembered when read: authors and their names come back."""
_UMLAUT = re.compile("(?<=[aou])e")
_NOBODY = re.compile(
    r"\b(?:anonymous|anon|no authors? (?:listed|named)|author unknown|unknown|et\.? al)\b\.?"
    r"|佚名|等$",
    re.IGNORECASE,
)
_LATIN = "[A-Za-zÀ-ÖØ-öø-ɏ]+"
_ONE_NAME = re.compile(rf"({_LATIN}(?:\.? {_LATIN})*\.?)(?:, ({_LATIN}(?:\.? {_LATIN})*\.?))?")
_NO_NAME = frozenset("anonymous anon author authors unknown et al and".split())
"""Without one of these `_ONE_NAME` is one name, unless several words stand on both sides of its
comma."""
_TITLES = frozenset({"jr", "sr", "phd", "md", "dr", "prof", "professor"})


class Person(NamedTuple):
    """One author, whatever the order and fullness of the name's parts."""

    words: tuple[str, ...]
    """Parts of two letters and more, folded, sorted. A Chinese name is one part."""
    initials: str
    """First letters of all parts, sorted, each once."""
    family: str
    """The part that is most likely the family name; two orders of one name may differ in it."""


class _Part(NamedTuple):
    """Part of a name."""

    folded: str
    """Empty: it names nobody."""
    first: str
    """Its first letter; empty if it is lost."""
    cased: bool
    """Whether it shows that the name is not in capitals throughout."""
    alone: bool
    """One letter: an initial."""
    capitals: bool
    """Few of them: initials, where the name is not in capitals throughout."""


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
    if len(authors) == 1:
        return _named(authors[0])
    found = dict.fromkeys([person for text in authors for person in _named(text)])
    return tuple(found if len(found) <= _MOST else islice(found, _MOST))


def _named(text: str) -> tuple[Person, ...]:
    """The people of one entry, each once, as many as evidence reads."""
    return _remembered(text) if len(text) <= _REMEMBERED else _read(text)


def _read(text: str) -> tuple[Person, ...]:
    one = _ONE_NAME.fullmatch(text) if len(text) <= _REMEMBERED else None
    if one is not None:
        first, second = (side.replace(".", "").split(" ") if side else [] for side in one.groups())
        said = list(map(_part, first + second))
        whole = len(first) > 1 and len(second) > 1
        if not whole and _NO_NAME.isdisjoint([part.folded for part in said]):
            person = _person(said, len(first) if second else 0)
            return (person,) if person is not None else ()
    names = split_authors(_NOBODY.sub("", text[:_LONGEST]))
    found = dict.fromkeys([person for person in map(_named_person, names) if person is not None])
    return tuple(islice(found, _MOST))


_remembered = lru_cache(maxsize=1 << 15)(_read)


def _named_person(name: str) -> Person | None:
    name = name.replace("\ufffd", "?")
    said = [_part(part) if len(part) <= _REMEMBERED else _read_part(part) for part in _words(name)]
    before, comma, _ = name.partition(",")
    return _person(said, max(1, len(_words(before))) if comma else 0)


def _person(said: list[_Part], before: int) -> Person | None:
    """Of the parts of a name. `before`: how many of them stand before a comma; 0: there is none."""
    mixed_case = True in [part.cased for part in said]
    words: list[str] = []
    initials: set[str] = set()
    for folded, first, _, alone, capitals in said:
        if not folded:
            continue
        if alone or (capitals and mixed_case):
            initials.update(folded)
        else:
            words.append(folded)
            initials.update(first)
    if not words:
        return None
    shared = tuple(sorted(set(words))) if len(words) > 1 else (words[0],)
    if before:
        words = words[:before]
    elif not (said[-1].alone or (said[-1].capitals and mixed_case)):
        words = words[-1:]
    family = words[0] if len(words) == 1 else max(words, key=lambda word: (len(word), word))
    return Person(shared, "".join(sorted(initials)), family)


def _words(name: str) -> list[str]:
    return (_WORD if "?" in name else _LETTERS).findall(name)


def _read_part(part: str) -> _Part:
    folded = part.casefold() if part.isascii() else "".join(_WORD.findall(plain(part)))
    folded = _UMLAUT.sub("", folded) if "e" in folded else folded
    folded = "" if folded in _TITLES else folded
    several = len(part) > 1
    return _Part(
        folded,
        folded[:1].replace("?", ""),
        cased=several and not part.isupper(),
        alone=not several and part.isascii(),
        capitals=several and len(part) <= 3 and part.isascii() and part.isupper(),
    )


_part = lru_cache(maxsize=1 << 14)(_read_part)


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
    if a == b:
        return len(a), len(b)
    places: dict[str, list[int]] = {}
    for place, person in enumerate(b):
        for word in person.words:
            places.setdefault(word, []).append(place)
    if "?" in "".join(places) or "?" in "".join([word for person in a for word in person.words]):
        return (
            sum(any(same_person(x, y) for y in b) for x in a),
            sum(any(same_person(x, y) for x in a) for y in b),
        )
    met_a = 0
    met_b: set[int] = set()
    for person in a:
        same = {
            place
            for word in person.words
            for place in places.get(word, ())
            if _initials_agree(person, b[place])
        }
        met_a += bool(same)
        met_b |= same
    return met_a, len(met_b)
