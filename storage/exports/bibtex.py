"""BibTeX: references for LaTeX, in UTF-8."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from storage.exports.citing import first_and_last, inverted, one_line, provenance
from storage.exports.rows import Row

_SAFE_KEY = re.compile(r"[a-z0-9][a-z0-9:./+_-]*")
_SPECIAL = {
    "\\": "\\textbackslash{}",
    # an escaped brace counts for BibTeX all the same, which asks for pairs of them
    "{": "\\ensuremath{\\lbrace}",
    "}": "\\ensuremath{\\rbrace}",
    "~": "\\textasciitilde{}",
    "^": "\\string^",
    **{each: f"\\ensuremath{{{each}}}" for each in "<>|"},  # other signs in TeX's own fonts
    **{each: f"\\{each}" for each in "&%$#_"},
}
_ESCAPED = str.maketrans(_SPECIAL)
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)|(?<=[!?])(?=`)|(?<=,)(?=,)")
"""Between two characters that TeX would set as another one."""
_VERBATIM = re.compile(r"[\\{}\s]")
_SAID = (
    *(("journal", "venue"), ("year", "year"), ("volume", "volume"), ("number", "issue")),
    *(("abstract", "abstract"), ("language", "language")),
)
_JOINS = re.compile(r"\band\b|,.*,.*,", re.IGNORECASE)
"""In a name: what would make several of it, or a name of no form that BibTeX knows."""


def escaped(text: str) -> str:
    """A text as LaTeX prints it.

    >>> print(escaped("50 % of {A_1} -- 100 $"))
    50 \\% of \\ensuremath{\\lbrace}A\\_1\\ensuremath{\\rbrace} -{}- 100 \\$
    """
    return _LIGATURE.sub("{}", one_line(text).translate(_ESCAPED))


def cased(title: str) -> str:
    """A title, escaped, whose words with capitals inside keep them: styles make others small.

    >>> print(cased("The DNA of mRNA & Co"))
    The {DNA} of {mRNA} \\& Co
    """
    words = ((each, escaped(each)) for each in one_line(title).split(" "))
    return " ".join(f"{{{said}}}" if _has_capitals(each) else said for each, said in words)


def _has_capitals(word: str) -> bool:
    return any(map(str.isupper, word[1:]))


def person(author: str) -> str:
    """A name, escaped. In braces it is one name, whatever it holds.

    >>> person("McAdams J. E."), person("Research and Development"), person("朱某彪")
    ('McAdams, J. E.', '{Research and Development}', '朱某彪')
    """
    name = inverted(author)
    said = escaped(name)
    # readers that look for the word between two names lose a command that stands right behind it
    return f"{{{said}}}" if _JOINS.search(name) or said.startswith("\\") else said


def verbatim(address: str) -> str:
    """An address, of which nothing is escaped: it is set as it stands.

    >>> verbatim("http://h/a_b?c=%20{d}")
    'http://h/a_b?c=%20%7Bd%7D'
    """
    return _VERBATIM.sub(lambda found: quote(found[0]), one_line(address))


def cite_key(key: str) -> str:
    """What a document cites a record by: the record's key where BibTeX takes it, which knows no
    case and few signs, else a hash of it. It stays whatever is read of the record later.

    >>> cite_key("aid:0f1e"), cite_key("https://h/?a={b}")
    ('aid:0f1e', 'key-7a4f7a31eabe7ad7')
    """
    if _SAFE_KEY.fullmatch(key):
        return key
    return "key-" + hashlib.blake2b(key.encode("utf-8"), digest_size=8).hexdigest()


def entry(row: Row) -> bytes:
    """One entry, with an empty line behind it. An article where a venue is known."""
    kind = "article" if row.record["venue"] else "misc"
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(row) if value)
    return f"@{kind}{{{cite_key(row.record['key'])},\n{lines}}}\n\n".encode()


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    """Fields with their values as they stand in braces; empty where there is nothing to say."""
    record = row.record
    yield "title", cased(record["title"] or "")
    yield "author", " and ".join(filter(None, map(person, record["authors"])))
    for name, said in _SAID:
        yield name, _field(record[said])
    if record["pages"]:
        first, last = first_and_last(record["pages"])
        yield "pages", f"{escaped(first)}--{escaped(last)}" if last else escaped(first)
    yield "keywords", ", ".join(map(escaped, record["keywords"]))
    identifiers = dict(record["identifiers"])
    yield "doi", verbatim(identifiers.pop("doi", ""))
    yield "identifiers", "; ".join(f"{escaped(k)}: {escaped(v)}" for k, v in identifiers.items())
    yield "url", verbatim(record["url"] or "")
    yield "record", escaped(record["key"])
    of = provenance(row)
    yield "urldate", of["fetched"].partition("T")[0]
    yield "page-url", verbatim(of.pop("page"))
    for name, value in of.items():
        yield name, _field(value)


def _field(value: Any) -> str:
    return "" if value is None else escaped(str(value))
