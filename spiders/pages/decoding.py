"""Bytes to text: which encoding a page is really in, and how much of it could not be read."""

import codecs
import re
from codecs import getincrementaldecoder
from dataclasses import dataclass

from records import storable

_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
}
_READABLE = frozenset(
    {"utf-8", "utf-16", "gb18030", "big5", "big5hkscs", "shift_jis"}
    | {"cp932", "euc_jp", "euc_kr", "cp949", "koi8-r", "koi8-u"}
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)}
)
_LABELS = {"gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "utf8mb4": "utf-8"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD = 8192
_COMMON_HAN = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_ASCII = bytes(range(128))
_SAMPLE = 20_000
_THREE_BYTES = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_UTF8_RUN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")
"""Three characters of UTF-8 Chinese: in GB18030 text such bytes do not meet by chance."""
_CHANCE = 12
"""So many high bytes of another encoding may be valid UTF-8 by chance."""
_SEPARATOR = re.compile(rb"([<>\n]+)")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, and how it was come by."""

    text: str
    """Without byte order mark, NULs and lone surrogates."""
    encoding: str
    """``unicode``: it was text already."""
    replaced: int
    """Characters that could not be decoded, or cannot be stored; each is a U+FFFD now."""
    declared: str | None = None
    """The encoding that header or page named, where it was another than the one used."""
    mixed: bool = False
    """Parts of the page were in another encoding, and were decoded apart."""


def decode(page: bytes | str, charset: str | None = None, certain: str | None = None) -> Decoded:
    """The page as text; ``charset`` is the HTTP header's, which is believed only while it fits,
    and ``certain`` an encoding that it is known to be in, which needs to be `encoding_named`.

    >>> decode("相似文献".encode("gbk"), "utf-8").encoding
    'gb18030'
    """
    if isinstance(page, str):
        text, replaced = storable(page)
        return Decoded(text.removeprefix("\ufeff"), "unicode", replaced)
    declared = encoding_named(charset) or _declared(page)
    name = encoding_named(certain)
    found = _decoded(page, name) if name else _marked(page) or _wide(page) or _best(page, declared)
    text, replaced = storable(found.text) if "\0" in found.text else (found.text, 0)
    return Decoded(
        text.removeprefix("\ufeff"),
        found.encoding,
        found.replaced + replaced,
        declared if declared and not found.encoding.startswith(declared) else None,
        found.mixed,
    )


def encoding_named(label: str | None) -> str | None:
    """Python's name of an encoding that a page may be in; None of any other label."""
    if not label:
        return None
    label = label.strip().strip("\"'").lower()
    if label in _LABELS:
        return _LABELS[label]
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if name in _READABLE else None


def _declared(page: bytes) -> str | None:
    match = _DECLARED.search(page[:_HEAD])
    if match is None:
        return None
    name = encoding_named((match[1] or match[2]).decode("ascii"))
    # A declaration that can be read as ASCII is not in UTF-16.
    return None if name == "utf-16" else name


def _decoded(page: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(page.decode(encoding), encoding, 0)
    except UnicodeDecodeError:
        text = page.decode(encoding, "replace")
        mark = "\ufffd".encode(encoding, "ignore")
        replaced = text.count("\ufffd") - (page.count(mark) if mark else 0)
        return Decoded(text, encoding, max(replaced, 1))


def _marked(page: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if page.startswith(mark):
            return _decoded(page[len(mark) :], encoding)
    return None


def _wide(page: bytes) -> Decoded | None:
    """UTF-16 without a mark shows in its NULs: one byte of each pair, where the text is ASCII."""
    sample = page[:4096]
    nuls = sample.count(0)
    if nuls * 40 < len(sample) or nuls < min(8, max(2, len(sample) // 4)):
        return None
    first = sample[0::2].count(0)
    if first * 20 <= nuls:
        return _decoded(page, "utf-16-le")
    return _decoded(page, "utf-16-be") if first * 20 >= nuls * 19 else None


def _best(page: bytes, declared: str | None) -> Decoded:
    """The decoding with fewest replacements, of a page that is not in UTF-16. Bytes that are valid
    UTF-8 are UTF-8 whatever is declared; GB18030 accepts most bytes, so being valid it says little.
    """
    if declared == "utf-16":
        declared = None
    if page.isascii():
        return Decoded(page.decode("ascii"), declared or "utf-8", 0)
    utf8_meant = declared in (None, "utf-8") or len(page.translate(None, _ASCII)) > _CHANCE
    if utf8_meant and (text := _strictly(page, "utf-8")) is not None:
        return Decoded(text, "utf-8", 0)
    if utf8_meant and (text := _up_to_a_cut(page)) is not None:
        return Decoded(text + "\ufffd", "utf-8", 1)
    if _UTF8_RUN.search(page):
        return _piecewise(page)
    first = "gb18030" if declared is None or _mostly_chinese(page) else declared
    names = dict.fromkeys((first, declared or first, "gb18030", "utf-8"))
    best: Decoded | None = None
    for name in names:
        found = _decoded(page, name)
        if best is None or found.replaced < best.replaced:
            best = found
        if not best.replaced:
            break
    assert best is not None
    return best


def _strictly(page: bytes, encoding: str) -> str | None:
    try:
        return page.decode(encoding)
    except UnicodeDecodeError:
        return None


def _up_to_a_cut(page: bytes) -> str | None:
    """UTF-8 that stops in the middle of its last character, without that one."""
    try:
        return getincrementaldecoder("utf-8")().decode(page, final=False)
    except UnicodeDecodeError:
        return None


def _mostly_chinese(page: bytes) -> bool:
    """Whether the high bytes are for the greater part pairs of everyday Chinese characters."""
    high = page.translate(None, _ASCII)[:_SAMPLE]
    return len(_COMMON_HAN.findall(high)) * 4 > len(high)


def _piecewise(page: bytes) -> Decoded:
    """A page with UTF-8 in it that is not UTF-8 throughout: damaged, or put together from files
    of two encodings. Each piece between tags or lines alone: no byte of a GB18030 character is
    one of these separators."""
    pieces = _SEPARATOR.split(page)
    plain = sum(len(piece) for piece in pieces if _UTF8_RUN.search(piece))
    main = "utf-8" if plain * 2 > sum(len(p) for p in pieces if not p.isascii()) else "gb18030"
    parts, replaced, used = [], 0, set()
    for piece in pieces:
        if piece.isascii():
            parts.append(piece.decode("ascii"))
            continue
        one = _piece(piece, main)
        used.add(one.encoding)
        parts.append(one.text)
        replaced += one.replaced
    return Decoded("".join(parts), main, replaced, mixed=len(used) > 1)


def _piece(piece: bytes, main: str) -> Decoded:
    if main == "utf-8" or _THREE_BYTES.search(piece):
        text = _strictly(piece, "utf-8")
        if text is not None:
            return Decoded(text, "utf-8", 0)
    if _UTF8_RUN.search(piece):
        return _decoded(piece, "utf-8")
    tried = (_decoded(piece, "gb18030"), _decoded(piece, "utf-8"))
    return min(tried, key=lambda one: one.replaced)
