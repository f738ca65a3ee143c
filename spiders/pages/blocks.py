"""A page cut into its records: each ends at the link to its own kin."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NamedTuple

from spiders.pages.citation import CITED
from spiders.pages.landmarks import (
    PDF,
    RANK,
    RANK_BEFORE,
    Kin,
    Landmarks,
    Title,
    past_closing,
)
from spiders.pages.spacing import SPACES, trimmed
from spiders.pages.stream import Span, Stream, lines_of

_DOING = re.compile(r"\[[^\[\]]{1,6}\]|［[^［］]{1,6}］|【[^【】]{1,6}】")
"""The words of a link that is no title but does something, such as ``[详细]``."""
_LAST_NUMBER = re.compile(r"(?<!\d)(\d{1,4})\s?[.．、]?\Z")
_BARS = SPACES + "|｜·"
_BEFORE_KIN = SPACES + "[［【(（|｜"
_ARROWS = (">", "»", "›")
_ARROW = re.compile(rf"[{SPACES}][>»›]{{1,3}}\Z")
PAIRS = {"[": "]", "［": "］", "【": "】", "(": ")", "（": "）"}
"""Brackets that links stand in."""
SHORT = 12
"""So long, at most, is a link that is no title but does something, such as ``详细``."""
MOST = 2000
"""More records than this are no result page."""


@dataclass(slots=True)
class Block:
    """What of a page's text is one record; places in the stream's text."""

    start: int
    body: int
    """Where the text begins that follows its rank and its linked title."""
    end: int
    """Where that text ends: at the kin link, or at the links that stand beside it."""
    kin: Kin | None
    """None: the page shows none for it."""
    title: Title | None = None
    again: list[Title] = field(default_factory=list)
    """Further links to the article, such as one to its details."""
    rank: int | None = None
    """As the page numbers it."""
    tails: list[tuple[int, int]] = field(default_factory=list)
    """Text behind the kin link that belongs to the record all the same."""
    gap: tuple[int, int] | None = None
    """Text behind the kin link of which it is not known whose it is."""
    lead: tuple[int, int] | None = None
    """Of the first block: text above it."""
    free_pdf: bool = False
    """Whether one of the links beside the kin link is to a free PDF."""
    blank: bool = False
    """There is nothing but its kin link."""

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of the record but its place: every line was dropped."""
        return self.blank and not (self.kin and self.kin.target)


class _Opening(NamedTuple):
    start: int
    body: int
    rank: int | None


def blocks_of(stream: Stream, marks: Landmarks) -> list[Block]:
    """The records of a result page, in page order. What stands behind the last kin link is a
    record only where it opens like one."""
    cutter = _Cutter(stream, marks)
    begin, next_title = marks.head_end, 0
    for kin in (*marks.kins, None):
        end = kin.start if kin else marks.end
        titles = []
        while next_title < len(marks.titles) and marks.titles[next_title].start < end:
            titles.append(marks.titles[next_title])
            next_title += 1
        cutter.cut(begin, end, kin, titles)
        if len(cutter.blocks) > MOST:
            break
        begin = past_closing(stream.text, kin.end) if kin else end
    found = cutter.blocks
    if found:
        found[0].lead = cutter.lead
    stated = marks.stated_total
    if stated is not None and len(found) > stated:
        # A link to kin above or below the list is no record.
        found = [block for block in found if not block.blank]
    _rank_by_titles(stream, found)
    for block in found:
        if block.kin and block.end > block.body:
            _leave_row(stream, block, block.kin)
    return found


def _rank_by_titles(stream: Stream, blocks: list[Block]) -> None:
    """Takes the ranks from the beginnings of the linked titles, where all of them have theirs; one
    title alone may begin with a number of its own."""
    ranks: list[tuple[Block, Title, re.Match[str]]] = []
    for place, block in enumerate(blocks, start=1):
        if block.title is None and block.rank in (None, place):
            continue
        if block.title is None or block.rank is not None:
            return
        begin = stream.text[block.title.start : block.title.end].lstrip(SPACES)[:20]
        match = RANK_BEFORE.match(begin)
        if match is None or int(match[1]) != place:
            return
        ranks.append((block, block.title, match))
    for block, title, match in ranks:
        at = stream.text.index(match[0], title.start) + len(match[0])
        block.rank, block.title = int(match[1]), title._replace(start=at)


