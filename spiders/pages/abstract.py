"""Abstracts: the heading that opens them, and their labelled sections."""

import re

from records import Section
from spiders.pages.spacing import SPACES, trimmed

_HEADING = re.compile(
    r"[\s\u200b]*[【\[［〔(（]?\s*(?:(?i:abstract)|摘\s*要)\s*[】\]］〕)）]?"
    r"(?:\s*[:：\-—–]+\s*|[ \t]*\n\s*|[\xa0\u3000]\s*|\s{2,}|(?<=[】\]］〕])|(?<=[要])\s+|[.．]\s+"
    r"|\s(?=(?:The|This|These|In|We|An?|Our|It|With|To|Objectives?|Background|Purpose|Aims?)\b)|\s*$)"
)
_BRACKETS = {"【": "】", "[": "]", "［": "］", "〔": "〕"}
_LABEL = re.compile(
    r"(?:^|(?<=[\s。．.;；!！?？：:]))(?:【([^【】\n]{1,20})】|\[([^\[\]\n]{2,30})\]"
    r"|［([^［］\n]{2,20})］|〔([^〔〕\n]{2,20})〕)"
)
_NO_LABEL = re.compile(r"\d|^[A-Z]{1,3}(?:/[A-Z]{2})?$|^[a-z]{1,3}$|^et al")


def without_heading(abstract: str) -> str:
    """An abstract without a leading ``Abstract`` or ``摘要``, on its own line or before a colon.

    >>> without_heading("摘    要： 本文研究…"), without_heading("Abstract art is not a heading.")
    ('本文研究…', 'Abstract art is not a heading.')
    """
    match = _HEADING.match(abstract)
    return abstract[match.end() :].lstrip(SPACES) if match else abstract


def sections_of(abstract: str) -> tuple[Section, ...]:
    """The labelled parts, labels without brackets; none where the abstract opens without label.

    >>> [part.label for part in sections_of("【目的】甲。【方法】乙。")]
    ['目的', '方法']
    """
    if abstract[:1] not in _BRACKETS:
        return ()
    marks = [mark for mark in _LABEL.finditer(abstract) if _is_label(mark, abstract[0])]
    if not marks or marks[0].start():
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(abstract)]
    return tuple(
        Section(
            label=trimmed(abstract[mark.start() + 1 : mark.end() - 1]),
            text=trimmed(abstract[mark.end() : end].lstrip(SPACES).lstrip(":：")),
        )
        for mark, end in zip(marks, ends, strict=True)
    )


def _is_label(mark: re.Match[str], bracket: str) -> bool:
    inner = trimmed(mark[0][1:-1])
    return mark[0][0] == bracket and bool(inner) and not _NO_LABEL.search(inner)
