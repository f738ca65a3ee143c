"""Text between a record's kin link and what opens the next one: whose it is.

Where the link ends the record, it is nobody's: layout, an advert. Where the page shows abstracts
behind the link, it is the abstract. One page does the same for all its records, so they decide
together; what could be text of a record and is given to none is told.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from records import Problem
from spiders.pages.blocks import Block
from spiders.pages.citation import CITATION, NOWHERE
from spiders.pages.entry import Entry
from spiders.pages.names import are_names
from spiders.pages.problems import problem
from spiders.pages.spacing import trimmed
from spiders.pages.stream import Stream, lines_of

_SENTENCE_END = re.compile(r"[。.!?！？;；…)）\]】]\Z")
_PARAGRAPH = 40
_WORDS = re.compile(r"[^\W_]")
_Lines = list[tuple[int, int]]


def has_gaps(blocks: Sequence[Block]) -> bool:
    """Whether there is anything to place."""
    return any(block.gap or block.lead for block in blocks)


def place_gaps(stream: Stream, blocks: Sequence[Block], entries: Sequence[Entry]) -> list[Problem]:
    """Gives each block the lines behind its kin link that are its own, as tails; and names what
    is left over. ``entries``: what each block has before its link."""
    gaps = [_told(stream, block) for block in blocks]
    same = _everywhere(stream, gaps)
    bare = sum(
        not entry.abstract and any(_is_records(stream, line, entry) for line in gap)
        for gap, entry in zip(gaps, entries, strict=True)
    )
    early = bare > sum(entry.abstract is not None for entry in entries)
    found = []
    lead = blocks[0].lead
    if lead and any(_is_cited(stream, line) for line in lines_of(stream.text, *lead)):
        message = "text above the first record was left out; it may belong to it"
        found.append(problem("stray-text", message, blocks[0].rank or 1))
    for place, (block, entry, gap) in enumerate(zip(blocks, entries, gaps, strict=True), start=1):
        lines = [line for line in gap if stream.text[slice(*line)] not in same]
        left = [line for line in lines if _is_records(stream, line, entry)]
        if early:
            own = len(lines)
            if place == len(blocks):
                # Behind the last record stands all sorts of things besides its abstract.
                own = lines.index(left[-1]) + 1 if left else 0
            block.tails += lines[:own]
            # What is the same everywhere is layout; a publisher's notice may be so too.
            left = lines[own:]
            left += [line for line in gap if line not in lines and _is_records(stream, line, entry)]
            if place > 1 and block.title is None and block.rank is None and not block.blank:
                message = "neither rank nor linked title tells where the record begins"
                found.append(problem("stray-text", message, place))
        if left:
            message = "text behind the record's kin link was left out; it may belong to a record"
            found.append(problem("stray-text", message, block.rank or place))
    return found


def _everywhere(stream: Stream, gaps: list[_Lines]) -> set[str]:
    """The lines behind nearly every link; all records may have the same editor's note."""
    times = Counter(stream.text[slice(*line)] for gap in gaps for line in gap)
    return {
        text
        for text, often in times.items()
        if often >= max(3, len(gaps) - 1)
        and (len(text) >= _PARAGRAPH or not _SENTENCE_END.search(trimmed(text)))
    }


def _told(stream: Stream, block: Block) -> _Lines:
    """The lines behind a block's link that are no links."""
    if block.gap is None:
        return []
    return [line for line in lines_of(stream.text, *block.gap) if _is_told(stream, *line)]


def _is_told(stream: Stream, start: int, end: int) -> bool:
    """Whether a line has words that are not for the most part links."""
    if not _WORDS.search(stream.text, start, end):
        return False
    covered = sum(stop - begin for begin, stop in _links(stream, start, end))
    return covered * 2 <= len(trimmed(stream.text[start:end]))


def _links(stream: Stream, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of a stretch of text links span."""
    for link in islice(stream.links, max(bisect_left(stream.links, (start,)) - 1, 0), None):
        if link.start >= end:
            return
        if link.end > start:
            yield max(link.start, start), min(link.end, end)


def _is_records(stream: Stream, line: tuple[int, int], entry: Entry) -> bool:
    """Whether a line reads like a part of a record: of an abstract, its citation, or, where the
    record has none of all that before its link, its authors."""
    text = trimmed(stream.text[slice(*line)])
    if len(text) >= _PARAGRAPH or _SENTENCE_END.search(text) or _is_cited(stream, line):
        return True
    told = entry.authors or entry.abstract or entry.appearance != NOWHERE
    return not told and are_names(text)


def _is_cited(stream: Stream, line: tuple[int, int]) -> bool:
    """Whether a line has a citation with its year: it is some record's."""
    if "《" not in stream.text[slice(*line)]:
        return False
    return any(match["year"] for match in CITATION.finditer(stream.text, *line))
