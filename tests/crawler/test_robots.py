import asyncio

import pytest

from crawler.capture import Fetched
from crawler.config import Network
from crawler.limits import FetchFailed
from crawler.pace import LocalPace, Turn
from crawler.robots import DOWN_SECONDS, KEPT_SECONDS, Robots, RobotsForbids, RobotsUnreachable
from crawler.visitor import Visitor
from records import AddressRefused
from tests.crawler.hostile import Hostile, redirects, repeats, says, sends

OK = b"HTTP/1.1 200 OK\r\n"
FORBIDS_ALL = b"User-agent: *\nDisallow: /\n"


def visit(server: Hostile, *paths: str, **network):
    """What became of each path, one after another, by one visitor."""

    async def run():
        limits = {"delay": 0, "timeout": 2.0, "allow": (server.place,), **network}
        told: list[Fetched | Exception] = []
        async with Visitor(Network(**limits)) as visitor:
            for path in paths:
                url = path if path.startswith("http") else server.url(path)
                try:
                    told.append(await visitor.visit(url))
                except (FetchFailed, AddressRefused) as error:
                    told.append(error)
        return told

    return asyncio.run(run())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_no_rules_means_all_is_allowed(status):
    pages = {"/robots.txt": says(status, FORBIDS_ALL), "/a": says(200, b"page")}
    with Hostile(pages=pages) as server:
        (told,) = visit(server, "/a")
    assert told.body == b"page"


