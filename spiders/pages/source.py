"""A page's source in stretches: where its text stands, letter by letter, and what is none.

Readers forget where in the source a text came from; whoever takes something out of a page, and
leaves the rest byte for byte, needs it.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});?")
_OPENS = re.compile(r"<(?:!--|[/!?a-zA-Z])")
_RAW = re.compile(r"<(script|style|template|xmp|iframe|noembed|noframes)\b", re.IGNORECASE)
_VALUE = re.compile(r"""=\s*(["'])""")
_QUOTED = 4_000
"""Characters within which a quoted value that holds a ``>`` ends."""
_SKIPPED = 60
"""Stretches within a block that are none of its text: what is hidden."""

Span = tuple[int, int]
"""From, up to but not including."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the source, of one kind."""

    kind: Literal["text", "tag", "comment", "raw"]
    """``raw``: the content of a script and its like."""
    start: int
    end: int


def folded(text: str) -> str:
    """Letters and digits alone, without accents, in one case: the same for a text whether it is
    folded whole or letter by letter.

    >>> folded("Café №3: ＡＢ"), "".join(map(folded, "Café №3: ＡＢ"))
    ('cafeno3ab', 'cafeno3ab')
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def stretches(source: str) -> Iterator[Stretch]:
    """The whole source, in order; markup that is never closed ends with it."""
    at = 0
    while at < len(source):
        found = _OPENS.search(source, at)
        if found is None:
            yield Stretch("text", at, len(source))
            return
        if found.start() > at:
            yield Stretch("text", at, found.start())
        at = found.start()
        if found[0] == "<!--":
            end = source.find("-->", at + 4)
            end = len(source) if end < 0 else end + 3
            yield Stretch("comment", at, end)
            at = end
            continue
        end = _end_of_tag(source, at)
        yield Stretch("tag", at, end)
        raw = _RAW.match(source, at)
        at = end
        if raw is not None:
            close = re.compile(rf"</{raw[1]}", re.IGNORECASE).search(source, at)
            end = len(source) if close is None else close.start()
            if end > at:
                yield Stretch("raw", at, end)
            at = end


def _end_of_tag(source: str, start: int) -> int:
    """Behind a tag's ``>``: not one within a quoted value, where that ends soon enough."""
    end = source.find(">", start)
    while end >= 0:
        said = source[start:end]
        quote = _open_quote(said)
        if not quote:
            return end + 1
        closed = source.find(quote, end, end + _QUOTED)
        if closed < 0:
            return end + 1
        end = source.find(">", closed)
    return len(source)


def _open_quote(said: str) -> str:
    """The quote that a tag's beginning leaves open; empty: none. A quote elsewhere than behind
    an equals sign is a letter of a name."""
    at = 0
    while (found := _VALUE.search(said, at)) is not None:
        at = said.find(found[1], found.end()) + 1
        if not at:
            return found[1]
    return ""


class Letters:
    """The letters and digits of a page's text, folded, with their places in the source."""

    def __init__(self, source: str, parts: Sequence[Stretch]) -> None:
        self.parts = parts
        said: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._of_part: list[Span] = []
        """Letters of each part, by its number."""
        for part in parts:
            before = len(said)
            if part.kind == "text":
                for start, end, text in _characters(source, part):
                    for letter in folded(text):
                        said.append(letter)
                        self._starts.append(start)
                        self._ends.append(end)
            self._of_part.append((before, len(said)))
        self.said = "".join(said)
        self._begins = [first for first, _ in self._of_part]

    def in_source(self, span: Span) -> Span:
        """Where letters stand in the source."""
        return self._starts[span[0]], self._ends[span[1] - 1]

    def parts_of(self, span: Span) -> Span:
        """Numbers of the stretches from the one of the first letter up to that of the last."""
        return self._part_of(span[0]), self._part_of(span[1] - 1) + 1

    def _part_of(self, letter: int) -> int:
        return bisect_right(self._begins, letter) - 1

    def places(self, wording: str) -> Iterator[Span]:
        """Where a folded wording stands, in letters; no two overlap."""
        at = self.said.find(wording) if wording else -1
        while at >= 0:
            yield at, at + len(wording)
            at = self.said.find(wording, at + len(wording))

    def blocks(self, text: str) -> list[Span]:
        """Where a block of this text stands: also where what is hidden stands between."""
        wording = folded(text)
        if not wording:
            return []
        found = [*self.places(wording)] or [*self._parted(wording)]
        return [span for span in found if self._is_whole(span)] or found

    def _is_whole(self, span: Span) -> bool:
        """Whether letters begin and end with stretches, as blocks do."""
        first, last = self.parts_of(span)
        return span == (self._of_part[first][0], self._of_part[last - 1][1])

    def _parted(self, wording: str) -> Iterator[Span]:
        number = 0
        while number < len(self.parts):
            last = self._follow(wording, number)
            if last is not None:
                yield self._of_part[number][0], self._of_part[last][1]
                number = last
            number += 1

    def _follow(self, wording: str, number: int) -> int | None:
        """The part with which a block ends that begins with this one; None: none does."""
        at = skipped = 0
        for part in range(number, len(self.parts)):
            first, end = self._of_part[part]
            if first == end:
                continue
            if wording.startswith(self.said[first:end], at):
                at += end - first
                if at == len(wording):
                    return part
            elif not at or (skipped := skipped + 1) > _SKIPPED:
                return None
        return None


def _characters(source: str, part: Stretch) -> Iterator[tuple[int, int, str]]:
    """The characters of a text with their places; a reference is one, whatever it stands for."""
    at = part.start
    while at < part.end:
        found = REFERENCE.match(source, at, part.end) if source[at] == "&" else None
        end = found.end() if found else at + 1
        yield at, end, html.unescape(found[0]) if found else source[at]
        at = end
