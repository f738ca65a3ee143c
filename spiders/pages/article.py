"""An article's own page: fields behind fixed labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spiders.pages.abstract import without_heading
from spiders.pages.citation import (
    CITATION,
    CITED,
    DOI,
    NOWHERE,
    Appearance,
    appearance_of,
    citations_of,
    narrow,
)
from spiders.pages.entry import Entry
from spiders.pages.landmarks import HEADER_WORDS, KIN, PDF, foot_of
from spiders.pages.names import people
from spiders.pages.spacing import as_shown, lines_in, one_line, trimmed
from spiders.pages.stream import Stream, lines_of

_LABELS = {
    "cite": r"引\s?用\s?本\s?文|引\s?用\s?格\s?式",
    "authors": r"作\s?者\s?姓\s?名|作\s{0,8}者",
    "places": r"作\s?者\s?单\s?位",
    "abstract": r"摘\s{0,8}要|(?i:abstract)",
    "keywords": r"关\s{0,4}键\s{0,4}[词字]|(?i:key\s?words)",
}
_LABEL = re.compile(
    r"[\[【]?(?:"
    + "|".join(f"(?P<{name}>{label})" for name, label in _LABELS.items())
    + r")[\]】]?[ \t\xa0\u3000]{0,8}[:：]"
)
INDEXED = re.compile(r"本文献已被[^\n]{0,200}?收录\s?[!！。]?")
_STANDARD = re.compile(
    r"(?P<title>[^\n]{1,400}?)\s*[\[［][A-Z](?:/[A-Z]{2})?[\]］]\s*[.．。,，]?\s*"
    r"(?P<venue>[^\n]{1,150}?)\s*[,，.]\s*(?P<year>(?:1[5-9]|20)\d\d)(?=\s*(?:[,，.。(（:：]|$))"
    r"(?:\s*[,，]\s*(?P<volume>[^\s(（:：,，.。]{1,20}))?"
    r"(?:\s*[,，]?\s*[(（]\s*(?P<issue>[^()（）\n]{1,40}?)\s*[)）])?"
    r"(?:\s*[:：]\s*(?P<pages>[^\s.。;；]{1,40}))?"
)
_BETWEEN_KEYWORDS = re.compile(r"[ \xa0\u3000\t\n]{2,}|\s*[;；,，、\n]\s*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
ENOUGH = 2
"""So many of the labels make an article page."""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Where on an article page its fields stand."""

    fields: dict[str, tuple[int, int]]
    start: int
    """Where the article begins: at its title."""
    end: int
    foot: int | None
    heading: tuple[str, ...]
    """The lines above the first label."""


def article_page(stream: Stream) -> ArticlePage | None:
    """The page's fields by label; None where it has too few of them to be an article's page."""
    text = stream.text
    labels = list(_labels(text))
    if len({name for name, _, _ in labels}) < ENOUGH:
        return None
    foot = foot_of(text, labels[-1][2])
    end = len(text) if foot is None else foot
    bounds = sorted(
        [start for _, start, _ in labels]
        + [match.start() for match in INDEXED.finditer(text, labels[0][1])]
        + [span.start for span in stream.links if KIN in text[span.start : span.end]]
        + [end]
    )
    fields: dict[str, tuple[int, int]] = {}
    for name, _, begin in labels:
        stop = next(bound for bound in bounds if bound >= begin)
        if trimmed(text[begin:stop]):
            fields.setdefault(name, (begin, stop))
    heading = [
        (start, stop)
        for start, stop in lines_of(text, 0, labels[0][1])
        if not any(word in text[start:stop] for word in HEADER_WORDS)
    ]
    return ArticlePage(
        fields=fields,
        start=heading[-1][0] if heading else labels[0][1],
        end=end,
        foot=foot,
        heading=tuple(trimmed(as_shown(text[start:stop])) for start, stop in heading),
    )


def _labels(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of every label above the footer."""
    for match in _LABEL.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        line = before.rpartition("\n")[2]
        if before.endswith(("\xa0", "\u3000", "  ")) or not trimmed(line):
            yield match.lastgroup or "", match.start(), match.end()


def article_entry(stream: Stream, page: ArticlePage) -> Entry:
    """The fields of the article."""
    cite = _value(stream, page, "cite")
    authors = people(_raw(stream, page, "authors"))
    title, appearance = _cited_work(cite, authors, page.heading, stream.title)
    block = stream.text[page.start : page.end]
    cited = CITED.search(block)
    doi = DOI.search(block)
    return Entry(
        title=title,
        authors=authors,
        appearance=appearance,
        abstract=without_heading(_value(stream, page, "abstract")) or None,
        keywords=_keywords(stream, page),
        cited_by=citations_of(cited) if cited else None,
        free_pdf=PDF.search(block) is not None,
        doi=doi[1].rstrip(".,;)") if doi else None,
        lines=lines_in(block),
    )


def _raw(stream: Stream, page: ArticlePage, name: str) -> str:
    start, end = page.fields.get(name, (0, 0))
    return trimmed(stream.text[start:end])


def _value(stream: Stream, page: ArticlePage, name: str) -> str:
    lines = lines_in(_raw(stream, page, name))
    return "\n".join([as_shown(line) for line in lines] if stream.html else lines)


def _cited_work(
    cite: str, authors: tuple[str, ...], heading: tuple[str, ...], page_title: str | None
) -> tuple[str | None, Appearance]:
    """Title and appearance: the line of the heading, or the part of the page's own title, that
    the citation repeats; else what the citation itself says; else the last line of the heading."""
    appearance = NOWHERE
    said: str | None = None
    if match := CITATION.search(cite):
        appearance = appearance_of(match)
    elif match := _STANDARD.search(cite):
        appearance = Appearance(
            venue=one_line(match["venue"]),
            year=int(match["year"]),
            volume=narrow(match["volume"]),
            issue=narrow(match["issue"]),
            pages=narrow(match["pages"]),
        )
        said = _said_title(match["title"], authors)
    squeezed = "".join(cite.split())
    names = [*reversed(heading), *re.split(r"\s[-_|–—]\s?|[_|]", page_title or "")]
    for name in map(_without_marks, names):
        if len(name) > 1 and len(name) >= len(said or "") and "".join(name.split()) in squeezed:
            return name, appearance
    return said or (_without_marks(heading[-1]) if heading else None) or None, appearance


def _said_title(words: str, authors: tuple[str, ...]) -> str | None:
    """What a citation says before its venue, without the authors: the longest of its sentences."""
    names = [name.split()[0] for name in authors]
    found = [
        piece for piece in re.split(r"[.．。]", words) if not any(name in piece for name in names)
    ]
    return trimmed(max(found, key=len, default="")) or None


def _without_marks(line: str) -> str:
    return trimmed(CITED.sub("", PDF.sub("", line)))


def _keywords(stream: Stream, page: ArticlePage) -> tuple[str, ...]:
    start, end = page.fields.get("keywords", (0, 0))
    linked = [
        one_line(stream.text[span.start : span.end])
        for span in stream.links
        if start <= span.start and span.end <= end
    ]
    raw = trimmed(stream.text[start:end])
    if len(linked) > 1 and "".join(linked).replace(" ", "") == re.sub(r"[\s;；,，、]", "", raw):
        return tuple(filter(None, linked))
    parts = [one_line(part) for part in _BETWEEN_KEYWORDS.split(raw)]
    parts = [part for part in parts if part]
    if len(parts) == 1 and all(_HAN.search(word) for word in parts[0].split()):
        parts = parts[0].split()
    return tuple(parts)
