import asyncio
import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import Network
from crawler.limits import (
    RATIO,
    RATIO_FREE,
    BodyCut,
    BodyTooLarge,
    BodyUndecodable,
    CertificateRefused,
    ConnectionFailed,
    FetchFailed,
    HostNotFound,
    NotHttp,
    TimedOut,
    codings_of,
    decoded,
    why,
)
from crawler.robots import RobotsForbids, RobotsUnreachable
from crawler.visitor import Visitor
from records import AddressRefused
from tests.crawler.hostile import ALLOW_ALL, Hostile, repeats, says, sends

MOST = 8 << 20
OK = b"HTTP/1.1 200 OK\r\n"
PAGE = b"<html>" + "相似文献 similar literature".encode() * 50 + b"</html>"


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def brotli(body: bytes) -> bytes:
    return pytest.importorskip("brotli").compress(body)


def zstd(body: bytes) -> bytes:
    return pytest.importorskip("backports.zstd").compress(body)


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli,
    "zstd": zstd,
}


def bomb(size: int) -> bytes:
    """A gzip of this many zeros."""
    stream = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join(stream.compress(block) for _ in range(size >> 20)) + stream.flush()


def visit(server: Hostile, path: str, **limits):
    async def run():
        network = Network(delay=0, allow=(server.place,), **{"timeout": 5.0, **limits})
        async with Visitor(network) as visitor:
            return await visitor.visit(server.url(path))

    return asyncio.run(run())


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("body", [PAGE, b"", b"x"], ids=["page", "empty", "byte"])
def test_a_coding_is_undone(coding, body):
    raw = CODINGS[coding](body)
    assert decoded(raw, [coding], url="u", max_bytes=MOST) == body


@settings(deadline=None)
@given(st.binary(max_size=3000), st.lists(st.sampled_from(["gzip", "deflate"]), max_size=2))
def test_codings_on_top_of_each_other_are_undone_last_first(body, codings):
    raw = body
    for coding in codings:
        raw = CODINGS[coding](raw)
    assert decoded(raw, codings, url="u", max_bytes=MOST) == body


def test_deflate_without_its_zlib_header_is_read_too():
    assert decoded(raw_deflate(PAGE), ["deflate"], url="u", max_bytes=MOST) == PAGE


def test_gzip_members_are_joined_and_padding_is_ignored():
    raw = gzip.compress(b"a") + gzip.compress(b"b") + bytes(100)
    assert decoded(raw, ["gzip"], url="u", max_bytes=MOST) == b"ab"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_refused_in_every_coding(coding):
    raw = CODINGS[coding](bytes(64 << 20))
    with pytest.raises(BodyTooLarge):
        decoded(raw, [coding], url="u", max_bytes=MOST)


def test_a_bomb_in_a_bomb_is_refused():
    raw = gzip.compress(gzip.compress(bytes(256 << 20), 9))
    with pytest.raises(BodyTooLarge):
        decoded(raw, ["gzip", "gzip"], url="u", max_bytes=MOST)


def test_more_than_two_codings_are_refused_before_the_first_is_undone():
    raw = gzip.compress(PAGE)
    with pytest.raises(BodyUndecodable, match="3 content encodings"):
        decoded(raw, ["gzip"] * 3, url="u", max_bytes=MOST)


def test_too_many_gzip_members_are_refused():
    with pytest.raises(BodyUndecodable, match="members"):
        decoded(gzip.compress(b"") * 1000, ["gzip"], url="u", max_bytes=MOST)


def test_the_ratio_counts_once_a_megabyte_is_passed():
    within = gzip.compress(bytes(RATIO_FREE))
    assert len(within) * RATIO < RATIO_FREE
    assert len(decoded(within, ["gzip"], url="u", max_bytes=MOST)) == RATIO_FREE
    with pytest.raises(BodyTooLarge):
        decoded(gzip.compress(bytes(2 * RATIO_FREE)), ["gzip"], url="u", max_bytes=MOST)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_body_that_stops_in_the_middle_is_cut_short(coding):
    raw = CODINGS[coding](PAGE * 3)
    with pytest.raises(BodyCut, match="stops in the middle"):
        decoded(raw[:-12], [coding], url="u", max_bytes=MOST)


