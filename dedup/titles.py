"""Titles: how alike two are, and what tells works of like titles apart."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from dedup.recurring import RECURRING, may_recur
from dedup.text import plain, tokens

_ANNEX = re.compile(
    r"\s*\.*\s*[\[(【]\s*(?:(?:in )?(?:article|review|editorial|letter|abstract|poster|comment"
    r"|chinese|english|french|german|spanish|japanese|russian|italian|portuguese|polish|turkish"
    r"|korean|dutch|corrected|unpublished|online first|in press|author abstract|\w+ text"
    r"|electronic resource|see comments?|期刊论文|学位论文|会议论文|论文|综述|英文|中文)"
    r"|(?:published )?(?:erratum|correction|corrected|comment|retraction)"
    r" (?:appears |published )?in\b[^\n]*)\s*[\])】]+\s*\.?\Z"
)
_SESSION = re.compile(
    r"\s*\((?:(?:panel|tutorial|demo|demonstration|poster|invited|keynote|extended|industrial)"
    r"(?:\s+(?:session|abstract|paper|talk|lecture|track))?|abstract)\)"
)
_NOTICE = re.compile(
    r"\b(?:errat(?:um|a)|corrigend(?:um|a)|correction|corrections|retraction|retracted|withdrawn"
    r"|expression of concern|addendum|publisher'?s note|author'?s reply|reply|repl(?:y|ies) to"
    r"|response to|comment(?:ary|s)? on|comment|rejoinder|author response)\b"
    r"|更正|勘误|刊误|撤稿|撤回|致歉声明|答复|商榷"
)
_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {name: str(number) for number, name in enumerate(_NUMERALS.split(), 1)}
NUMERALS = {name: digits for name, digits in _ROMAN.items() if len(name) > 1}
"""Roman numerals of several letters, which a title's tokens give as digits."""
_CHINESE_NUMBER = {name: str(number) for number, name in enumerate("一二三四五六七八九十", 1)}
_PLACES = {"上": "1", "中": "2", "下": "3"}
_PART = re.compile(
    r"(?:[:：.,;]|\s-|[\u2014\u2013])\s*([ivx]+|\d{1,2})\s*[.:：](?:\s+\w|(?=[\u3400-\u9fff]))"
    r"|\b(?:part|pt|parts|section|chapter|volume|vol|no|number|issue|episode|phase|series|release"
    r"|version|edition|paper|report|letter)(?:\.\s*|\s+|(?=\d))"
    r"([ivx]+|\d+|one|two|three|four|five)\b"
    r"|第\s*([一二三四五六七八九十\d]+)\s*(?:部分|部|章|卷|辑|期|批|次|篇|讲|报|号)"
    r"|[(（]\s*(?:之)?([一二三四五六七八九十上中下]|[ivx]+|\d{1,2})\s*[)）]\s*(?=\Z|[:：.])"
    r"|(?:\s|[:：.,-])([ivx]+|[1-9])\s*\.?\Z|之([一二三四五六七八九十])\Z"
)
_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
PART_WORDS = frozenset([*_WORDS, "第", "之"])
"""Without one of these, a digit, a Roman numeral or a bracket a title names no part."""
SESSION_WORDS = frozenset(
    """
    abstract demo demonstration extended industrial invited keynote panel poster tutorial
    """.split()
)
"""First in a bracket, wherever it stands in a title, that is no part of it."""
ANNEX_WORDS = frozenset(
    """
    article author chinese comment corrected correction dutch editorial electronic english erratum
    french german in italian japanese korean letter online polish portuguese poster published
    retraction review russian see spanish text turkish unpublished abstract 期 学 会 论 综 英 中
    """.split()
)
"""One of them is first in a bracket that ends a title and is no part of it, or last (``text``)."""
NOTICE_WORDS = frozenset(
    """
    addendum comment commentaries commentary comments concern corrected correction corrections
    corrigenda corrigendum errata erratum note rejoinder replies reply response retracted retraction
    withdrawn 更正 勘误 刊误 撤稿 撤回 致歉 答复 商榷
    """.split()
)
"""Without one of these a title is no notice."""
_NUMBER = re.compile(r"\d+")
_SIMPLE = re.compile(r"""[A-Za-z0-9 ,.:;'"?!/+-]*""")
"""A title that has nothing to fold but its letters' case, unless it breaks a word."""
_NONE: frozenset[str] = frozenset()
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


