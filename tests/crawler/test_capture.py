import asyncio
import gzip
import time

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.capture import Fetched, fetched_from
from crawler.config import Network
from crawler.limits import BodyUndecodable
from crawler.visitor import Visitor
from records import UsageError
from tests.crawler.hostile import Hostile, says, sends

PAGE = "<html>相似文献</html>".encode("gb18030")


def collect(server: Hostile, path: str, *, slowly: bool = False) -> list[Fetched]:
    seen: list[Fetched] = []

    async def slow(fetched):
        await asyncio.sleep(0)
        seen.append(fetched)

    async def run():
        async with Visitor(Network(delay=0, allow=(server.place,))) as visitor:
            seen.append(await visitor.visit(server.url(path), sink=slow if slowly else seen.append))

    asyncio.run(run())
    return seen


@pytest.mark.parametrize("slowly", [False, True])
def test_robots_redirects_and_errors_are_handed_over_in_order(slowly):
    pages = {
        "/robots.txt": says(302, b"moved", location="/rules"),
        "/rules": says(404, b"none"),
        "/a": says(301, b"gone to b", location="/b"),
        "/b": says(503, b"down"),
    }
    with Hostile(pages=pages) as server:
        *handed, returned = collect(server, "/a", slowly=slowly)
    assert [(each.role, each.status, each.raw) for each in handed] == [
        ("robots", 302, b"moved"),
        ("robots", 404, b"none"),
        ("redirect", 301, b"gone to b"),
        ("page", 503, b"down"),
    ]
    assert [each.url for each in handed] == list(
        map(server.url, ["/robots.txt", "/rules", "/a", "/b"])
    )
    assert {each.requested for each in handed[2:]} == {server.url("/a")}
    assert returned == handed[-1]


def test_a_response_is_kept_as_received_beside_its_decoded_body():
    raw = gzip.compress(PAGE)
    head = (
        b"HTTP/1.1 203 \xc4\xe3 here\r\n"
        b"X-Odd:  two  \r\nx-odd: \xc4\xe3\r\nContent-Type: Text/HTML; Charset='GB2312'; a=b\r\n"
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw)
    before = time.time_ns() // 1000
    with Hostile(pages={"/": sends(head + body)}) as server:
        page = collect(server, "/")[-1]
    assert (page.status, page.reason) == (203, "Äã here")
    assert page.headers == (
        (b"X-Odd", b"two"),
        (b"x-odd", b"\xc4\xe3"),
        (b"Content-Type", b"Text/HTML; Charset='GB2312'; a=b"),
        (b"Content-Encoding", b"gzip"),
        (b"Transfer-Encoding", b"chunked"),
    )
    assert (page.raw, page.body, page.charset) == (raw, PAGE, "GB2312")
    assert page.header("X-ODD") == "two"
    assert page.header("age") is None
    assert page.address == "127.0.0.1"
    assert before <= page.fetched_at <= time.time_ns() // 1000


def test_a_body_that_cannot_be_decoded_is_archived_before_it_fails():
    seen = []
    with Hostile(pages={"/": says(200, b"plain", content_encoding="gzip")}) as server:

        async def run():
            async with Visitor(Network(delay=0, allow=(server.place,))) as visitor:
                await visitor.visit(server.url("/"), sink=seen.append)

        with pytest.raises(BodyUndecodable):
            asyncio.run(run())
    assert (seen[-1].raw, seen[-1].body, type(seen[-1].failure)) == (b"plain", b"", BodyUndecodable)


def test_a_sink_that_fails_stops_the_page():
    def full(fetched):
        raise OSError(28, "No space left on device")

    with Hostile() as server:

        async def run():
            async with Visitor(Network(delay=0, allow=(server.place,))) as visitor:
                await visitor.visit(server.url("/"), sink=full)

        with pytest.raises(OSError, match="No space left"):
            asyncio.run(run())
        assert server.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("value", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;charset="GBK"', "GBK"),
        ("text/html;  CHARSET = big5;x", "big5"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_charset_is_the_headers_as_written(value, charset):
    with Hostile(pages={"/": says(200, content_type=value)}) as server:
        assert collect(server, "/")[-1].charset == charset


def test_a_response_of_elsewhere_says_what_it_lacks():
    response = HtmlResponse("http://h/", request=Request("http://h/"))
    with pytest.raises(UsageError, match=r"settings of crawler\.settings"):
        fetched_from(response)