def test_a_checksum_that_is_wrong_is_noticed():
    raw = bytearray(gzip.compress(PAGE))
    raw[-6] ^= 1
    with pytest.raises(BodyUndecodable, match="not gzip"):
        decoded(bytes(raw), ["gzip"], url="u", max_bytes=MOST)


@settings(deadline=None)
@given(
    st.binary(min_size=1, max_size=300),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "compress", "\x1b[2J"]),
)
def test_noise_is_a_failure_in_words_never_another_error(raw, coding):
    told = ""
    try:
        decoded(raw, [coding], url="u", max_bytes=MOST)
    except FetchFailed as failure:
        told = str(failure)
    assert told.isprintable()


def test_codings_come_from_every_header_of_the_name():
    headers = [(b"Content-Encoding", b"gzip"), (b"X", b"y"), (b"content-encoding", b" DEFLATE ,")]
    assert codings_of(headers) == ["gzip", "deflate"]
    assert codings_of([(b"Content-Encoding", b"identity")]) == []


HOSTILE = {
    "slow drip": (repeats(OK + b"\r\n", b"ab", 0.05), TimedOut),
    "slow headers": (repeats(OK, b"X", 0.05), TimedOut),
    "no answer": (sends(then_wait=True), TimedOut),
    "endless 1xx": (repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), TimedOut),
    "endless body": (repeats(OK + b"\r\n", bytes(65536)), BodyTooLarge),
    "endless chunks": (
        repeats(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + bytes(32768) + b"\r\n"),
        BodyTooLarge,
    ),
    "announced too large": (
        sends(OK + b"Content-Length: 99999999999\r\n\r\n", then_wait=True),
        BodyTooLarge,
    ),
    "shorter than announced": (sends(OK + b"Content-Length: 10\r\n\r\nabc"), BodyCut),
    "cut chunk": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"), BodyCut),
    "no last chunk": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), BodyCut),
    "a part": (says(206, b"abc", content_range="bytes 0-2/9"), BodyCut),
    "a part nobody measured": (says(206, b"abc"), BodyCut),
    "header flood": (repeats(OK, b"X: y\r\n" * 100), NotHttp),
    "huge header": (repeats(OK + b"X: ", b"y" * 4096), NotHttp),
    "bad header": (sends(OK + b"X\0: y\r\n\r\nabc"), NotHttp),
    "bad status": (sends(b"HTTP/1.1 what\r\n\r\n"), NotHttp),
    "no HTTP at all": (sends(b"220 smtp.example.org ESMTP\r\n"), NotHttp),
    "hangs up": (sends(), ConnectionFailed),
    "gzip of nothing": (says(200, b"plain", content_encoding="gzip"), BodyUndecodable),
    "unknown coding": (says(200, b"plain", content_encoding="aes128gcm"), BodyUndecodable),
}