_LONGEST = 1000
"""Characters of a title that are read: a longer one is something else in a title's place."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title, folded. Without any token: absent."""

    tokens: tuple[str, ...] = ()
    notice: bool = False
    """An erratum, a reply, a comment: a work about another work."""
    part: str = ""
    """Number of a part, as digits; empty: the title names none."""
    compact: str = field(init=False, repr=False, compare=False)
    """Its tokens without the spaces between them."""
    latin: bool = field(init=False, repr=False, compare=False)
    """Whether most of it is written in Latin letters and digits."""
    numbers: tuple[str, ...] = field(init=False, repr=False, compare=False)
    weight: float = field(init=False, repr=False, compare=False)
    """How much an equal title says, 0 to 1: little for a short one, nothing for a generic."""

    def __post_init__(self) -> None:
        compact = "".join(self.tokens)
        ascii_letters = (
            len(compact)
            if compact.isascii()
            else sum([len(token) for token in self.tokens if token.isascii()])
        )
        spaced = " ".join(self.tokens)
        # A frozen record that knows what follows from it, once and not at every comparison.
        known = object.__setattr__
        known(self, "compact", compact)
        known(self, "latin", 2 * ascii_letters >= len(compact))
        known(self, "numbers", () if compact.isalpha() else tuple(_NUMBER.findall(spaced)))
        says = compact and compact not in GENERIC and not compact.isdigit()
        says = says and not (self._may_recur() and RECURRING.search(spaced))
        known(self, "weight", _weight(compact, ascii_letters) if says else 0.0)

    def _may_recur(self) -> bool:
        return not self.compact.isascii() or may_recur(self.tokens)


def _weight(compact: str, ascii_letters: int) -> float:
    return min(1.0, (ascii_letters + 3 * (len(compact) - ascii_letters)) / 30)


def fold_title(title: str | None) -> Title:
    """
    >>> fold_title("Ｏn Ants, Part II [Article]"), fold_title("勘误").notice
    (Title(tokens=('on', 'ants', 'part', '2'), notice=False, part='2'), True)
    """
    return _folded((title or "")[:_LONGEST])


@lru_cache(maxsize=1 << 12)
def _folded(title: str) -> Title:
    text = _bare(title)
    read = tokens(text)
    foreign = not text.isascii()
    notice = (foreign or not NOTICE_WORDS.isdisjoint(read)) and _NOTICE.search(text) is not None
    part = _part(text) if foreign or _may_name_a_part(text, read) else ""
    return Title(_counted_alike(read), notice, part)


def title_tokens(title: str | None) -> tuple[str, ...]:
    """Of `fold_title`, by themselves.

    >>> title_tokens("On Ants, Part II [Article]")
    ('on', 'ants', 'part', '2')
    """
    return _counted_alike(tokens(_bare((title or "")[:_LONGEST])))


def _bare(title: str) -> str:
    """A title's text, plain, without what is no part of it."""
    if _SIMPLE.fullmatch(title) and "- " not in title:
        return " ".join(title.lower().split()).strip(" .")
    text = " ".join(plain(title).split())
    if "(" in text:
        text = _SESSION.sub("", text)
    for _ in range(3):
        if text.rstrip(" .").endswith((")", "]", "】")):
            text = _ANNEX.sub("", text)
        text = text.strip(" .*†‡")
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1:
        text = text[1:-1]
    return text


def _counted_alike(words: list[str]) -> tuple[str, ...]:
    """Tokens with their Roman numerals as digits."""
    if NUMERALS.keys().isdisjoint(words):
        return tuple(words)
    return tuple([NUMERALS.get(word, word) for word in words])


def _may_name_a_part(text: str, words: list[str]) -> bool:
    """Of a title in ASCII: see `PART_WORDS`."""
    if not PART_WORDS.isdisjoint(words) or _NUMBER.search(text):
        return True
    return "" in [word.strip("ivx") for word in words]


def _part(text: str) -> str:
    found = list(_PART.finditer(text))
    if not found:
        return ""
    name = next(group for group in found[-1].groups() if group)
    for names in (_ROMAN, _CHINESE_NUMBER, _PLACES, _WORDS):
        name = names.get(name, name)
    return name.lstrip("0") or "0"


MISSPELT = 0.6
"""Likeness by equal words from which the others are looked at for misspellings."""


WITHOUT_ITS_END, WITHOUT_ITS_BEGINNING, REORDERED = 0.95, 0.9, 0.95
"""Likeness of a title and the same one without some of it, or with its words in another order."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two titles word by word."""

    likeness: float
    unmet: tuple[list[str], list[str]] | None = None
    """The words of each that have no counterpart in the other, misspellings apart. None: one is
    the other, its beginning or end, or its words in another order."""

    @property
    def names_different_things(self) -> bool:
        """Whether each of two like titles has a word of substance in place of the other's: a form
        that is filled in anew for every place, species or patient."""
        if self.unmet is None or not 0.5 <= self.likeness < 0.9:
            return False
        return all(sum(map(_substance, words)) > 3 for words in self.unmet)


