import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import Network
from crawler.pace import JITTER, LocalPace, Turn
from crawler.visitor import Visitor
from records import host_of
from storage import frontier
from tests.crawler.hostile import Hostile, says


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def pace(delay: float, clock: Clock, chance: float = 0.0) -> LocalPace:
    return LocalPace(delay, clock=clock, sleep=clock.sleep, chance=lambda: chance)


@settings(deadline=None)
@given(delay=st.floats(0.01, 100), chance=st.floats(0, 1), took=st.floats(0, 100))
def test_the_next_turn_comes_a_delay_after_the_answer_and_chance_only_adds(delay, chance, took):
    clock = Clock()

    async def run():
        own = pace(delay, clock, chance)
        await own.take("h")
        await clock.sleep(took)
        await own.release("h")
        ended = clock.now
        await own.take("h")
        return clock.now - ended

    waited = asyncio.run(run())
    assert delay * 0.999 <= waited <= delay * (1 + JITTER) * 1.001


def test_one_request_a_host_is_outstanding_in_order_of_asking():
    clock = Clock()
    log = []

    async def ask(own, name):
        await own.take("h")
        log.append(name)
        await asyncio.sleep(0)
        log.append(name)
        await own.release("h")

    async def run():
        own = pace(1, clock)
        await asyncio.gather(*(ask(own, name) for name in "abcd"))

    asyncio.run(run())
    assert log == list("aabbccdd")


def test_hosts_do_not_wait_for_each_other():
    clock = Clock()

    async def run():
        own = pace(10, clock)
        for host in ("a", "b", "a:8080"):
            await own.take(host)

    asyncio.run(run())
    assert clock.now == 0


def test_without_delay_many_are_outstanding_at_once():
    clock = Clock()

    async def run():
        own = pace(0, clock)
        for _ in range(5):
            await own.take("h")

    asyncio.run(run())
    assert clock.now == 0


def test_a_delay_set_while_others_wait_counts_from_then_on():
    clock = Clock()

    async def run():
        own = pace(1, clock)
        await own.take("h")
        waiting = asyncio.create_task(own.take("h"))
        await asyncio.sleep(0)
        await own.set_delay("h", 7)
        await own.release("h")
        await waiting
        assert clock.now == 7
        await own.set_delay("h", 0)
        await own.take("h")

    asyncio.run(run())


def test_who_gives_up_waiting_leaves_the_turn_to_the_next():
    clock = Clock()

    async def run():
        own = pace(1, clock)
        await own.take("h")
        first, second = (asyncio.create_task(own.take("h")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await own.release("h")
        await asyncio.wait_for(second, 5)

    asyncio.run(run())


def test_releasing_what_is_not_held_does_nothing():
    clock = Clock()

    async def run():
        own = pace(5, clock)
        await own.release("h")
        await own.take("h")

    asyncio.run(run())
    assert clock.now == 0


class Told:
    """A pace that notes what it is told."""

    def __init__(self, *, holds=True):
        self.log = []
        self._holds = holds

    def holds(self, host):
        return self._holds

    async def take(self, host):
        self.log.append(f"take {host}")

    async def release(self, host):
        self.log.append(f"release {host}")

    async def set_delay(self, host, seconds):
        self.log.append(f"delay {host} {seconds:g}")


def test_a_turn_held_and_not_spent_is_used_and_a_spent_one_is_taken_again():
    told = Told()

    async def run():
        turn = Turn(told, "a")
        await turn.ready("a")
        turn.spend()
        await turn.ready("a")
        await turn.ready("b")
        await turn.end()
        await turn.end()

    asyncio.run(run())
    assert told.log == ["release a", "take a", "release a", "take b", "release b"]


@pytest.mark.parametrize(
    "url",
    [
        "http://Example.org/a",
        "https://example.org:443/",
        "https://example.org:8443/b?c",
        "http://[::1]:80/",
        "http://127.0.0.1:5000/",
    ],
)
def test_hosts_are_spelled_as_the_frontier_spells_them(url):
    assert host_of(url) == frontier.host_of(url)


def test_a_leased_page_takes_no_turn_beyond_its_lease_once_the_rules_are_known():
    told = Told()
    with Hostile(pages={"/a": says(), "/b": says()}) as server:

        async def run():
            async with Visitor(Network(delay=3, allow=(server.place,))) as visitor:
                await visitor.visit(server.url("/a"), pace=told)
                first = [*told.log]
                told.log.clear()
                await visitor.visit(server.url("/b"), pace=told)
                return first

        place = server.place
        first = asyncio.run(run())
        assert server.paths() == ["/robots.txt", "/a", "/b"]
    assert first == [f"delay {place} 3", f"release {place}", f"take {place}"]
    assert told.log == []


def test_a_page_whose_lease_holds_no_turn_takes_one_right_before_it_is_asked_for():
    told = Told(holds=False)
    with Hostile(pages={"/a": says(), "/b": says()}) as server:

        async def run():
            async with Visitor(Network(delay=0, allow=(server.place,))) as visitor:
                await visitor.visit(server.url("/a"), pace=told)
                told.log.clear()
                await visitor.visit(server.url("/b"), pace=told)

        asyncio.run(run())
        assert server.paths() == ["/robots.txt", "/a", "/b"]
        assert told.log == [f"take {server.place}"]


def test_the_server_sees_the_delay_between_all_requests_robots_too():
    delay = 0.15
    with Hostile(pages={"/a": says(), "/b": says()}) as server:

        async def run():
            async with Visitor(Network(delay=delay, allow=(server.place,))) as visitor:
                await asyncio.gather(*(visitor.visit(server.url(p)) for p in ("/a", "/b", "/a")))

        asyncio.run(run())
        times = [asked.at for asked in server.asked]
    assert len(times) == 4
    assert min(b - a for a, b in pairwise(times)) >= delay
