"""One record's text taken apart into its fields."""

import re
from collections.abc import Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from records import Citations
from spiders.pages.abstract import without_heading
from spiders.pages.blocks import PAIRS, SHORT, Block
from spiders.pages.citation import (
    CITATION,
    CITED,
    DOI,
    NOWHERE,
    Appearance,
    appearance_of,
    citations_of,
    is_whole,
)
from spiders.pages.landmarks import PDF
from spiders.pages.names import are_names, look_like_people, may_be_people, people
from spiders.pages.spacing import SPACES, as_shown, lines_in, trimmed
from spiders.pages.stream import Stream

_SENTENCES = re.compile(
    r"。|[.!?]\s+[A-Z][^.]*[a-z][^.]*[.!?]\s*$|(?:[a-z)\]][.!?]\s+[A-Z][^.!?]*){2}"
)
_SENTENCE_END = re.compile(r"[.。!！?？;；…:：)）\]】”\"]\Z")
_TITLE_MOST = 250
_TITLE_LINE = 100
_MARKS_LOOKED_AT = 50
_MARKS_LENGTH = 200
"""All the marks behind a title take less than this."""
_BETWEEN_MARKS = SPACES + "|｜·[]【】"
_HEAD = 1200
"""So far into a line, at most, a citation begins."""
_HEAD_LINES = 12
"""On so many lines, at most, stand authors and citation."""
_BOUNDARY = re.compile(r"[a-z)\]][.!?]\s+[A-Z]")
_PROSE = re.compile(r"。\s*[^\s。]")
_DOI_LINE = re.compile(r"(?:doi\s*[:：]?\s*|https?://(?:dx\.)?doi\.org/)10\.\S+", re.IGNORECASE)


class Entry(NamedTuple):
    """The fields of a record as its text gives them, before links and identity."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    appearance: Appearance = NOWHERE
    abstract: str | None = None
    cited_by: Citations | None = None
    free_pdf: bool = False
    doi: str | None = None
    keywords: tuple[str, ...] = ()
    lines: Sequence[str] = ()
    """All that stands behind rank and title, up to the kin link."""


def entry_of(stream: Stream, block: Block, titled: bool) -> Entry:
    """The fields of a block. ``titled``: records of this page have titles, so that the first of
    several lines is one even without a rank before it."""
    title, spanned = _linked_title(stream, block)
    body = lines_in(spanned + _body(stream, block))
    lines, cited, free_pdf = _without_marks(body)
    if title is None:
        named = titled or block.rank is not None
        marked = cited is not None or free_pdf
        title, lines = _first_title(lines, named, marked, more=bool(block.tails))
    behind = [line for tail in block.tails for line in lines_in(stream.text[slice(*tail)])]
    if lines:
        authors, appearance, rest = _head(lines, bool(title))
        rest += behind
    else:
        authors, appearance, rest = _head(behind, bool(title))
    rest, doi = _without_doi(rest)
    if stream.html:
        rest = [as_shown(line) for line in rest]
        title = as_shown(title) if title else None
    abstract = without_heading("\n".join(rest))
    return Entry(
        title=title,
        authors=authors,
        appearance=appearance,
        abstract=abstract or None,
        cited_by=cited,
        free_pdf=free_pdf or block.free_pdf,
        doi=doi,
        lines=body,
    )


def _body(stream: Stream, block: Block) -> str:
    """The text behind rank and title, without links that do something with the article."""
    text = stream.text[block.body : block.end]
    for link in reversed(block.again):
        start, end = link.start - block.body, link.end - block.body
        if start < 0 or end > len(text) or end - start > SHORT:
            continue
        before, after = text[:start], text[end:]
        if before[-1:] in PAIRS and after.startswith(PAIRS[before[-1]]):
            before, after = before[:-1], after[1:]
        text = before + after
    return text


def _linked_title(stream: Stream, block: Block) -> tuple[str | None, str]:
    """The title that a link spans, and what the link spans besides, where it was left open."""
    if block.title is None:
        return None, ""
    spanned = stream.text[block.title.start : block.title.end]
    lines = lines_in(spanned)
    if (len(lines[0]) > _TITLE_MOST and _is_text(lines[0])) or (
        len(lines) > 1 and _is_no_title(lines[0])
    ):
        return None, "\n".join(["", *lines])
    title, behind = lines[0], ""
    if len(lines) > 1:
        if all(_continues_title(line) for line in lines[1:]):
            title = " ".join(lines)
        else:
            behind = "\n".join(["", *lines[1:]])
    mark = CITED.search(title) or PDF.search(title)
    if mark:
        title, behind = title[: mark.start()], title[mark.start() :] + behind
    return trimmed(title) or None, behind


def _continues_title(line: str) -> bool:
    """Whether a further line within the title's link is more of the title; else the link was left
    open, and spans what follows."""
    if len(line) > _TITLE_LINE or _SENTENCE_END.search(line) or look_like_people(line):
        return False
    return not any(mark.search(line) for mark in (CITATION, CITED, PDF))


def _without_marks(lines: list[str]) -> tuple[list[str], Citations | None, bool]:
    """The lines without the marks that stand behind a title, how often it was cited, and whether
    a free PDF is offered. The same words within a sentence are text."""
    cited: Citations | None = None
    free_pdf = False
    kept: list[str] = []
    for line in lines:
        if cited is None and "被" in line:
            pieces, mark = _cut_out(CITED, line, not kept)
            cited = citations_of(mark) if mark else None
        else:
            pieces = [line]
        for piece in pieces:
            if not free_pdf and "免费" in piece:
                around, mark = _cut_out(PDF, piece, not kept)
                free_pdf = mark is not None
                kept += around
            else:
                kept.append(piece)
    return kept, cited, free_pdf


def _cut_out(
    pattern: re.Pattern[str], line: str, first: bool
) -> tuple[list[str], re.Match[str] | None]:
    """What a line has around the mark in it: one that ends it, or stands on the first line."""
    for match in islice(pattern.finditer(line), _MARKS_LOOKED_AT):
        before, after = line[: match.start()], line[match.end() :]
        behind_title = first and len(before) < _TITLE_MOST and "。" not in before
        if not behind_title and not _is_marks(after):
            continue
        if before[-1:] in PAIRS and after.startswith(PAIRS[before[-1]]):
            before, after = before[:-1], after[1:]
        return [part for piece in (before, after) if (part := piece.strip(SPACES))], match
    return [line], None


def _is_marks(text: str) -> bool:
    """Whether this is nothing but such marks."""
    text = text[:_MARKS_LENGTH].strip(_BETWEEN_MARKS)
    if not text:
        return True
    match = PDF.match(text) or CITED.match(text)
    return match is not None and _is_marks(text[match.end() :])


def _first_title(
    lines: list[str], named: bool, marked: bool, *, more: bool
) -> tuple[str | None, list[str]]:
    """The title among lines that no link names: the first one, where there is one at all.

    Records of flattened text may lack it, when the extractor dropped what was only a link.
    ``more``: further lines stand behind the kin link.
    """
    if not lines:
        return None, lines
    at = _citation_line(lines)
    if at is not None and not _PROSE.search(lines[0]):
        if at == 0 or (at == 1 and _are_authors(lines[0], lines[1], named)):
            return None, lines
        return lines[0], lines[1:]
    if (len(lines) > 1 or more) and _is_no_title(lines[0]):
        return None, lines
    prose = _is_prose(lines[0])
    # A line that stands alone and ends like no sentence was left of a record without abstract.
    alone = len(lines) == 1 and not _SENTENCE_END.search(trimmed(lines[0])[-1:])
    above_names = len(lines) > 1 and are_names(lines[1])
    if not prose and (named or marked or alone or above_names):
        return lines[0], lines[1:]
    return None, lines


def _is_prose(line: str) -> bool:
    return len(line) > _TITLE_MOST or _SENTENCES.search(line) is not None


def _is_text(line: str) -> bool:
    """Whether even a link's words, when they are many, are sentences and no title."""
    return line.count("。") > 1 or len(_BOUNDARY.findall(line)) > 1


