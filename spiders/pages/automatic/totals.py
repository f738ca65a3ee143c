"""How many records a page says there are, and which of them it says it shows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spiders.pages.automatic.tree import Tree

_NUMBER = r"\d{1,3}(?:[,.，'’\u00a0\u202f\u2009 ]\d{3})+(?!\d)|\d{1,10}"
_ABOUT = (
    r"(?:about|around|approximately|ungefähr|etwa|environ|aproximadamente|circa|cerca de|около"
    r"|大约|约|約)"
)
_THINGS = (
    r"(?:(?:search|matching|total|such)\s)?(?:results?|records?|items?|hits?|matches|documents?"
    r"|articles?|entries|titles?|publications?|papers?|products?|books?|works|listings?|topics?"
    r"|résultats?|notices|ergebnisse?n?|treffern?|einträgen?|resultados?|registros|risultat[oi]"
    r"|resultaten|resultater|träffar|wyników|результат\w*|найдено|sonuç)"
)
_COUNTED = r"(?:条|項|项|个|個|篇|件|本|筆|笔|册|건|개)"
_RANGE = re.compile(
    rf"(?<![\d.,/-])(?P<first>{_NUMBER})\s*(?:[-–—‒~～至到]|to|bis|à|al?|до)\s*(?P<last>{_NUMBER})"
    rf"(?:\s*{_THINGS})?\s*(?:[,，/／（(]\s*)?"
    rf"(?:\bof\b|\bout of\b|\bvon\b|\bsur\b|\bde\b|\bdi\b|\bvan\b|\bav\b|\baf\b|\bиз\b|\bz\b"
    rf"|total(?:\s*of)?:?|/|共|全|件中)\s*(?:{_ABOUT}\s*|a total of\s*|over\s*|more than\s*)?"
    rf"(?P<total>{_NUMBER})(?![\d.%])",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"(?<![\d.,$€£¥/-])(?P<total>{_NUMBER})\+?\s*(?:\w+\s)?{_THINGS}\b", re.IGNORECASE
)
_BEFORE = re.compile(
    rf"\b{_THINGS}\b(?:\s(?:found|in total))?\s*[:：(（]\s*{_ABOUT}?\s*(?P<total>{_NUMBER})"
    r"(?!\s*[-–/]\s*\d)"
    rf"|\b(?:found|returned|total(?:\s*of)?|showing all|hits)\s*[:：]?\s*{_ABOUT}?\s*"
    rf"(?P<other>{_NUMBER})\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    rf"(?:找到|共|查询到|搜索到|检索到|查到|命中|总计|合计|约|約|为您|得到)[^\d。，,；;]{{0,12}}"
    rf"(?P<total>{_NUMBER})\s*(?:{_COUNTED}|$)"
    rf"|(?:结果|結果|记录|記錄|文献|문서|検索結果)\s*[:：]?\s*(?:{_ABOUT}|共)?\s*(?P<other>{_NUMBER})\s*{_COUNTED}?"
    rf"|(?P<third>{_NUMBER})\s*{_COUNTED}\s*(?:的|之)?\s*(?:相关|搜索|检索|符合)?\s*(?:结果|結果|记录|記錄|文献|검색)",
)
_ESTIMATED = re.compile(
    rf"(?:{_ABOUT}|\b(?:over|more than|at least|mehr als|über|plus de|más de|ca\.?)|[~≈>]"
    r"|超过|超過|多于|不少于)\s*$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(\d{1,5}(?:[.,]\d{1,6})?)\s*(ms\b|msec|milliseconds?|毫秒|s\b|sec\b|seconds?|secondes?|sekunden?|秒)",
    re.IGNORECASE,
)
_ZERO = re.compile(
    rf"(?<![\d.,])0\s*{_THINGS}\b|\b(?:no|keine|aucune?|nessun|sin|nenhum)\s{_THINGS}\b"
    rf"|did not match any|(?:没有|未|沒有)(?:找到|搜索到|检索到|查询到)[^。]{{0,20}}"
    rf"(?:结果|記錄|记录|文献|内容|信息)|共\s*(?:找到|检索到|查询到)?\s*0\s*{_COUNTED}",
    re.IGNORECASE,
)
_AROUND = 4
"""So many elements around a text are looked at with it."""
_LONGEST = 300
"""A longer text is no statement of a total."""


def statements(tree: Tree, blocks: Sequence[int]) -> Iterator[str]:
    """The short texts around the nodes of the records that are no link alone: of each element that
    holds little else, each once."""
    inside = bytearray(len(tree.tag))
    above = {-1}
    for node in blocks:
        inside[node : tree.end[node]] = b"\1" * (tree.end[node] - node)
        while (node := tree.parent[node]) not in above:
            above.add(node)
    seen: set[int] = set()
    for leaf, text in enumerate(tree.text):
        if not text or inside[leaf] or tree.link[leaf] >= 0:
            continue
        node = leaf
        for _ in range(_AROUND):
            if node in seen or node in above or tree.weight(node) > _LONGEST:
                break
            seen.add(node)
            yield tree.text_of(node).replace("\n", " ")
            node = tree.parent[node]


class Stated(NamedTuple):
    """What a page says of its records."""

    total: int | None = None
    """Of the search."""
    shown: int | None = None
    """Of the page: from the first to the last that it says it shows."""
    ms: int | None = None
    none: bool = False
    """It says that there are none."""
    about: bool = False
    """The total is an estimate."""


def stated(texts: Iterable[str], read: int) -> Stated:
    """What the texts around ``read`` records say of how many there are.

    >>> stated(["Results 1 - 10 of about 3,273 (0.12 seconds)"], 10)
    Stated(total=3273, shown=10, ms=120, none=False, about=True)
    >>> stated(["找到相关结果约100,000,000个"], 6).total
    100000000
    """
    best: tuple[int, Stated] | None = None
    none = False
    for text in texts:
        if len(text) > _LONGEST:
            continue
        none = none or bool(_ZERO.search(text))
        if not any(map(str.isdigit, text)):
            continue
        found = _of_text(text, read)
        if found and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return Stated(none=none)
    return best[1]._replace(none=none)


def _of_text(text: str, read: int) -> tuple[int, Stated] | None:
    """What one text says, and how much it is to be believed."""
    time = _ms(text)
    if match := _RANGE.search(text):
        first, last, total = (_value(match[name]) for name in ("first", "last", "total"))
        if 0 < first <= last <= total and read <= 2 * (last - first + 1) <= 4 * max(read, 1):
            about = _is_estimate(text, *match.span("total"))
            return 5, Stated(total, last - first + 1, time, about=about)
    for weight, pattern in ((3, _CHINESE), (2, _AFTER), (1, _BEFORE)):
        for match in pattern.finditer(text):
            group = next(number for number, value in enumerate(match.groups(), 1) if value)
            total = _value(match[group])
            if total >= max(read, 1) and (weight > 2 or time is not None or not _is_year(match)):
                about = _is_estimate(text, *match.span(group))
                return weight + (time is not None), Stated(total, None, time, about=about)
    return None


def _is_estimate(text: str, start: int, end: int) -> bool:
    """Whether a number is no promise, by the words before it or the sign behind it.

    >>> _is_estimate("About 1,200 results", 6, 11), _is_estimate("of 47", 3, 5)
    (True, False)
    """
    return _ESTIMATED.search(text[:start]) is not None or text[end : end + 1] == "+"


def _is_year(match: re.Match[str]) -> bool:
    return re.search(r"(?<![\d.,])(?:19|20)\d\d(?!\d|[,.]\d)", match[0]) is not None


def _value(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


def _ms(text: str) -> int | None:
    """The time that a search took, of a text that may state it."""
    match = _TIME.search(text)
    if match is None:
        return None
    amount = float(match[1].replace(",", "."))
    return round(amount if match[2].lower().startswith(("m", "毫")) else amount * 1000)