class _Cutter:
    """Cuts what stands between two kin links into records: one, unless links are missing."""

    def __init__(self, stream: Stream, marks: Landmarks) -> None:
        self.blocks: list[Block] = []
        self.lead: tuple[int, int] | None = None
        self._stream = stream
        self._text = stream.text
        self._headed = marks.total is not None
        self._whole = marks.foot is not None
        stated = marks.stated_total
        self._by_rank = not marks.kins or (stated is not None and stated > len(marks.kins))

    def cut(self, begin: int, end: int, kin: Kin | None, titles: list[Title]) -> None:
        doing = [title for title in titles if self._does(title)]
        opening = _distinct([title for title in titles if title not in doing], kin)
        if opening:
            self._titled(begin, end, kin, opening)
            for block in self.blocks[-len(opening) :] if len(titles) > 1 else ():
                block.again = [title for title in titles if _is_again(title, block.title)]
        elif trimmed(self._text[begin:end]):
            self._untitled(begin, end, kin)
            if self.blocks:
                self.blocks[-1].again += doing
        elif kin:
            self._blank(begin, kin)

    def _does(self, title: Title) -> bool:
        """Whether a link's words say what it does, and are no title."""
        return _DOING.fullmatch(trimmed(self._text[title.start : title.end])) is not None

    def _titled(self, begin: int, end: int, kin: Kin | None, titles: list[Title]) -> None:
        starts: list[_Opening] = []
        after = begin
        for title in titles:
            starts.append(self._rank_before(after, title, len(self.blocks) + len(starts) + 1))
            after = title.end
        self._leave(begin, starts[0].start)
        for i, (title, opening) in enumerate(zip(titles, starts, strict=True)):
            last = i + 1 == len(titles)
            stop = end if last else starts[i + 1].start
            ending = kin if last else None
            self.blocks.append(
                Block(opening.start, title.end, stop, ending, title, rank=opening.rank)
            )

    def _rank_before(self, begin: int, title: Title, place: int) -> _Opening:
        """Where a record with a linked title starts, and the rank that stands last before it."""
        before = self._text[begin : title.start].rstrip()
        at = before.rfind("\n") + 1
        line = trimmed(before[at:])
        if match := RANK.fullmatch(line):
            return _Opening(begin + at, title.end, int(match[1]))
        # Behind a mark or a box to tick, the rank is still known by being the next one.
        if (number := _LAST_NUMBER.search(line[-8:])) and int(number[1]) == place:
            return _Opening(begin + at, title.end, place)
        return _Opening(title.start, title.end, None)

    def _untitled(self, begin: int, end: int, kin: Kin | None) -> None:
        before = self.blocks[-1] if self.blocks else None
        if before and before.kin and kin and kin.target and kin.target == before.kin.target:
            before.tails.append((begin, end))
            return
        openings = self._openings(begin, end)
        if kin is None and not openings:
            # Behind the last record stands all sorts of things, and where the page was cut,
            # a part of the next one.
            if self._whole:
                self._leave(begin, end)
            return
        if openings:
            self._leave(begin, openings[0].start)
        openings = openings or [_Opening(begin, begin, None)]
        for i, opening in enumerate(openings):
            last = i + 1 == len(openings)
            stop = end if last else openings[i + 1].start
            self.blocks.append(
                Block(opening.start, opening.body, stop, kin if last else None, rank=opening.rank)
            )

    def _blank(self, begin: int, kin: Kin) -> None:
        """A kin link with nothing before it: of an article that is known by the link alone; or,
        of flattened text, of a record all of whose lines were dropped."""
        if kin.target:
            before = self.blocks[-1] if self.blocks else None
            if before and before.kin and before.kin.target == kin.target:
                return
        elif self._stream.html or not self._headed:
            return
        self.blocks.append(Block(begin, begin, kin.start, kin, blank=True))

    def _openings(self, begin: int, end: int) -> list[_Opening]:
        """Where ranks open records: one at the beginning, or the next one further down where the
        kin link stands within the abstract; all of them where kin links are missing."""
        found: list[_Opening] = []
        before = self.blocks[-1] if self.blocks else None
        ranked = before is None or before.rank is not None
        last = (before.rank or len(self.blocks)) if before else 0
        for i, (start, stop) in enumerate(lines_of(self._text, begin, end)):
            first = i == 0
            opening = self._rank_at(start, stop, last + 1, first)
            if opening and opening.rank is not None and (first or opening.rank == last + 1):
                found.append(opening)
                last = opening.rank
            if not ranked or (found and not self._by_rank):
                break
        return found

    def _rank_at(self, start: int, stop: int, expected: int, first: bool) -> _Opening | None:
        line = trimmed(self._text[start : min(stop, start + 200)])
        marks = CITED.search(line) or PDF.search(line)
        alone = PDF.sub("", CITED.sub("", line)) if marks else line
        match = RANK.fullmatch(alone.rstrip(_BEFORE_KIN).lstrip(SPACES))
        if match and (match[2] or int(match[1]) == expected):
            body = self._text.index(marks[0], start) if marks else stop
            return _Opening(start, body, int(match[1]))
        if not first:
            return None
        at = self._text.index(line, start)
        match = RANK_BEFORE.match(line)
        if match and expected <= int(match[1]) <= expected + 5:
            return _Opening(start, at + match.end(), int(match[1]))
        return None

    def _leave(self, begin: int, end: int) -> None:
        """Text above the first record, or between a kin link and the next one's opening."""
        if not trimmed(self._text[begin:end]):
            return
        if self.blocks:
            self.blocks[-1].gap = (begin, end)
        else:
            self.lead = (begin, end)


