"""Folding: what two printings of one text have in common. Tokens and shingles of folded text.

`plain` makes characters alike and serves every field; `fold` also takes away what is no part of
an abstract. What folding drops it drops from both texts alike, so it may drop generously.
"""

import html
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from dedup.boilerplate import without_boilerplate
from dedup.hashing import (
    Hashes,
    run_pattern,
    shingle_hashes,
    stands_alone,
    token_hashes,
    token_pattern,
)
from dedup.markup import without_latex, without_tags
from dedup.scheme import DEFAULT, Scheme

_MARKS = re.compile("[\u0300-\u036f]+")
_MARK_LETTERS = frozenset(map(chr, range(0x300, 0x370)))
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_INVISIBLE_LETTERS = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\ufeff"
)
_INVISIBLE = re.compile(f"[{''.join(sorted(_INVISIBLE_LETTERS))}]+")
_BROKEN_WORD = re.compile(r"-(?<=[^\W\d]-)(?:[ \t]*\n\s*|\s{2,})(?=[^\W\d])")
"""Begins with its hyphen, not with what stands before: a search for one letter is a fast one."""
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})
_GREEK_NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau
upsilon phi chi psi omega
"""
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
_GREEK_LETTERS = frozenset(map(chr, range(ord("α"), ord("ω") + 1)))
_LONE_GREEK = re.compile("(?<![α-ω])[α-ω](?![α-ω])")
_TAIL = 80
"""Characters in which the mark of a cut stands."""
_TRUNCATED = re.compile(
    r"(?:\.\s?\.\s?\.|…)\s*[\[(]?\s*(?:(?:read |show |view )?more|更多|展开|全文|查看全文|詳細)?"
    r"\s*[\])]?\s*\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def simplified() -> dict[int, str]:
    """Traditional Chinese characters to the simplified ones, one character to one.

    Shipped as ``simplified.tsv``, made from OpenCC's dictionary of characters as its head says.
    """
    table = files("dedup").joinpath("simplified.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in table.split("\n") if line and not line.startswith("#"))
    return {ord(traditional): simple for traditional, simple in pairs}


def plain(text: str) -> str:
    """A text with its characters made alike; line feeds are kept.

    Entities (also doubled), tags, LaTeX, compatibility and full-width forms, case, accents,
    invisible characters, traditional Chinese, Greek letters that stand alone, words broken at
    the end of a line.

    >>> plain("Ｔｈｅ &amp;lt;i&amp;gt;Na\\u00efve&amp;lt;/i&amp;gt; TNF-\\u03b1 of mod-\\nels")
    'the naive tnf- alpha  of models'
    >>> plain("權係數")
    '权系数'
    """
    for _ in range(3):
        if "&" not in text:
            break
        text = html.unescape(text)
    text = without_latex(without_tags(text))
    text = text.casefold() if text.isascii() else alike(text)
    return _BROKEN_WORD.sub("", text) if "-" in text else text


def alike(text: str) -> str:
    """Text beyond ASCII with its characters made alike. What a text is made of is looked at first:
    few texts hold any of the characters that a step is there for."""
    text = unicodedata.normalize("NFKD", text)
    letters = set(text)
    if not letters.isdisjoint(_INVISIBLE_LETTERS):
        text = _INVISIBLE.sub("", text)
    if not letters.isdisjoint(_MARK_LETTERS):
        text = _MARKS.sub("", text)
    text = unicodedata.normalize("NFC", text).casefold()
    if text.isascii():
        return text
    letters, (table, changed) = set(text), _respelt()
    if not letters.isdisjoint(changed):
        text = text.translate(table)
    if not letters.isdisjoint(_GREEK_LETTERS):
        text = _LONE_GREEK.sub(lambda letter: f" {_GREEK.get(letter[0], 'sigma')} ", text)
    return text


@lru_cache(maxsize=1)
def _respelt() -> tuple[dict[int, str], frozenset[str]]:
    """Characters with another spelling to that one, and the set of them."""
    table = {**simplified(), **_LETTERS}
    return table, frozenset(map(chr, table))


def fold(text: str) -> str:
    """An abstract as it is compared: `plain`, without what is no part of it, spaces collapsed.

    Taken away: headings (``Abstract``, ``【目的】``), keywords that follow, copyright lines,
    publishers' boilerplate, the mark of a cut.

    >>> fold("ABSTRACT: We  cut it. © 2019 A Publisher. All rights reserved.")
    'we cut it.'
    >>> fold("摘 要：本文。")
    '本文。'
    """
    return fold_abstract(text)[0]


def fold_abstract(text: str) -> tuple[str, bool]:
    """What `fold` makes of a text, and whether a page cut it."""
    lines = (" ".join(line.split()) for line in plain(text).split("\n"))
    joined = "\n".join(filter(None, lines))
    cut = _TRUNCATED.search(joined, max(0, len(joined) - _TAIL))
    kept = without_boilerplate(joined[: cut.start()] if cut else joined)
    return " ".join(kept.split()), cut is not None


def is_truncated(text: str) -> bool:
    """Whether a page cut the text: it ends in an ellipsis, however that is written.

    >>> is_truncated("We show that …"), is_truncated("We show that.")
    (True, False)
    """
    return fold_abstract(text)[1]


def tokens(folded: str) -> list[str]:
    """Words, and single characters of scripts that write no spaces, in order.

    >>> tokens("第3次cd4+ t-cell")
    ['第', '3', '次', 'cd4', 't', 'cell']
    """
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return token_pattern().findall(folded)


def words_and_pairs(folded: str) -> list[str]:
    """Words, and pairs of neighbouring characters of scripts that write no spaces, in order. The
    last character of a run of these stands alone too, so that every one begins something.

    >>> words_and_pairs("第3次cd4+ t-cell 肝细胞")
    ['第', '3', '次', 'cd4', 't', 'cell', '肝细', '细胞', '胞']
    """
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    found: list[str] = []
    for run in run_pattern().findall(folded):
        if run.isascii() or not stands_alone(run[0]):
            found.append(run)
        else:
            found += map(str.__add__, run, run[1:])
            found.append(run[-1])
    return found


def shingles(folded: str, scheme: Scheme = DEFAULT) -> Hashes:
    """Hashes of all runs of `scheme.shingle` tokens of a folded text: uint32, sorted, each once.

    A text of fewer tokens is one shingle; an empty one has none.
    """
    return shingle_hashes(token_hashes(folded), scheme.shingle)
