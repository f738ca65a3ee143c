"""Authors as a page prints them, one string a person."""

import re
from functools import lru_cache

from spiders.pages.spacing import SPACES, trimmed

_GAP = re.compile(r"[ \xa0\u2002\u2003\u3000\t\n]{2,}|[\u3000\n\t]|\s*[;；、]\s*")
_HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff·•‧.]{2,12}")
_CLOSE = re.compile(r"[\s,，]+")
"""Between names that stand less than two spaces apart."""
_APART = re.compile(r"\S[ \xa0\u3000]{2,}\S")
_DOT = re.compile(r"\w[·•‧]\w")
"""Within a name that is written in Chinese, and is none."""
_WESTERN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONG_RUN = re.compile(r"[\u3400-\u9fff]{25}")
"""Longer than any name, of a person or an institution."""
_INITIALS = re.compile(
    r"(?:[^\W\d_](?:\.|(?=[\s\-‐]|$))[a-z]?\.?\s?[\-‐‑]?\s?){1,5}(?:Jr|Sr)?\.?"
    r"|(?:[^\W\d_a-z][a-z]{1,2}\.\s?-?){1,4}|Jr\.?|Sr\.?|I{2,3}"
)
_BARE_INITIALS = re.compile(r"[A-Z]{2,3}")
_PROSE = re.compile(r"[。！？!?:：《》【】\[\]=%]|\d{3}")
_PARTICLES = frozenset(
    "van von der den de del della di da dos du la le las los el al bin ibn ben ter ten zu zum af "
    "av y e and et i".split()
)
_HEADINGS = frozenset(
    "摘要 目的 方法 结果 结论 引言 背景 导语 前言 简介 正文 全文 意义 关键词".split()
)
_SEPARATORS = frozenset(";；、\u3000\u2002\u2003\n\t")
_AROUND = SPACES + ",，;；、|"
_LONGEST = 3000


