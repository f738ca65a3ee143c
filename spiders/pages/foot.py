"""The foot of a page, who runs the site, and the links at its head."""

import re
from bisect import bisect_left
from itertools import islice

from records import Footer, Link
from spiders.pages.addresses import absolute
from spiders.pages.landmarks import HEADER_WORDS, KIN
from spiders.pages.spacing import one_line, trimmed
from spiders.pages.stream import Span, Stream

LICENCE = re.compile(
    r"([\u4e00-\u9fff])\s?ICP\s?([备证])\s?(?:字\s?)?(?:第\s?)?(\d{4,12})\s?号(?:\s?-\s?(\d{1,4}))?",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"(?:copyright|版权所有)\s*(?:©|\(c\)|（c）|℗)?\s*|(?:©|\(c\)|（c）)\s*", re.IGNORECASE
)
_YEARS = re.compile(r"(?:(?:19|20)\d\d\s?年?\s?[-–—~～至,，]?\s?){1,3}(?:by\s)?", re.IGNORECASE)
_OWNER_END = re.compile(r"[ \xa0\u3000]{2,}|[|｜\n]|版权所有|all\s+rights|\.\s|。", re.IGNORECASE)
_LINE = 400
_SEPARATOR = re.compile(r"\s*[|｜]\s*|[\s\xa0\u3000]{2,}")

PROVINCES = {
    "京": "北京", "津": "天津", "沪": "上海", "渝": "重庆", "冀": "河北", "晋": "山西",
    "蒙": "内蒙古", "辽": "辽宁", "吉": "吉林", "黑": "黑龙江", "苏": "江苏", "浙": "浙江",
    "皖": "安徽", "闽": "福建", "赣": "江西", "鲁": "山东", "豫": "河南", "鄂": "湖北",
    "湘": "湖南", "粤": "广东", "桂": "广西", "琼": "海南", "川": "四川", "蜀": "四川",
    "贵": "贵州", "黔": "贵州", "云": "云南", "滇": "云南", "藏": "西藏", "陕": "陕西",
    "秦": "陕西", "甘": "甘肃", "陇": "甘肃", "青": "青海", "宁": "宁夏", "新": "新疆",
    "港": "香港", "澳": "澳门", "台": "台湾",
}  # fmt: skip
"""Province of a licence by the character before ICP."""


def footer_of(stream: Stream, start: int | None, base: str | None) -> Footer | None:
    """What stands from ``start`` to the end of the page; None where there is no footer."""
    if start is None:
        return None
    raw = stream.text[start:]
    licence = LICENCE.search(raw)
    return Footer(
        operator=_operator(raw, licence),
        licence=_licence(licence) if licence else None,
        province=PROVINCES.get(licence[1]) if licence else None,
        links=_links(stream, start, len(stream.text), base),
        text=one_line(raw),
    )


def _licence(match: re.Match[str]) -> str:
    number = f"{match[1]}ICP{match[2]}{match[3]}号"
    return f"{number}-{match[4]}" if match[4] else number


def _operator(raw: str, licence: re.Match[str] | None) -> str | None:
    for owner in islice(_OWNER.finditer(raw), 10):
        end = licence.start() if licence and licence.start() >= owner.end() else len(raw)
        name = trimmed(raw[owner.end() : min(end, owner.end() + _LINE)])
        years = _YEARS.match(name)
        name = trimmed(name[years.end() :]) if years else name
        stop = _OWNER_END.search(name)
        name = one_line(name[: stop.start()] if stop else name)
        if name and len(name) <= 100:
            return name
    return None


def navigation_of(stream: Stream, end: int, base: str | None) -> tuple[Link, ...]:
    """The links above the records; of flattened text, the words that were links."""
    found = _links(stream, 0, end, base)
    return tuple(link for link in found if link.text != KIN)


def _links(stream: Stream, start: int, end: int, base: str | None) -> tuple[Link, ...]:
    spans = _within(stream.links, start, end)
    if spans:
        return tuple(
            Link(text=text, url=absolute(span.href, base))
            for span in spans
            if (text := one_line(stream.text[span.start : span.end]))
        )
    words = [
        one_line(word)
        for line in stream.text[start:end].split("\n")
        if "|" in line or "｜" in line or trimmed(line) in HEADER_WORDS
        for word in _SEPARATOR.split(trimmed(line))
    ]
    return tuple(Link(text=word, url=None) for word in words if word)


def _within(links: tuple[Span, ...], start: int, end: int) -> list[Span]:
    return [*links[bisect_left(links, (start,)) : bisect_left(links, (end,))]]
