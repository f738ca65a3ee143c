"""What a page of the similar-literature family is known by: its fixed texts, and its links.

Nothing else is looked for: what the markup is like is not known.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from spiders.pages.addresses import Target, form_of, target_in_form
from spiders.pages.profile import Addresses
from spiders.pages.spacing import trimmed
from spiders.pages.stream import Span, Stream, lines_of

KIN = "相似文献"
TOTAL = re.compile(
    r"共\s?查询到\s*(\d[\d,，]{0,11})\s*条\s*相似\s?文献"
    r"(?:\s*[,，、;；.。]?\s*搜索\s?用时\s*[:：]?\s*(\d[\d,，]{0,11})(?:\.\d{1,6})?\s*毫秒)?"
)
PDF = re.compile(r"下载\s?免费\s?(?i:PDF)\s?全文")
HEADER_WORDS = ("高级检索", "本学科首页", "官方微博", "官方网站", "微博", "首页")
RANK = re.compile(r"[\[［(（【第]?\s*(\d{1,4})\s*[\]］)）】]?\s*([.．、:：]?)\s*[条篇]?")
"""A rank alone on its line."""
RANK_BEFORE = re.compile(
    r"[\[［(（【]?(\d{1,4})\s?(?:[\]］)）】]\s*[.．、]?|[.．、])(?:\s*(?=[^\d\s])|\s+(?=\d))"
)
"""A rank before a title on one line."""
_KIN_TEXT = re.compile(rf"{KIN}[\]］】)）]?[^\S\n]*(?:[>»›]{{1,3}}[^\S\n]*)?(?=\n|\Z)")
_BEFORE_KIN = frozenset(".。!！?？;；)）]】”\"'…|")
"""What may stand right before the words, where it is not white space."""
_FOOT_WORD = r"(?:设为首页|免责声明|加入收藏|关于[^\s|｜·。,，:：]{1,10})"
_OWNER = r"(?:copyright|版权所有)\s*(?:©|\(c\)|（c）|\d{4})|©\s*\S"
_FOOT_LINE = re.compile(
    rf"[|｜·\s]*(?:(?:设为首页|免责声明|加入收藏)(?:[\s|｜·]|\Z)|关于[^\s|｜·。,，:：]{{1,10}}\s*[|｜·])"
    rf"|[|｜·\s]*{_FOOT_WORD}\s*\Z|{_OWNER}|[\u4e00-\u9fff]\s?ICP\s?[备证]",
    re.IGNORECASE,
)
"""What may open a footer, and an abstract's paragraph as well: ``Copyright © 2017 …``."""
_OWNER_LINE = re.compile(_OWNER, re.IGNORECASE)
_LICENCE = re.compile(r"[\u4e00-\u9fff]\s?ICP\s?[备证]\s?(?:字\s?)?(?:第\s?)?\d{4}", re.IGNORECASE)
_FIXED = "设为首页|免责声明|加入收藏"
_FOOT_NAME = rf"(?:{_FIXED}|关于\w{{1,10}}?)(?=\W|\Z|{_FIXED}|关于|(?i:copyright))"
_FOOT_NAMES = re.compile(rf"[^\w、，,。]*{_FOOT_NAME}(?:[^\w、，,。]*{_FOOT_NAME})+")
"""Two of the words in a row, and no sentence about them."""
_FOOT_LOOKED_AT = 300
_FOOT_LINES = 50_000
"""So many lines behind the last record are looked at; no page has so many."""
_FOOT_PARAGRAPH = 120
"""A longer line is a paragraph."""
_CLOSING = re.compile(r"[\s\]］】)）|｜>»›]*")


class Kin(NamedTuple):
    """The words that end a record, and where they link to."""

    start: int
    end: int
    href: str | None = None
    target: Target | None = None


class Title(NamedTuple):
    """A link to an article's page."""

    start: int
    end: int
    href: str
    target: Target


@dataclass(slots=True)
class Landmarks:
    """Where on a page what stands; positions are places in the stream's text."""

    total: re.Match[str] | None = None
    head_end: int = 0
    """Where the records begin."""
    kins: list[Kin] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    foot: int | None = None
    """Where the footer begins. None: there is none."""
    end: int = 0
    """Where the records end: at the footer, or with the page."""

    @property
    def stated_total(self) -> int | None:
        """How many records the page says it has."""
        return _number(self.total[1]) if self.total else None

    @property
    def stated_ms(self) -> int | None:
        """How long the page says the search took, in milliseconds."""
        return _number(self.total[2]) if self.total else None


def landmarks_of(stream: Stream, addresses: Addresses) -> Landmarks:
    """The landmarks of a result page; of any other page, few or none."""
    similar, article = _targets(stream.links, addresses)
    marks = Landmarks(total=_total(stream.text, article))
    marks.head_end = _head_end(stream.text, marks.total, article)
    marks.kins = _kins(stream, similar, marks.head_end)
    after = marks.kins[-1].end if marks.kins else marks.head_end
    marks.foot = foot_of(stream.text, after)
    marks.end = len(stream.text) if marks.foot is None else marks.foot
    marks.titles = [
        title
        for title in _joined(stream.text, article)
        if marks.head_end <= title.start < marks.end and _is_title(stream.text, title)
    ]
    return marks