def _is_no_title(line: str) -> bool:
    """Whether a line above others can stand there only where the title is missing: names as far
    apart as only names are, a citation, or the abstract's heading."""
    if without_heading(line) == "":
        return True
    match = _citation(line)
    if match and match["year"]:
        before = trimmed(line[: match.start()])
        return not before or look_like_people(before)
    return are_names(line)


def _are_authors(line: str, citation: str, named: bool) -> bool:
    """Whether the one line above a citation without names has the authors, and no title."""
    match = CITATION.search(citation)
    if (match and trimmed(citation[: match.start()])) or not look_like_people(line):
        return False
    return not named or len(people(line)) > 1


def _citation_line(lines: list[str]) -> int | None:
    """Which line of a record without linked title is its citation; the first one only by its
    full form, for a title may name a book."""
    for i, line in enumerate(lines[:_HEAD_LINES]):
        match = _citation(line)
        if match and (i or is_whole(match) or _dated(line, match)):
            return i
        if i and not may_be_people(line):
            return None
    return None


def _dated(line: str, match: re.Match[str]) -> bool:
    return bool(match["year"]) and look_like_people(line[: match.start()])


def _citation(line: str) -> re.Match[str] | None:
    """The citation that a line ends with, or begins with after its authors."""
    if "《" not in line:
        return None
    for match in CITATION.finditer(line[:_HEAD]):
        before = line[: match.start()]
        if not may_be_people(before):
            return None
        if not trimmed(line[match.end() :]).strip(".。"):
            if match["year"] or match["volume"] or match["issue"] or match["pages"]:
                return match
            return match if not trimmed(before) or look_like_people(before) else None
        if is_whole(match) and (not trimmed(before) or look_like_people(before)):
            return match
    return None


def _head(lines: list[str], has_title: bool) -> tuple[tuple[str, ...], Appearance, list[str]]:
    """Authors, citation, and the lines that are left: the abstract."""
    for i, line in enumerate(lines[:_HEAD_LINES]):
        match = _citation(line)
        if match:
            names = [*lines[:i], line[: match.start()]]
            appearance, rest = _whole_appearance(match, lines[i + 1 :])
            return people("  ".join([name for name in names if trimmed(name)])), appearance, rest
        if not may_be_people(line):
            break
    named = 0
    if has_title or (lines and are_names(lines[0])):
        named = len(list(takewhile(look_like_people, lines[:_HEAD_LINES])))
    return people("  ".join(lines[:named])), NOWHERE, lines[named:]


def _whole_appearance(match: re.Match[str], following: list[str]) -> tuple[Appearance, list[str]]:
    """What a citation says, and the lines behind it; its numbers may stand on the next one."""
    appearance = appearance_of(match)
    rest = [*lines_in(match.string[match.end() :].lstrip(".。 ")), *following]
    if appearance.year is None and rest:
        whole = CITATION.fullmatch(f"《{appearance.venue}》{rest[0]}")
        if whole and whole["year"]:
            return appearance_of(whole), rest[1:]
    return appearance, rest


def _without_doi(lines: list[str]) -> tuple[list[str], str | None]:
    """A line that is only a DOI is the record's own."""
    for i, line in enumerate(lines):
        if "10." in line and _DOI_LINE.fullmatch(trimmed(line)):
            match = DOI.search(line)
            if match:
                return lines[:i] + lines[i + 1 :], match[1].rstrip(".,;)")
    return lines, None
