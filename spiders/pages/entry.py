"""One record's text taken apart into its fields."""

import re
from dataclasses import dataclass, field
from itertools import islice

from records import Citations
from spiders.pages.abstract import without_heading
from spiders.pages.blocks import PAIRS, SHORT, Block
from spiders.pages.citation import (
    CITATION,
    CITED,
    DOI,
    Appearance,
    appearance_of,
    citations_of,
    is_whole,
)
from spiders.pages.landmarks import PDF, RANK_BEFORE
from spiders.pages.names import look_like_people, may_be_people, people
from spiders.pages.spacing import printed, trimmed
from spiders.pages.stream import Stream

_SENTENCES = re.compile(r"。|[.!?]\s+[A-Z][^.]*[a-z][^.]*[.!?]\s*$")
_SENTENCE_END = re.compile(r"[.。!！?？;；…:：)）\]】”\"]\Z")
_TITLE_MOST = 250
_MARKS_LOOKED_AT = 50
_MARKS_LENGTH = 200
"""All the marks behind a title take less than this."""
_HEAD = 1200
"""So far into a record, at most, its citation may stand."""
_DOI_LINE = re.compile(r"(?:doi\s*[:：]?\s*|https?://(?:dx\.)?doi\.org/)10\.\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields of a record as its text gives them, before links and identity."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    appearance: Appearance = field(default_factory=Appearance)
    abstract: str | None = None
    cited_by: Citations | None = None
    free_pdf: bool = False
    doi: str | None = None
    keywords: tuple[str, ...] = ()


def entry_of(stream: Stream, block: Block, titled: bool) -> Entry:
    """The fields of a block. ``titled``: records of this page have titles, so that the first of
    several lines is one even without a rank before it."""
    title, behind = _linked_title(stream, block)
    body, cited, free_pdf = _without_marks(behind + _body(stream, block))
    lines = [line for line in body.split("\n") if trimmed(line)]
    if title is None:
        named = titled or block.rank is not None
        title, lines = _first_title(lines, named, cited is not None or free_pdf)
    authors, appearance, rest = _head(lines, bool(title))
    rest += [line for tail in block.tails for line in stream.text[slice(*tail)].split("\n")]
    rest, doi = _without_doi(rest)
    paragraphs = [printed(line, stream.html) for line in rest]
    abstract = without_heading("\n".join(filter(None, paragraphs)))
    return Entry(
        title=printed(title, stream.html) if title else None,
        authors=authors,
        appearance=appearance,
        abstract=abstract or None,
        cited_by=cited,
        free_pdf=free_pdf or block.free_pdf,
        doi=doi,
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
    lines = [line for line in spanned.split("\n") if trimmed(line)]
    title, behind = lines[0], ""
    if len(lines) > 1:
        rest = "\n".join(lines[1:])
        if len(rest) > _TITLE_MOST or CITATION.search(rest) or CITED.search(rest):
            behind = f"\n{rest}"
        else:
            title = " ".join(trimmed(line) for line in lines)
    mark = CITED.search(title) or PDF.search(title)
    if mark:
        title, behind = title[: mark.start()], title[mark.start() :] + behind
    number = RANK_BEFORE.match(trimmed(title)) if block.rank is None else None
    if number:
        block.rank = int(number[1])
        title = trimmed(title)[number.end() :]
    return trimmed(title) or None, behind


def _without_marks(body: str) -> tuple[str, Citations | None, bool]:
    """The text without the marks that stand behind a title, how often it was cited, and whether
    a free PDF is offered. The same words within a sentence are text."""
    cited: Citations | None = None
    free_pdf = False
    for pattern in (CITED, PDF):
        for match in islice(pattern.finditer(body), _MARKS_LOOKED_AT):
            if not _ends_line(body, match.end()) and not _in_first_line(body, match.start()):
                continue
            if pattern is CITED:
                cited = citations_of(match)
            else:
                free_pdf = True
            before, after = body[: match.start()], body[match.end() :]
            if before[-1:] in PAIRS and after.startswith(PAIRS[before[-1]]):
                before, after = before[:-1], after[1:]
            body = f"{before}\n{after}"
            break
    return body, cited, free_pdf


def _ends_line(body: str, at: int) -> bool:
    """Whether nothing but other marks follows on the line."""
    rest, _, _ = body[at : at + _MARKS_LENGTH].partition("\n")
    return len(rest) < _MARKS_LENGTH and not trimmed(CITED.sub("", PDF.sub("", rest))).strip(
        "|｜·[]【】"
    )


def _in_first_line(body: str, at: int) -> bool:
    before = body[: min(at, _TITLE_MOST)]
    return at < _TITLE_MOST and "\n" not in before.lstrip() and "。" not in before


def _first_title(lines: list[str], named: bool, marked: bool) -> tuple[str | None, list[str]]:
    """The title among lines that no link names: the first one, where there is one at all.

    Records of flattened text may lack it, when the extractor dropped what was only a link.
    """
    if not lines:
        return None, lines
    at = _citation_line(lines)
    if at is not None:
        if at == 0 or (at == 1 and not _before_citation(lines[1]) and look_like_people(lines[0])):
            return None, lines
        return lines[0], lines[1:]
    prose = len(trimmed(lines[0])) > _TITLE_MOST or _SENTENCES.search(lines[0])
    # A line that stands alone and ends like no sentence was left of a record without abstract.
    alone = len(lines) == 1 and not _SENTENCE_END.search(trimmed(lines[0])[-1:])
    if not prose and (named or marked or alone):
        return lines[0], lines[1:]
    return None, lines


def _before_citation(line: str) -> str:
    match = CITATION.search(line)
    return trimmed(line[: match.start()]) if match else ""


def _citation_line(lines: list[str]) -> int | None:
    """Which line of a record without linked title is its citation: one of the first four, and
    the first only by its full form, for a title may name a book."""
    for i, line in enumerate(lines[:4]):
        match = _citation(line, lines[i + 1 : i + 2])
        if match and (i or is_whole(match) or _dated(line, match)):
            return i
    return None


def _dated(line: str, match: re.Match[str]) -> bool:
    return bool(match["year"]) and look_like_people(line[: match.start()])


def _citation(line: str, following: list[str]) -> re.Match[str] | None:
    """The citation that a line ends with, or begins with its authors; a venue with its numbers
    on the next line is one too."""
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
    for i, line in enumerate(lines[:4]):
        match = _citation(line, lines[i + 1 : i + 2])
        if match is None:
            continue
        before = [*lines[:i], line[: match.start()]]
        if not all(may_be_people(part) for part in before):
            break
        appearance, rest = (
            appearance_of(match),
            [line[match.end() :].lstrip(".。"), *lines[i + 1 :]],
        )
        if appearance.year is None and rest[1:]:
            whole = CITATION.match(f"《{appearance.venue}》{trimmed(rest[1])}")
            if whole and whole["year"] and not trimmed(whole.string[whole.end() :]):
                appearance, rest = appearance_of(whole), rest[2:]
        return people("  ".join(part for part in before if trimmed(part))), appearance, rest
    if has_title and lines and look_like_people(lines[0]):
        return people(lines[0]), Appearance(), lines[1:]
    return (), Appearance(), lines


def _without_doi(lines: list[str]) -> tuple[list[str], str | None]:
    """A line that is only a DOI is the record's own."""
    for i, line in enumerate(lines):
        if "10." in line and _DOI_LINE.fullmatch(trimmed(line)):
            match = DOI.search(line)
            if match:
                return lines[:i] + lines[i + 1 :], match[1].rstrip(".,;)")
    return lines, None
