"""Titles: how alike two are, and what tells works of like titles apart."""

import re
from dataclasses import dataclass

from dedup.text import plain, tokens

_ANNEX = re.compile(
    r"\s*[\[(（【]\s*(?:in )?(?:article|review|editorial|letter|abstract|poster|comment|chinese"
    r"|english|french|german|spanish|japanese|russian|italian|portuguese|polish|turkish|korean"
    r"|corrected|unpublished|online first|in press|(?:author )?abstract|\w+ text)"
    r"\s*[\])）】]\s*\.?\Z"
)
_NOTICE = re.compile(
    r"\b(?:errat(?:um|a)|corrigend(?:um|a)|correction|corrections|retraction|retracted|withdrawn"
    r"|expression of concern|addendum|publisher'?s note|author'?s reply|reply|repl(?:y|ies) to"
    r"|response to|comment(?:ary|s)? on|comment|rejoinder|author response)\b"
    r"|更正|勘误|刊误|撤稿|撤回|致歉声明|答复|商榷"
)
_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {name: str(number) for number, name in enumerate(_NUMERALS.split(), 1)}
_CHINESE_NUMBER = {name: str(number) for number, name in enumerate("一二三四五六七八九十", 1)}
_PLACES = {"上": "1", "中": "2", "下": "3"}
_PART = re.compile(
    r"\b(?:part|pt|parts|section|chapter|volume|vol|no|number|issue|episode|phase|series|release"
    r"|version|edition|paper|report|letter)\.?\s*([ivx]+|\d+|one|two|three|four|five)\b"
    r"|第\s*([一二三四五六七八九十\d]+)\s*(?:部分|部|章|卷|辑|期|批|次|篇|讲|报|号)"
    r"|[(（]\s*(?:之)?([一二三四五六七八九十上中下]|[ivx]+|\d{1,2})\s*[)）]\s*(?=\Z|[:：.])"
    r"|(?:\s|[:：.,-])([ivx]+|[1-9])\s*\.?\Z|之([一二三四五六七八九十])\Z"
)
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_NUMBER = re.compile(r"\d+")
_GENERIC_NAMES = """
    abstract abstracts acknowledgement acknowledgements announcement announcements appendix
    backmatter bookreview bookreviews calendar callforpapers commentary comment contents
    contributors correspondence corrigendum cover discussion editorial editorialboard
    editorialnote editorialpreface editorscomments editorsnote editorsnotes erratum errata foreword
    frontcover frontmatter guesteditorial guesteditorsintroduction inmemoriam inthisissue
    inbrief index instructionsforauthors introduction introductiontothespecialissue letter letters
    letterstotheeditor lettertotheeditor masthead news newsandviews newsbriefs note notes obituary
    overview panel preface prologue publishersnote reply response reviewers reviews researchnotes
    specialissue subjectindex summary tableofcontents titlepage untitled volumecontents welcome
    messagefromthechair messagefromtheeditor bookreviewed authorindex notitle
    前言 序言 目录 编者按 书评 简讯 消息 卷首语 征稿启事 征稿简则 编辑部 启事 通知 补白 致谢 封面
    封底 广告 讣告 会讯 动态 后记 引言 绪论 导言 主编寄语 本刊启事 投稿须知
"""
GENERIC = frozenset(_GENERIC_NAMES.split())


@dataclass(frozen=True, slots=True)
class Title:
    """A title, folded. Without any token: absent."""

    tokens: tuple[str, ...] = ()
    notice: bool = False
    """An erratum, a reply, a comment: a work about another work."""
    part: str = ""
    """Number of a part, as digits; empty: the title names none."""

    @property
    def compact(self) -> str:
        return "".join(self.tokens)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(sorted(token for token in self.tokens if _NUMBER.search(token)))

    @property
    def weight(self) -> float:
        """How much an equal title says, 0 to 1: little for a short one, nothing for a generic."""
        compact = self.compact
        if not compact or compact in GENERIC or compact.isdigit():
            return 0.0
        letters = sum(len(token) if token.isascii() else 3 * len(token) for token in self.tokens)
        return min(1.0, letters / 30)


def fold_title(title: str | None) -> Title:
    """
    >>> fold_title("Ｏn Ants, Part II [Article]"), fold_title("勘误").notice
    (Title(tokens=('on', 'ants', 'part', '2'), notice=False, part='2'), True)
    """
    text = " ".join(plain(title or "").split())
    text = _ANNEX.sub("", text).strip(" .*†‡")
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1:
        text = text[1:-1]
    part = _part(text)
    words = tuple(_ROMAN.get(word, word) if part else word for word in tokens(text))
    return Title(words, _NOTICE.search(text) is not None, part)


def _part(text: str) -> str:
    found = list(_PART.finditer(text))
    if not found:
        return ""
    name = next(group for group in found[-1].groups() if group)
    for names in (_ROMAN, _CHINESE_NUMBER, _PLACES, _WORDS):
        name = names.get(name, name)
    return name.lstrip("0") or "0"


def likeness(a: Title, b: Title) -> float | None:
    """0 to 1: 1 for equal titles, 0.95 where one is the other without its end, else the Dice
    coefficient of their letters' trigrams. None: one is absent.

    >>> likeness(fold_title("On ants"), fold_title("On ants: a study of bees")) is None
    False
    """
    first, second = a.compact, b.compact
    if not first or not second:
        return None
    if first == second:
        return 1.0
    dice = _dice(first, second)
    shorter, longer = sorted((a, b), key=lambda title: len(title.tokens))
    begins = longer.tokens[: len(shorter.tokens)] == shorter.tokens
    if begins and shorter.weight >= 0.7:
        return max(0.95, dice)
    return dice


def _dice(first: str, second: str) -> float:
    grams_a, grams_b = _grams(first), _grams(second)
    return 2 * len(grams_a & grams_b) / (len(grams_a) + len(grams_b))


def _grams(text: str) -> set[str]:
    size = 3 if text.isascii() else 2
    return {text[i : i + size] for i in range(max(1, len(text) - size + 1))}
