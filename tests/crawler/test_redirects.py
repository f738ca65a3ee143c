import asyncio
from dataclasses import replace

import pytest

from crawler.capture import Fetched
from crawler.config import Network
from crawler.ingest import seen_of
from crawler.limits import RedirectRefused
from crawler.redirects import redirect_target, same_origin
from crawler.visitor import Visitor
from records import AddressRefused
from storage.revisits import Span
from tests.crawler.hostile import Hostile, redirects, says

CANARY = {"Authorization": "Bearer canary", "Cookie": "canary=1", "Referer": "http://canary/"}


def visit(server: Hostile, path: str, *others: Hostile, **options):
    async def run():
        places = tuple(each.place for each in (server, *others))
        async with Visitor(Network(delay=0, timeout=5, allow=places)) as visitor:
            return await visitor.visit(server.url(path), **options)

    return asyncio.run(run())


def moved(location: bytes | None, status: int = 302, url: str = "http://h/a/b?c") -> Fetched:
    return Fetched(
        requested=url,
        url=url,
        role="page",
        status=status,
        reason="",
        headers=() if location is None else ((b"location", location),),
        raw=b"",
        body=b"",
        fetched_at=0,
        address=None,
    )


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (b"/x", "http://h/x"),
        (b"x?y=1#z", "http://h/a/x?y=1"),
        (b"//i/x", "http://i/x"),
        (b"https://i:8443/x", "https://i:8443/x"),
        (b"?q=\xc4\xe3 \xba\xc3", "http://h/a/b?q=%C4%E3%20%BA%C3"),
        ("/论文".encode(), "http://h/%E8%AE%BA%E6%96%87"),
        ("/论文".encode("gb18030"), "http://h/%C2%DB%CE%C4"),
        (b"/x%20y", "http://h/x%20y"),
        (b"file:///etc/passwd", "file:///etc/passwd"),
        (b"", None),
        (b"http://[::1", None),
        (None, None),
    ],
)
def test_where_a_location_leads(location, target):
    assert redirect_target(moved(location)) == target


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_leads_on(status):
    assert redirect_target(moved(b"/x", status)) == "http://h/x"


@pytest.mark.parametrize("status", [200, 201, 300, 304, 404])
def test_other_statuses_lead_nowhere(status):
    assert redirect_target(moved(b"/x", status)) is None


def test_a_page_is_followed_to_where_it_went_and_keeps_the_address_asked_for():
    pages = {"/one": redirects, "/two": says(301, location="/three"), "/three": says(200, b"page")}
    with Hostile(pages=pages) as server:
        page = visit(server, "/one?to=/two")
    assert page.body == b"page"
    assert page.requested == server.url("/one?to=/two")
    assert page.url == server.url("/three")
    assert page.role == "page"


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_no_more(hops, arrives):
    pages = {f"/{n}": says(302, location=f"/{n - 1}") for n in range(1, hops + 1)}
    pages["/0"] = says(200, b"page")
    with Hostile(pages=pages) as server:
        if arrives:
            assert visit(server, f"/{hops}").body == b"page"
        else:
            with pytest.raises(RedirectRefused, match="more than 5 redirects"):
                visit(server, f"/{hops}")
        assert server.paths()[1:] == [f"/{n}" for n in range(hops, hops - 6, -1)]


def test_a_loop_ends():
    with Hostile(pages={"/": says(302, location="/")}) as server, pytest.raises(RedirectRefused):
        visit(server, "/")


@pytest.mark.parametrize("to", ["file:///etc/hostname", "data:,x", "ftp://h/", "http://u:p@h/"])
def test_a_redirect_to_anything_but_a_plain_http_address_is_refused(to):
    with Hostile(pages={"/": says(302, location=to)}) as server, pytest.raises(AddressRefused):
        visit(server, "/")


def test_what_was_sent_to_one_origin_is_not_sent_to_another():
    with Hostile("127.0.0.2", pages={"/": says(200, b"page")}) as other:
        back = says(302, location=other.url("/"))
        with Hostile(pages={"/": redirects, "/near": redirects, "/back": back}) as server:
            page = visit(server, "/?to=/back", other, headers=CANARY)
            assert page.body == b"page"
            first = [asked for asked in server.asked if asked.path != "/robots.txt"]
        assert [asked.headers["authorization"] for asked in first] == ["Bearer canary"] * 2
        assert other.asked
        for asked in other.asked:
            assert "canary" not in " ".join(asked.headers.values())
            assert "referer" not in asked.headers


def test_the_way_back_to_the_first_origin_carries_nothing_either():
    with Hostile() as server, Hostile("127.0.0.2") as other:
        server.pages = {"/": redirects, "/end": says()}
        other.pages = {"/": says(302, location=server.url("/end"))}
        visit(server, f"/?to={other.url('/')}", other, headers=CANARY)
        (end,) = (asked for asked in server.asked if asked.path == "/end")
    assert "canary" not in " ".join(end.headers.values())


def test_a_condition_holds_for_the_address_alone_and_not_for_where_it_leads():
    with Hostile(pages={"/": redirects, "/end": says(200, b"page")}) as server:
        headers = {"If-None-Match": '"1"', "If-Modified-Since": "canary", "Authorization": "x"}
        assert visit(server, "/?to=/end", headers=headers).body == b"page"
        first, end = (asked for asked in server.asked if asked.path != "/robots.txt")
    assert (first.headers["if-none-match"], end.headers["authorization"]) == ('"1"', "x")
    assert not {"if-none-match", "if-modified-since"} & end.headers.keys()


@pytest.mark.parametrize(
    ("requested", "etag", "kept"),
    [
        ("http://h/a/b?c", b'W/"1-2"', 'W/"1-2"'),
        ("http://h/other", b'"1"', None),
        ("http://h/a/b?c", b'"\xe4"', None),
        ("http://h/a/b?c", b'"' + b"x" * 600 + b'"', None),
        ("http://h/a/b?c", b"", None),
    ],
)
def test_a_page_is_known_by_what_can_be_sent_back_to_the_address_that_gave_it(
    requested, etag, kept
):
    page = replace(moved(None, 200), requested=requested, headers=((b"ETag", etag),))
    seen = seen_of(page, Span(1, 2))
    assert (seen.etag, seen.modified) == (kept, None)


def test_robots_requests_carry_nothing_of_the_page():
    with Hostile(pages={"/": says()}) as server:
        visit(server, "/", headers=CANARY)
        assert "canary" not in " ".join(server.asked[0].headers.values())


def test_every_hop_waits_for_its_own_hosts_turn_and_the_first_is_given_up():
    log = []

    class Told:
        def holds(self, host):
            return True

        async def take(self, host):
            log.append(("take", host))

        async def release(self, host):
            log.append(("release", host))

        async def set_delay(self, host, seconds):
            pass

    with Hostile() as server, Hostile("127.0.0.2") as other:
        server.pages = {"/": says(302, location=other.url("/"))}
        other.pages = {"/": says()}
        a, b = server.place, other.place
        visit(server, "/", other, pace=Told())
    robots_then_page_a = [("release", a), ("take", a)]
    to_b = [("release", a), ("take", b)]
    robots_then_page_b = [("release", b), ("take", b)]
    assert log == [*robots_then_page_a, *to_b, *robots_then_page_b, ("release", b)]


def test_origins_are_equal_by_scheme_host_and_port():
    assert same_origin("http://h/a", "http://H:80/b?c")
    assert not same_origin("http://h/", "http://h:8080/")
