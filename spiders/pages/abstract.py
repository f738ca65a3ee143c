"""Abstracts: the heading that opens them, and their labelled sections."""

import re

from records import Section
from spiders.pages.spacing import SPACES, trimmed

_HEADING = re.compile(
    r"[\s\u200b]*[【\[［〔(（]?\s*(?:(?i:abstract)|摘\s*要)\s*[】\]］〕)）]?"
    r"(?:\s*[:：\-—–]+\s*|[ \t]*\n\s*|[\xa0\u3000]\s*|\s{2,}|(?<=[】\]］〕])|(?<=[要])\s+|[.．]\s+"
    r"|\s(?=(?:The|This|These|In|We|An?|Our|It|With|To|Objectives?|Background|Purpose|Aims?)\b)|\s*$)"
)
_LABELS = {
    left: re.compile(rf"\{left}([^\{left}\{right}\n]{{{least},{most}}})\{right}")
    for left, right, least, most in (
        ("【", "】", 1, 20),
        ("[", "]", 2, 30),
        ("［", "］", 2, 20),
        ("〔", "〕", 2, 20),
    )
}
"""Of each bracket that labels stand in."""
_BEFORE_LABEL = frozenset(" \t\n\r\f\v\xa0\u3000。．.;；!！?？：:")
_NO_LABEL = re.compile(r"\d|^[A-Z]{1,3}(?:/[A-Z]{2})?$|^[A-Za-z]{1,3}$|^et al")


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
    form = _LABELS.get(abstract[:1])
    if form is None:
        return ()
    marks = [mark for mark in form.finditer(abstract) if _is_label(mark)]
    if not marks or marks[0].start():
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(abstract)]
    return tuple(
        Section(
            label=trimmed(mark[1]),
            text=trimmed(abstract[mark.end() : end].lstrip(SPACES).lstrip(":：")),
        )
        for mark, end in zip(marks, ends, strict=True)
    )


def _is_label(mark: re.Match[str]) -> bool:
    label, at = trimmed(mark[1]), mark.start()
    stands = at == 0 or mark.string[at - 1] in _BEFORE_LABEL
    return stands and bool(label) and not _NO_LABEL.search(label)