@pytest.mark.parametrize(("handler", "failure"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_response_fails_by_name(handler, failure):
    with Hostile(pages={"/robots.txt": ALLOW_ALL, "/": handler}) as server:
        with pytest.raises(failure) as caught:
            visit(server, "/", timeout=1.0, max_bytes=1 << 20)
        assert server.paths() == ["/robots.txt", "/"]
    assert str(caught.value).startswith(server.url("/"))
    assert "\n" not in str(caught.value)


def test_a_host_that_hangs_up_is_asked_once_and_not_again_at_once():
    with Hostile(pages={"/robots.txt": says(404), "/": sends()}) as server:
        with pytest.raises(ConnectionFailed):
            visit(server, "/")
        assert server.paths().count("/") == 1


def test_nobody_listening_is_no_connection():
    with Hostile() as server:
        pass
    with pytest.raises(RobotsUnreachable, match="takes no connection"):
        visit(server, "/")


def test_a_name_nobody_has_is_told_apart():
    async def run():
        async with Visitor(Network(delay=0)) as visitor:
            await visitor.visit("http://nobody.invalid/")

    with pytest.raises(RobotsUnreachable, match="name cannot be resolved"):
        asyncio.run(run())


def test_drips_of_one_host_do_not_starve_another():
    slow = {"/robots.txt": ALLOW_ALL, "/": repeats(OK + b"\r\n", b"ab", 0.05)}
    with Hostile(pages=slow) as drip, Hostile("127.0.0.2", pages={"/": says(200, PAGE)}) as other:

        async def run():
            network = Network(delay=0, timeout=5, allow=(drip.place, other.place))
            async with Visitor(network) as visitor:
                drips = [asyncio.create_task(visitor.visit(drip.url("/"))) for _ in range(50)]
                page = await visitor.visit(other.url("/"))
                still = sum(not task.done() for task in drips)
                for task in drips:
                    task.cancel()
                await asyncio.gather(*drips, return_exceptions=True)
                return page.body, still

        assert asyncio.run(run()) == (PAGE, 50)


def test_cookies_are_neither_kept_nor_sent_back():
    bomb = b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"x" * 4000) for i in range(200))
    pages = {"/robots.txt": ALLOW_ALL, "/": sends(OK + bomb + b"\r\n")}
    with Hostile(pages=pages) as server:

        async def run():
            async with Visitor(Network(delay=0, allow=(server.place,))) as visitor:
                for _ in range(2):
                    await visitor.visit(server.url("/"))

        asyncio.run(run())
        assert not any("cookie" in asked.headers for asked in server.asked)


_FETCH_ONE = """
import resource, sys
from crawler.config import Config, Network
from crawler.fetch import fetch_pages
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
url, place, small = sys.argv[1:]
config = Config(network=Network(delay=0, allow=(place,)))
fetch_pages([small], config)
before = peak()
(told,) = fetch_pages([url], config)
print(type(told).__name__, peak() - before)
"""


def test_a_bomb_of_300_megabytes_is_dropped_and_memory_stays_small():
    payload = bomb(300 << 20)
    assert len(payload) < 310_000
    pages = {
        "/bomb": says(200, payload, content_encoding="gzip"),
        "/endless": repeats(OK + b"\r\n", bytes(1 << 20)),
        "/small": says(200, PAGE),
    }
    with Hostile(pages=pages) as server:
        small = server.url("/small")
        for path, most in (("/bomb", 100), ("/endless", 100)):
            told = subprocess.run(
                [sys.executable, "-c", _FETCH_ONE, server.url(path), server.place, small],
                cwd=Path(__file__).parents[2],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            assert told[0] == "BodyTooLarge"
            assert int(told[1]) < most, "megabytes"


FAILURES = [
    *(TimedOut, ConnectionFailed, HostNotFound, CertificateRefused, NotHttp, BodyCut),
    *(BodyTooLarge, BodyUndecodable, RobotsForbids, RobotsUnreachable),
]


def test_every_failure_has_a_word_of_its_own_and_says_whether_to_try_again():
    words = [why(kind("http://h/", "x")) for kind in FAILURES] + [why(AddressRefused("x"))]
    assert len({word for word, _ in words}) == len(words)
    again = {kind for kind in FAILURES if why(kind("http://h/", "x")).again}
    assert again == {TimedOut, ConnectionFailed, HostNotFound, BodyCut, BodyUndecodable} | {
        RobotsUnreachable
    }
    assert why(AddressRefused("x")).again is False


def test_what_nobody_foresaw_is_named_by_its_type_and_tried_again():
    assert why(ZeroDivisionError()) == ("ZeroDivisionError", True)