UNREACHABLE = {
    "500": says(500),
    "503": says(503, FORBIDS_ALL),
    "429": says(429),
    "a part of it": says(206, b"User-agent: *\nAllow: /", content_range="bytes 0-22/99"),
    "no answer": sends(then_wait=True),
    "hangs up": sends(),
    "cut short": sends(OK + b"Content-Length: 100\r\n\r\nUser-agent: *"),
    "not HTTP": sends(b"what\r\n\r\n"),
    "drip": repeats(OK + b"\r\n", b"#", 0.05),
    "undecodable": says(200, b"User-agent: *", content_encoding="gzip"),
    "301 to nowhere": sends(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n"),
    "to a private address": says(302, location="http://127.0.0.3:1/robots.txt"),
    "to a file": says(302, location="file:///etc/hostname"),
}


@pytest.mark.parametrize("handler", UNREACHABLE.values(), ids=UNREACHABLE)
def test_unreachable_rules_mean_that_nothing_is_fetched(handler):
    pages = {"/robots.txt": handler, "/a": says(200, b"page")}
    with Hostile(pages=pages) as server:
        first, second = visit(server, "/a", "/b", timeout=0.5)
        assert server.paths() == ["/robots.txt"]
    assert isinstance(first, RobotsUnreachable)
    assert isinstance(second, RobotsUnreachable)
    assert str(first).startswith(f"{server.url('/a')}: not fetched, because {server.url('')}")


def test_what_the_rules_forbid_is_not_fetched():
    rules = b"User-agent: other\nDisallow: /\n\nUser-agent: Gleanings\nDisallow: /no*z$\nAllow: /\n"
    pages = {"/robots.txt": says(200, rules), "/yes": says(200, b"page"), "/noz": says()}
    with Hostile(pages=pages) as server:
        yes, no = visit(server, "/yes", "/noz")
        assert server.paths() == ["/robots.txt", "/yes"]
    assert yes.body == b"page"
    assert isinstance(no, RobotsForbids)


def test_the_longest_rule_wins_and_a_group_of_ours_over_the_star():
    rules = b"User-agent: *\nDisallow: /\nUser-agent: gleanings\nDisallow: /a\nAllow: /a/b\n"
    pages = {"/robots.txt": says(200, rules), "/a/b": says(), "/c": says()}
    with Hostile(pages=pages) as server:
        forbidden, longer, other = visit(server, "/a/c", "/a/b", "/c")
    assert isinstance(forbidden, RobotsForbids)
    assert (longer.status, other.status) == (200, 200)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00\x01", b"<html>login</html>", bytes(5000)])
def test_a_robots_txt_that_says_nothing_allows_all(body):
    with Hostile(pages={"/robots.txt": says(200, body), "/a": says(200, b"page")}) as server:
        (told,) = visit(server, "/a")
    assert told.body == b"page"


def test_a_byte_order_mark_hides_no_rule():
    pages = {"/robots.txt": says(200, b"\xef\xbb\xbf" + FORBIDS_ALL)}
    with Hostile(pages=pages) as server:
        (told,) = visit(server, "/a")
    assert isinstance(told, RobotsForbids)


def test_only_the_first_500_kib_are_read_and_no_half_rule():
    rules = b"User-agent: *\nDisallow: /early\n"
    rest = b"Disallow: /half-a-rule\n" * 30_000
    handler = repeats(OK + b"\r\n" + rules, rest)
    pages = {"/robots.txt": handler, "/half": says(200, b"page"), "/h": says(200, b"page")}
    with Hostile(pages=pages) as server:
        early, half, letter = visit(server, "/early", "/half", "/h")
        assert server.paths().count("/robots.txt") == 1
    assert isinstance(early, RobotsForbids)
    assert half.body == letter.body == b"page"


def test_redirects_of_robots_txt_are_followed_over_hosts():
    with Hostile("127.0.0.2", pages={"/rules": says(200, b"User-agent: *\nDisallow: /a")}) as other:
        pages = {"/robots.txt": says(301, location=other.url("/rules")), "/b": says()}
        with Hostile(pages=pages) as server:
            places = (server.place, other.place)
            forbidden, allowed = visit(server, "/a", "/b", allow=places)
        assert other.paths() == ["/rules"]
    assert isinstance(forbidden, RobotsForbids)
    assert allowed.status == 200


@pytest.mark.parametrize(("hops", "forbidden"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_more_count_as_no_rules(hops, forbidden):
    pages = {
        f"/{n}": says(302, location=f"/{n - 1}" if n > 1 else "/rules") for n in range(1, hops)
    }
    pages["/robots.txt"] = says(302, location=f"/{hops - 1}")
    pages["/rules"] = says(200, FORBIDS_ALL)
    pages["/a"] = says()
    with Hostile(pages=pages) as server:
        (told,) = visit(server, "/a")
    assert isinstance(told, RobotsForbids) is forbidden


def test_rules_are_of_one_scheme_host_and_port():
    with (
        Hostile(pages={"/robots.txt": says(200, FORBIDS_ALL)}) as one,
        Hostile("127.0.0.2", pages={"/a": says()}) as other,
    ):
        places = (one.place, other.place)
        first, second = visit(one, "/a", other.url("/a"), allow=places)
    assert isinstance(first, RobotsForbids)
    assert second.status == 200


def test_every_hop_of_a_redirect_is_checked_against_its_own_hosts_rules():
    with Hostile("127.0.0.2", pages={"/robots.txt": says(200, FORBIDS_ALL), "/a": says()}) as other:
        with Hostile(pages={"/go": redirects}) as server:
            places = (server.place, other.place)
            (told,) = visit(server, f"/go?to={other.url('/a')}", allow=places)
        assert other.paths() == ["/robots.txt"]
    assert isinstance(told, RobotsForbids)


def test_robots_txt_itself_may_be_read_whatever_it_says():
    with Hostile(pages={"/robots.txt": says(200, FORBIDS_ALL)}) as server:
        (told,) = visit(server, "/robots.txt")
    assert told.body == FORBIDS_ALL


class Site:
    """Answers for `Robots` without a network, and counts."""

    def __init__(self, *answers: int | bytes):
        self.answers = list(answers)
        self.asked = 0
        self.now = 0.0

    async def get(self, url, *, requested, role):
        self.asked += 1
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        status, body = (200, answer) if isinstance(answer, bytes) else (answer, b"")
        return Fetched(
            requested=requested,
            url=url,
            role=role,
            status=status,
            reason="",
            headers=(),
            raw=body,
            body=body,
            fetched_at=0,
            address=None,
        )

    def robots(self, delay=0.0, max_delay=60.0) -> Robots:
        return Robots(self.get, delay=delay, max_delay=max_delay, clock=lambda: self.now)


class Delays(LocalPace):
    def __init__(self):
        super().__init__(0)
        self.told = []

    async def set_delay(self, host, seconds):
        self.told.append((host, seconds))
        await super().set_delay(host, seconds)


def test_rules_are_believed_for_a_day_and_then_read_again():
    site = Site(FORBIDS_ALL, b"")
    robots = site.robots()

    async def allowed():
        return (await robots.rules("http://h/a", Turn(LocalPace(0)))).allow("http://h/a")

    assert not asyncio.run(allowed())
    site.now = KEPT_SECONDS - 1
    assert not asyncio.run(allowed())
    assert site.asked == 1
    site.now = KEPT_SECONDS
    assert asyncio.run(allowed())
    assert site.asked == 2


def test_unreachable_rules_are_asked_for_again_a_minute_later():
    site = Site(503, b"")
    robots = site.robots()

    async def ask():
        return await robots.rules("http://h/a", Turn(LocalPace(0)))

    for _ in range(3):
        with pytest.raises(RobotsUnreachable, match=r"http://h/robots\.txt answered 503"):
            asyncio.run(ask())
    assert site.asked == 1
    site.now = DOWN_SECONDS
    assert asyncio.run(ask()).allow("http://h/a")


def test_rules_that_cannot_be_renewed_are_not_believed_any_longer():
    site = Site(b"", 503)
    robots = site.robots()

    async def ask():
        return await robots.rules("http://h/a", Turn(LocalPace(0)))

    asyncio.run(ask())
    site.now = KEPT_SECONDS
    with pytest.raises(RobotsUnreachable):
        asyncio.run(ask())


@pytest.mark.parametrize("delay", [0.0, 0.001])
def test_however_many_wait_the_rules_are_fetched_once(delay):
    site = Site(FORBIDS_ALL)
    robots = site.robots()

    async def run():
        pace = LocalPace(delay)

        async def one():
            turn = Turn(pace)
            await turn.ready("h")
            rules = await robots.rules("http://h/a", turn)
            await turn.end()
            return rules.allow("http://h/a")

        return await asyncio.wait_for(asyncio.gather(*(one() for _ in range(20))), 30)

    assert asyncio.run(run()) == [False] * 20
    assert site.asked == 1


def test_nobody_goes_by_rules_whose_delay_is_not_kept_yet():
    site = Site(b"User-agent: *\nCrawl-delay: 5\n")
    robots = site.robots()
    done = []

    class Slow(Delays):
        """Takes its time to keep a delay, in which others come."""

        async def set_delay(self, host, seconds):
            self.other = asyncio.create_task(robots.rules("http://h/b", Turn(self)))
            for _ in range(20):
                await asyncio.sleep(0)
            done.append(self.other.done())
            await super().set_delay(host, seconds)

    async def run():
        pace = Slow()
        await robots.rules("http://h/a", Turn(pace))
        await asyncio.wait_for(pace.other, 30)

    asyncio.run(run())
    assert done == [False]
    assert site.asked == 1


@pytest.mark.parametrize(
    ("wish", "delay", "max_delay", "told"),
    [
        (b"10", 2.0, 60.0, 10.0),
        (b"600", 2.0, 60.0, 60.0),
        (b"1", 2.0, 60.0, 2.0),
        (b"0.5", 0.0, 60.0, 0.5),
        (b"soon", 2.0, 60.0, 2.0),
        (b"nan", 2.0, 60.0, 2.0),
        (b"-5", 2.0, 60.0, 2.0),
    ],
)
def test_crawl_delay_counts_between_our_delay_and_the_longest(wish, delay, max_delay, told):
    site = Site(b"User-agent: gleanings\nCrawl-delay: " + wish + b"\nDisallow:\n")
    pace = Delays()

    async def run():
        robots = site.robots(delay, max_delay)
        await robots.rules("http://h:8080/a", Turn(pace))
        await robots.rules("http://h:8080/b", Turn(pace))

    asyncio.run(run())
    assert pace.told == [("h:8080", told)]


def test_a_robots_redirect_back_to_its_own_paced_host_does_not_lock_up():
    """The first visitor needs a second turn of the host while others wait for its rules."""
    moved = {"/robots.txt": says(301, location="/rules"), "/rules": says(404), "/a": says()}
    with Hostile(pages=moved) as server:

        async def run():
            async with Visitor(Network(delay=0.01, allow=(server.place,))) as visitor:
                pages = (visitor.visit(server.url("/a")) for _ in range(5))
                return await asyncio.wait_for(asyncio.gather(*pages), 30)

        assert [page.status for page in asyncio.run(run())] == [200] * 5
        assert server.paths().count("/robots.txt") == 1


def test_two_hosts_whose_robots_lead_to_each_other_do_not_lock_up():
    with Hostile() as one, Hostile("127.0.0.2") as other:
        for server, far in ((one, other), (other, one)):
            server.pages["/robots.txt"] = says(302, location=far.url("/rules"))
            server.pages["/rules"] = says(404)
            server.pages["/go"] = says(302, location=far.url("/end"))
            server.pages["/end"] = says()

        async def run():
            network = Network(delay=0.01, allow=(one.place, other.place))
            async with Visitor(network) as visitor:
                pages = (visitor.visit(s.url("/go")) for s in (one, other) * 5)
                return await asyncio.wait_for(asyncio.gather(*pages), 30)

        assert [page.status for page in asyncio.run(run())] == [200] * 10