def _targets(links: tuple[Span, ...], addresses: Addresses) -> tuple[list[Kin], list[Title]]:
    similar, article = [], []
    named, form = f"{addresses.native_id}=", form_of(addresses)
    for start, end, href in links:
        if named not in href and named not in href.lower() and "%" not in href:
            continue
        target = target_in_form(href, form)
        if target is None:
            continue
        if target.kind == "similar":
            similar.append(Kin(start, end, href, target))
        else:
            article.append(Title(start, end, href, target))
    return similar, article


def _total(text: str, article: list[Title]) -> re.Match[str] | None:
    """The stated total: at the start of its line or after the header's words, above all records;
    an abstract may hold the same words."""
    for match in TOTAL.finditer(text):
        if article and article[0].end < match.start():
            return None
        before = text[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
        if not trimmed(before) or any(word in before for word in HEADER_WORDS):
            return match
    return None


def _head_end(text: str, total: re.Match[str] | None, article: list[Title]) -> int:
    if total:
        return total.end()
    limit = article[0].start if article else min(len(text), 2000)
    end = 0
    for word in HEADER_WORDS[:4]:
        at = text.rfind(word, 0, limit)
        end = max(end, at + len(word) if at >= 0 else 0)
    return end


def _kins(stream: Stream, similar: list[Kin], head_end: int) -> list[Kin]:
    """Every place that ends a record: the links with the words, or where no link has them every
    link to a list of kin; and the words without a link, at the end of a line."""
    text = stream.text
    links = [kin for kin in similar if kin.start >= head_end]
    worded = [kin for kin in links if KIN in "".join(text[kin.start : kin.end].split())]
    chosen = worded or links
    starts = [kin.start for kin in chosen]
    plain = []
    for match in _KIN_TEXT.finditer(text, head_end):
        start = match.start() - (text[match.start() - 1 : match.start()] in tuple("[［【(（"))
        near = bisect_left(starts, match.end())
        linked = near > 0 and chosen[near - 1].end > start
        before = text[start - 1 : start]
        if linked or not (before in _BEFORE_KIN or trimmed(before) == ""):
            continue
        if not chosen or _stands_apart(text, start):
            plain.append(Kin(start, match.end()))
    return sorted(chosen + plain) if plain else chosen


def _stands_apart(text: str, at: int) -> bool:
    """Whether a place begins its line, or follows a gap as layout makes it."""
    before = text[max(0, at - 40) : at]
    line = before.rpartition("\n")[2]
    return before.endswith(("\xa0", "  ")) or (line != before and not trimmed(line))


def _joined(text: str, article: list[Title]) -> Iterator[Title]:
    """Links to one article side by side are one: a title may be cut into several."""
    held: Title | None = None
    for title in article:
        between = text[held.end : title.start] if held else ""
        if held and held.href == title.href and not trimmed(between) and "\n" not in between:
            held = held._replace(end=title.end)
            continue
        if held:
            yield held
        held = title
    if held:
        yield held


def _is_title(text: str, title: Title) -> bool:
    words = trimmed(text[title.start : title.end])
    return bool(words) and not (
        RANK.fullmatch(words) or PDF.fullmatch(words) or words == KIN or len(words) < 2
    )


def foot_of(text: str, after: int) -> int | None:
    """Start of the footer behind the last record.

    It is known by what only a footer has: two of its words, or the licence. A line that an
    abstract's paragraph could open with as well, such as ``Copyright © 2017``, is the footer's
    where no paragraph follows it, and nothing else names the owner.
    """
    word: int | None = None
    owner: int | None = None
    for start, end in islice(lines_of(text, after), _FOOT_LINES):
        line = trimmed(text[start : min(end, start + _FOOT_LOOKED_AT)])
        opens = "。" not in line and _FOOT_LINE.match(line) is not None
        owns = _OWNER_LINE.match(line) is not None
        if _is_foot(line) or (opens and not owns and word is not None):
            start = start if word is None else word
            return start if owner is None or _is_owned(text, start) else min(start, owner)
        if end - start > _FOOT_PARAGRAPH:
            word = owner = None
        elif owns:
            owner = start
        elif opens:
            word = start
    found = [start for start in (word, owner) if start is not None]
    return min(found, default=None)


def _is_foot(line: str) -> bool:
    """Whether a line is a footer's beyond doubt."""
    if _LICENCE.match(line) or (_OWNER_LINE.match(line) and _LICENCE.search(line)):
        return True
    return _FOOT_NAMES.match(line) is not None


def _is_owned(text: str, start: int) -> bool:
    """Whether the lines from here on say whose the site is."""
    return any(
        _OWNER_LINE.search(text, at, min(end, at + _FOOT_LOOKED_AT))
        for at, end in islice(lines_of(text, start), _FOOT_LINES)
    )


def past_closing(text: str, at: int) -> int:
    """Where the next record may begin: past what closes a link, such as ``]``."""
    match = _CLOSING.match(text, at)
    return match.end() if match else at


def _number(digits: str | None) -> int | None:
    return int(digits.replace(",", "").replace("，", "")) if digits else None