def _is_again(title: Title, first: Title | None) -> bool:
    return (
        first is not None
        and title.start > first.start
        and title.target.native_id.lower() == first.target.native_id.lower()
    )


def _leave_row(stream: Stream, block: Block, kin: Kin) -> None:
    """Ends a block before what stands in one row with its kin link: the bracket around it, and
    other links, a bar apart."""
    text, end = stream.text, kin.start
    end = _without_layout(text, block.body, end, SPACES)
    bracket = text[end - 1 : end] if end > block.body else ""
    if bracket in PAIRS and text[kin.end : kin.end + 8].lstrip(SPACES).startswith(PAIRS[bracket]):
        end -= 1
    row = max(block.body, text.rfind("\n", block.body, kin.start) + 1)
    at = bisect_left(stream.links, (kin.start,))
    while at > 0:
        link = stream.links[at - 1]
        if link.start < row or link.end - link.start > SHORT:
            break
        between = trimmed(text[link.end : end])
        opens_row = not trimmed(text[row : link.start])
        if between.strip("|｜·") or not (between or opens_row):
            break
        block.free_pdf = block.free_pdf or PDF.search(text, link.start, link.end) is not None
        end, at = link.start, at - 1
    block.end = _without_layout(text, block.body, end, _BARS)
    at = bisect_left(stream.links, (block.end,))
    last = stream.links[at - 1] if at else None
    if not last or last.end != block.end or not _is_switch(text, last):
        return
    if trimmed(text[block.body : last.start]):
        # Alone it is a title whose link is made by a script.
        block.end = _without_layout(text, block.body, last.start, _BARS)


def _is_switch(text: str, link: Span) -> bool:
    """Whether a link goes nowhere and only does something, such as to show more of the text."""
    nowhere = link.href.strip().lower().startswith(("#", "javascript:"))
    words = trimmed(text[link.start : link.end])
    return nowhere and len(words) <= SHORT and not any(map(str.isdigit, words))


def _without_layout(text: str, begin: int, end: int, layout: str) -> int:
    """Where a stretch of text ends without the layout at its end."""
    near = text[max(begin, end - 40) : end]
    kept = near.rstrip(layout)
    if kept.endswith(_ARROWS):
        kept = _ARROW.sub("", kept).rstrip(layout)
    if kept or len(near) == end - begin:
        return end - len(near) + len(kept)
    return begin + len(text[begin:end].rstrip(layout))


def _distinct(titles: list[Title], kin: Kin | None) -> list[Title]:
    """The links that open a record each. Those behind the title of the article whose kin link
    ends the block are links within its text."""
    if len(titles) < 2:
        return titles
    own = kin.target.native_id.lower() if kin and kin.target else None
    found: dict[str, Title] = {}
    for title in titles:
        native_id = title.target.native_id.lower()
        found.setdefault(native_id, title)
        if native_id == own:
            break
    return list(found.values())