def align(a: Title, b: Title) -> Alignment | None:
    """What two titles have in common. None: one is absent, or they are in different scripts."""
    if not a.tokens or not b.tokens or a.latin != b.latin:
        return None
    if a.compact == b.compact:
        return Alignment(1.0)
    shorter, longer = sorted((a, b), key=lambda title: (len(title.compact), title.tokens))
    if shorter.weight >= 0.6:
        if longer.compact.startswith(shorter.compact):
            return Alignment(WITHOUT_ITS_END)
        if longer.compact.endswith(shorter.compact) and 3 * len(shorter.compact) > len(
            longer.compact
        ):
            return Alignment(WITHOUT_ITS_BEGINNING)
    letters = len(a.compact) + len(b.compact)
    surplus = _surplus(shorter.tokens, longer.tokens), _surplus(longer.tokens, shorter.tokens)
    if not any(surplus):
        return Alignment(REORDERED)
    found = 1 - sum(map(len, chain(*surplus))) / letters
    if found < MISSPELT:
        return Alignment(found, surplus)
    unmet = _unmet(*surplus)
    return Alignment(1 - sum(map(len, chain(*unmet))) / letters, unmet)


def likeness(a: Title, b: Title) -> float | None:
    """0 to 1: 1 for equal titles, 0.95 where one is the other without its end or with its words in
    another order, 0.9 without its beginning, else the share of letters in words (in characters,
    where words are not written apart) that have a counterpart. None: one is absent, or they are
    in different scripts.

    >>> likeness(fold_title("Ants of the far north"), fold_title("Ants of the far nort, again"))
    0.868421052631579
    """
    found = align(a, b)
    return None if found is None else found.likeness


def _unmet(mine: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """The words of each title that have no counterpart in the other, misspellings apart."""
    theirs = list(theirs)
    pairs = [_letter_pairs(token) for token in theirs]
    known = _NONE.union(*pairs)
    left = []
    for token in mine:
        place = _misspelling(_letter_pairs(token), pairs, known)
        if place is None:
            left.append(token)
        else:
            del theirs[place], pairs[place]
    return left, theirs


def _surplus(tokens: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """Tokens that the other list lacks, as often as it lacks them."""
    if len(set(tokens)) == len(tokens):
        lacking = set(tokens).difference(others)
        return [token for token in tokens if token in lacking]
    here, there = _counted(tokens), _counted(others)
    return [token for token, count in here.items() for _ in range(count - there.get(token, 0))]


def _counted(tokens: tuple[str, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
    return counts


def _substance(word: str) -> int:
    if not word.isascii():
        return 2 * len(word)
    return len(word) if len(word) > 3 else 0


@lru_cache(maxsize=1 << 14)
def _letter_pairs(word: str) -> frozenset[str]:
    """Neighbouring letters; of a word that is too short to tell a misspelling by: none."""
    return frozenset(word[i : i + 2] for i in range(len(word) - 1)) if len(word) > 3 else _NONE


def _misspelling(
    pairs: frozenset[str], others: Sequence[frozenset[str]], known: frozenset[str]
) -> int | None:
    """Place of the first word that is a spelling of the same: most letter pairs agree.

    `known` are the pairs of all the others. A word of which they hold less than three in seven
    agrees with none, as no word shares more pairs than it has.
    """
    if not pairs or 7 * len(pairs & known) < 3 * len(pairs):
        return None
    for place, other in enumerate(others):
        if pairs.isdisjoint(other):
            continue
        if 2 * len(pairs & other) >= 0.6 * (len(pairs) + len(other)):
            return place
    return None


def name_different_things(a: Title, b: Title) -> bool:
    """See `Alignment.names_different_things`.

    >>> name_different_things(fold_title("Rain in Peru, 2001"), fold_title("Rain in Chile, 2001"))
    True
    """
    found = align(a, b)
    return found is not None and found.names_different_things


def numbers_differ(a: Title, b: Title) -> bool:
    """Whether each of two titles has a number that the other lacks: two of a series.

    >>> numbers_differ(fold_title("Rain in 1990"), fold_title("Rain in 1991"))
    True
    """
    if not a.numbers or not b.numbers or a.numbers == b.numbers:
        return False
    first, second = Counter(a.numbers), Counter(b.numbers)
    return bool(first - second) and bool(second - first)


def parts_differ(a: Title, b: Title) -> bool:
    """Whether two titles name different parts, or one names a part of what the other names whole.

    >>> parts_differ(fold_title("On ants (II)"), fold_title("On ants"))
    True
    """
    if a.compact == b.compact:
        return False
    if a.part and b.part:
        return a.part != b.part
    whole, part = (a, b) if b.part else (b, a)
    return bool(part.part) and bool(whole.tokens) and part.compact.startswith(whole.compact)
