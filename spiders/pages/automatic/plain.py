"""A page of which only the text is left: its records by what repeats among its lines.

What markup said is gone. Records still count themselves, or have one line of a kind that no other
line between them is of: a text of some length, an address, a date, the names of people. Where a
record begins is then where, so many lines above that one, the likeliest titles stand.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from spiders.pages.automatic.details import DATE
from spiders.pages.automatic.titles import Headed, title_likeness
from spiders.pages.automatic.units import Unit
from spiders.pages.names import look_like_people

_RANK = re.compile(r"[\[(（#]?(\d{1,4})(?:\s*[.)\]）、．:：]\s*|\s+|\Z)(?!\d*%)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+(?: .{0,30})?|[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
_NUMBER = re.compile(r"\W*\d{1,4}\W*")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_TEXT = 110
"""Bytes from which a line is a text, and may be an abstract."""
_TRIED = 5
"""So many lines with one number are tried as the first of a row."""
_FEWEST = 3
_FARTHEST = 15
"""Lines between the like lines of two records, at most."""
_ABOVE = 5
"""Lines of a record above the one that it is known by, at most."""
_COUNTED = 0.85
"""Confidence of records that count themselves."""
_LONGEST = 50_000
"""Characters of a line; what goes on beyond is no line of a record."""
MOST = 30_000
"""Of a text of more lines nothing is read."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Records as ranges of lines, and how sure it is that they are."""

    lines: list[str]
    """Without empty ones; white space collapsed."""
    blocks: list[range]
    confidence: float

    def around(self) -> list[str]:
        """The lines of no record."""
        inside = {at for block in self.blocks for at in block}
        return [line for at, line in enumerate(self.lines) if at not in inside]


def lines_of_records(text: str) -> Lines:
    """The records of a text; no blocks where nothing repeats."""
    if text.count("\n") > MOST:
        return Lines([], [], 0.0)
    lines = [words for line in text.splitlines() if (words := " ".join(line[:_LONGEST].split()))]
    counted = _counted(lines)
    if counted:
        return Lines(lines, _blocks(lines, counted), _COUNTED)
    best: tuple[float, list[int], float] = (0.0, [], 0.0)
    for anchors in _runs(lines):
        best = max(best, _begun(lines, anchors))
    _, starts, sure = best
    return Lines(lines, _blocks(lines, starts) if starts else [], sure)


def _counted(lines: list[str]) -> list[int]:
    """Where records begin that count themselves; the longest such row of numbers."""
    numbered: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        match = _RANK.match(line)
        if match and not _YEAR.fullmatch(line):
            numbered.setdefault(int(match[1]), []).append(at)
    best: list[int] = []
    for first, places in numbered.items():
        before = numbered.get(first - 1, [])
        for at in places[:_TRIED]:
            if before and before[0] < at:
                continue  # a longer row begins there
            row, number = [at], first + 1
            while (after := numbered.get(number)) and (i := bisect_left(after, row[-1] + 1)) < len(
                after
            ):
                row.append(after[i])
                number += 1
            if len(row) > len(best) and _holds(lines, row):
                best = row
    return best


def _holds(lines: list[str], row: list[int]) -> bool:
    """Whether what stands between numbers is records: about as many lines, and words in them."""
    gaps = [b - a for a, b in pairwise(row)]
    if len(row) < _FEWEST or max(gaps) > max(4 * median(gaps), _ABOVE):
        return False
    sizes = [sum(map(len, lines[a:b])) for a, b in pairwise(row)]
    return median(sizes) > 30 and median(gaps) <= _FARTHEST


def _kind(line: str) -> str | None:
    """What a record may be known by, of its lines."""
    if _ADDRESS.fullmatch(line):
        return "address"
    if len(line.encode("utf-8", "replace")) > _TEXT:
        return "text"
    if DATE.search(line):
        return "date"
    return "people" if look_like_people(line) else None


def _runs(lines: list[str]) -> Iterator[list[int]]:
    """The lines of each kind that stand at like distances."""
    places: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if kind := _kind(line):
            places.setdefault(kind, []).append(at)
    for kind, found in places.items():
        run = found[:1]
        for last, at in pairwise(found):
            if kind == "text" and at == last + 1:
                continue  # a further paragraph
            if at - run[-1] > _FARTHEST:
                yield run
                run = []
            run.append(at)
        yield run


def _begun(lines: list[str], anchors: list[int]) -> tuple[float, list[int], float]:
    """Score, first lines, and confidence of records that have one of the anchors each."""
    gaps = [b - a for a, b in pairwise(anchors)]
    if len(anchors) < _FEWEST or median(gaps) < 2:
        return 0.0, [], 0.0
    usual = median(gaps)
    regular = sum(abs(gap - usual) <= 1 for gap in gaps) / len(gaps)
    best = (0.0, list[int](), 0.0)
    for above in range(min(_ABOVE, int(usual))):
        starts = [
            max(at - above, before + 1) for before, at in zip([-1, *anchors], anchors, strict=False)
        ]
        starts = _filled(starts, usual)
        titles = title_likeness([lines[at] for at in starts])
        score = titles * regular * len(anchors) ** 0.5
        best = max(best, (score, starts, round(min(1.0, titles) * regular, 2)))
    return best


def _filled(starts: list[int], usual: float) -> list[int]:
    """With the records between two others that are twice as far apart, or more: their line of the
    kind is missing, or too short to be known."""
    found = starts[:1]
    for a, b in pairwise(starts):
        records = round((b - a) / usual)
        if records > 1 and abs(b - a - records * usual) <= (usual > _FEWEST):
            found += [a + int(usual * n) for n in range(1, records)]
        found.append(b)
    return found


def _blocks(lines: list[str], starts: list[int]) -> list[range]:
    """Each from its first line to the next one's; the last as long as most."""
    usual = int(median([b - a for a, b in pairwise(starts)]))
    ends = [*starts[1:], min(starts[-1] + usual, len(lines))]
    return [range(a, b) for a, b in zip(starts, ends, strict=True)]


def headed_lines(found: Lines) -> list[Headed]:
    """Title, abstract and the other lines of each record."""
    return [_headed([_unnumbered(found.lines[at]) for at in block]) for block in found.blocks]


def _unnumbered(line: str) -> str:
    match = _RANK.match(line)
    return line[match.end() :] if match and match.end() < len(line) else line


def _headed(lines: Sequence[str]) -> Headed:
    lines = [line for line in lines if not _NUMBER.fullmatch(line)] or list(lines)
    units = [_unit(line, at) for at, line in enumerate(lines)]
    title, *rest = units
    abstract = tuple(unit for unit in rest if _kind(unit.text) == "text")
    return Headed(title, abstract, tuple(unit for unit in rest if unit not in abstract))


def _unit(line: str, at: int) -> Unit:
    kinds = ("address", "text", "date", "people", None)
    return Unit((kinds.index(_kind(line)), -1, False), line, at, -1, False, 0)
