"""From a record's number to the bytes of a page, and pages kept ready to serve."""

import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import IO, Literal

from crawler.sample.charsets import UTF_8, content_type, encoded, lying, wire_of
from crawler.sample.corpus import Corpus
from crawler.sample.dice import Dice
from crawler.sample.elements import Paint
from crawler.sample.layout import Layout, article_layout, empty_layout, result_layout
from crawler.sample.markups import MARKUPS, PLAIN

PageKind = Literal["similar", "article"]


@dataclass(frozen=True, slots=True)
class Printed:
    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """The same for the same bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


_CAPTCHA = (
    "<!DOCTYPE html><html><head><title>安全验证</title></head><body><h3>您的访问过于频繁</h3>"
    '<form method="post" action="/verify.aspx">请输入验证码:<input name="code" size="4">'
    '<img src="/code.aspx" alt="验证码"><input type="submit" value="提交"></form></body></html>'
)
_SOFT_404 = (
    "<!DOCTYPE html><html><head><title>提示信息</title></head><body>"
    "<p>您访问的页面不存在或已被删除。</p>"
    '<p><a href="/">返回首页</a></p></body></html>'
)
_NOTICES = {"captcha": _CAPTCHA, "soft-404": _SOFT_404}


def print_page(
    corpus: Corpus, kind: PageKind, index: int, markup: str, fault: str | None = None
) -> Printed:
    """One page. ``fault`` is one of `faults.CONTENT` or None."""
    dice = Dice(corpus.seed, "print", markup, kind, index)
    wire = UTF_8 if markup in PLAIN else wire_of(dice)
    if fault == "wrong-charset":
        wire = lying(wire)
    paint = Paint(wire.meta, dice)
    media = "text/plain" if markup in PLAIN else "text/html"
    if fault in _NOTICES:
        return notice(fault)
    html = MARKUPS[markup](_layout(corpus, kind, index, fault), paint)
    if fault == "cut-page":
        html = html[: len(html) * 3 // 5]
    return Printed(encoded(html, wire.codec), content_type(media, wire))


def notice(fault: str) -> Printed:
    """What is served with status 200 in place of a page."""
    return Printed(_NOTICES[fault].encode(), "text/html; charset=utf-8")


def _layout(corpus: Corpus, kind: PageKind, index: int, fault: str | None) -> Layout:
    if kind == "article":
        return article_layout(corpus, index)
    if fault == "empty":
        return empty_layout(corpus, index)
    if fault == "wrong-total":
        return result_layout(corpus, index, stated=len(corpus.plan.kin(index)) + 3)
    return result_layout(corpus, index)


class Shelf:
    """Pages kept: the last ones asked for in memory, those printed beforehand in a file."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._recent: OrderedDict[Hashable, Printed] = OrderedDict()
        self._places: dict[Hashable, tuple[int, int, str]] = {}
        self._spool: IO[bytes] | None = None
        self._end = 0

    def close(self) -> None:
        if self._spool is not None:
            self._spool.close()

    def get(self, key: Hashable) -> Printed | None:
        place = self._places.get(key)
        if place is not None and self._spool is not None:
            offset, size, media = place
            return Printed(os.pread(self._spool.fileno(), size, offset), media)
        if found := self._recent.get(key):
            self._recent.move_to_end(key)
        return found

    def put(self, key: Hashable, page: Printed) -> None:
        self._recent[key] = page
        if len(self._recent) > self._keep:
            self._recent.popitem(last=False)

    def store(self, key: Hashable, page: Printed) -> None:
        """Keep it for good, out of memory."""
        if self._spool is None:
            self._spool = tempfile.TemporaryFile()  # noqa: SIM115, closed by `close`
        self._places[key] = self._end, len(page.body), page.content_type
        self._end += os.pwrite(self._spool.fileno(), page.body, self._end)
