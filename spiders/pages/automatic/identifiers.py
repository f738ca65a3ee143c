"""What names a work anywhere, and how often it is cited, of a record's short texts and links."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from records import Citations
from spiders.pages.citation import DOI

_ARXIV = r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"
_TEXTS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "doi": (DOI, re.compile(r"(?<![\w./-])(10\.\d{4,9}/[^\s\"<>，。；]{1,200})")),
    "isbn": (re.compile(r"\bISBN(?:-1[03])?\s*[:：]?\s*([\dXx][\dXx -]{8,16})", re.IGNORECASE),),
    "pmid": (re.compile(r"\bPMID\s*[:：]?\s*(\d{1,8})\b"),),
    "pmcid": (re.compile(r"\b(PMC\d{4,9})\b"),),
    "arxiv": (re.compile(rf"\barxiv\s*[:：]\s*{_ARXIV}(?:v\d+)?\b", re.IGNORECASE),),
}
_LINKS: Mapping[str, re.Pattern[str]] = {
    "doi": re.compile(
        r"(?:doi\.org/|/doi/(?:abs/|full/|pdf/|epdf/|book/)?)(10\.\d{4,9}/[^\s?#&]{1,200})"
    ),
    "pmid": re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,8})"),
    "pmcid": re.compile(r"/pmc/articles/(PMC\d{4,9})"),
    "arxiv": re.compile(rf"arxiv\.org/(?:abs|pdf)/{_ARXIV}"),
}
_SHORT = 300
"""Characters of a text that may print an identifier."""
_CITED = re.compile(
    r"(?:\bcited(?: by| in)?|\btimes cited|\bcitations?|被引(?:用|频次|次数|量)?|引用(?:次数)?)"
    r"\s*[:：(（]?\s*(\d{1,3}(?:[,，]\d{3})+|\d{1,7})(?!\d)"
    r"|(?<![\d.,])(\d{1,3}(?:[,，]\d{3})+|\d{1,7})\s*(?:citations?\b|次被引|次引用)",
    re.IGNORECASE,
)
_CITED_LONGEST = 60
_NUMBER = re.compile(r"\d{1,3}(?:[,，]\d{3})+|\d{1,7}")


def identifiers(texts: Sequence[str], links: Sequence[str]) -> dict[str, str]:
    """By kind, as printed, an ISBN without what divides it. A link that names another work than
    the record's, one of several, is not believed."""
    found: dict[str, str] = {}
    for name, patterns in _TEXTS.items():
        for value in _printed(patterns, texts):
            if name == "isbn":
                value = re.sub(r"[ -]", "", value)
                if not is_isbn(value):
                    continue
            found[name] = _bare(value)
            break
    for name, pattern in _LINKS.items():
        values = {_bare(match[1]) for link in links if (match := pattern.search(unquote(link)))}
        if name not in found and len(values) == 1:
            found[name] = values.pop()
    return found


def _printed(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        for text in texts:
            if len(text) <= _SHORT and (match := pattern.search(text)):
                yield match[1]


def _bare(value: str) -> str:
    """Without the punctuation behind it, but with the brackets that it opens itself."""
    value = value.rstrip(".,;")
    while value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1].rstrip(".,;")
    return value


def is_isbn(digits: str) -> bool:
    """Whether the last digit checks the others, of ten or thirteen.

    >>> is_isbn("9783161484100"), is_isbn("316148410X"), is_isbn("9783161484101")
    (True, True, False)
    """
    if len(digits) == 13 and digits.isdecimal():
        return sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(digits)) % 10 == 0
    if len(digits) != 10 or not digits[:9].isdecimal():
        return False
    values = [int(d) if d.isdecimal() else 10 for d in digits]
    return sum(value * (10 - n) for n, value in enumerate(values)) % 11 == 0


def citations(texts: Sequence[str]) -> Citations | None:
    """How often a record is cited, as one of its texts says.

    >>> citations(["Cited by 1,204"]).total, citations(["被引：12"]).total, citations(["2011"])
    (1204, 12, None)
    """
    for text in texts:
        if len(text) <= _CITED_LONGEST and (match := _CITED.search(text)):
            return _of(match[1] or match[2])
    return None


def counted(text: str) -> Citations | None:
    """How often, of a text that stands under a word for it."""
    match = _NUMBER.fullmatch(text.strip())
    return _of(match[0]) if match else None


def _of(digits: str) -> Citations:
    total = int(re.sub(r"\D", "", digits))
    return Citations(total=total, own=0, others=total)