def people(text: str) -> tuple[str, ...]:
    """Names stand two spaces apart; in Western names surname and initials do so too.

    >>> people("McAdams  J. E.\\xa0\\xa0Williams  M. C.")
    ('McAdams J. E.', 'Williams M. C.')
    >>> people("朱某彪  袁某"), people("Smith, J.; Doe, K.")
    (('朱某彪', '袁某'), ('Smith, J.', 'Doe, K.'))
    """
    parts = _parts(text.strip(_AROUND))
    initials = [_is_initials(part) for part in parts]
    alternate = len(parts) > 1 and initials == [False, True] * (len(parts) // 2)
    if alternate and not _HAN.search(text) and not any("." in part for part in parts[::2]):
        return tuple([f"{parts[i]} {parts[i + 1]}" for i in range(0, len(parts), 2)])
    if len(parts) == 1:
        parts = _closer(parts[0])
    elif _HAN.search(text):
        parts = [name for part in parts for name in _han_names(part)]
    if not any(initials) and len(parts) > 1 and not _WESTERN.search(text):
        return tuple(parts)
    if parts and not _initials_first(parts[0]):
        parts = [piece for part in parts for piece in _cut(part)]
    return tuple(_paired(parts))


def _parts(text: str) -> list[str]:
    """What stands two spaces apart, or between separators."""
    if _SEPARATORS.isdisjoint(text):
        pieces = text.replace("\xa0", " ").split("  ")
    else:
        pieces = _GAP.split(text)
    parts = [piece if piece.isalpha() else " ".join(piece.split()).strip(",，") for piece in pieces]
    return [part for part in parts if part]


def look_like_people(text: str) -> bool:
    """Whether a line of its own is a list of names: it need not stand before a citation.

    >>> look_like_people("Zhang W. Li"), look_like_people("本文研究政府数据治理。")
    (True, False)
    """
    text = trimmed(text)
    if not text or len(text) > _LONGEST or _PROSE.search(text):
        return False
    parts = [trimmed(part) for part in _GAP.split(text) if trimmed(part)]
    if _HAN.search(text):
        pieces = [piece for part in parts for piece in _CLOSE.split(part) if piece]
        longest = 12 if len(pieces) > 1 or _DOT.search(text) else 4
        return text not in _HEADINGS and all(
            (_HAN_NAME.fullmatch(piece) and len(piece) <= longest)
            or (not _HAN.search(piece) and _capitalised(piece))
            for piece in pieces
        )
    if not _capitalised(text):
        return False
    return len(parts) > 1 or any(_is_initials(word) for word in text.replace(",", " ").split())


def are_names(line: str) -> bool:
    """Whether a line is several words as far apart as only the parts of names are.

    >>> are_names("朱某彪  袁某"), are_names("Hepatitis B")
    (True, False)
    """
    return _APART.search(line) is not None and look_like_people(line)


def may_be_people(text: str) -> bool:
    """Whether what stands before a citation can be its authors, and is not a sentence."""
    text = trimmed(text)
    if len(text) > _LONGEST or "。" in text:
        return False
    if _HAN.search(text):
        return _LONG_RUN.search(text) is None
    words = text.split()
    small = [word for word in words if word[0].islower() and word not in _PARTICLES]
    return len(small) * 3 <= len(words)


def _capitalised(text: str) -> bool:
    words = text.replace(",", " ").replace("&", " ").split()
    return bool(words) and all(
        word in _PARTICLES or not word[0].isalpha() or not word[0].islower() for word in words
    )


@lru_cache(maxsize=4096)
def _is_initials(part: str) -> bool:
    return _INITIALS.fullmatch(part) is not None


def _initials_first(part: str) -> bool:
    """Whether initials stand before the surname: ``J. E. McAdams``."""
    words = part.split()
    return _is_initials(words[0]) and not _is_initials(words[-1])


def _closer(text: str) -> list[str]:
    """The parts of a list whose names stand less than two spaces apart."""
    names = _han_names(text)
    if len(names) > 1:
        return names
    pieces = [trimmed(piece) for piece in re.split(r"[,，]", text) if trimmed(piece)]
    if any(_is_initials(piece) for piece in pieces[1:]):
        found = pieces[:1]
        for piece in pieces[1:]:
            if _is_initials(piece):
                found[-1] += f", {piece}"
            else:
                found.append(piece)
        return found
    return pieces if all(" " in piece for piece in pieces) else [text]


def _han_names(part: str) -> list[str]:
    """Chinese names one space or a comma apart; ``李 明`` is one."""
    if _HAN_NAME.fullmatch(part):  # mostly it is one name, which need not be taken apart
        return [part]
    pieces = [piece for piece in _CLOSE.split(part) if piece]
    return pieces if all(_HAN_NAME.fullmatch(piece) for piece in pieces) else [part]


def _cut(part: str) -> list[str]:
    """Cut where initials are followed by the next surname: ``J. E. Williams``,
    ``McAdams J. E. Williams M. C.``; not within ``John A. Smith``."""
    words = part.split()
    if not _is_initials(words[0]) and not _is_initials(words[-1]):
        return [part]
    pieces: list[list[str]] = [[]]
    for word in words:
        if pieces[-1] and _is_initials(pieces[-1][-1]) and not _is_initials(word):
            pieces.append([])
        pieces[-1].append(word)
    return [" ".join(piece) for piece in pieces]


def _paired(parts: list[str]) -> list[str]:
    """Initials to the surname before them; without any, single Western words alternate."""
    if not any(_is_initials(part) or _is_bare(parts, i) for i, part in enumerate(parts)):
        alternate = len(parts) % 2 == 0 and all(
            " " not in part and "," not in part and not _HAN.search(part) for part in parts
        )
        if not alternate or len(parts) < 2:
            return parts
        return [f"{parts[i]} {parts[i + 1]}" for i in range(0, len(parts), 2)]
    found: list[str] = []
    for i, part in enumerate(parts):
        initials = _is_initials(part) or _is_bare(parts, i)
        if initials and found and not _HAN.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def _is_bare(parts: list[str], i: int) -> bool:
    """Initials without stops, after a surname that is not in capitals itself."""
    return i > 0 and bool(_BARE_INITIALS.fullmatch(parts[i])) and not parts[i - 1].isupper()
