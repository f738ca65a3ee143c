import asyncio
import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import Network
from crawler.guard import Guard, GuardedResolver, as_address, refused_as
from crawler.origin import origin_of
from crawler.visitor import Visitor
from records import AddressRefused
from tests.crawler.hostile import Hostile, redirects, says

SPELLINGS = {
    "loopback": "http://127.0.0.1/",
    "loopback, another": "http://127.255.0.9/",
    "short": "http://127.1/",
    "shorter": "http://127.0.1/",
    "one number": "http://2130706433/",
    "hex": "http://0x7f000001/",
    "hex in parts": "http://0x7f.0.0.1/",
    "octal": "http://0177.0.0.1/",
    "octal, long": "http://0000177.0.0.01/",
    "zero": "http://0/",
    "unspecified": "http://0.0.0.0/",
    "with a last dot": "http://127.0.0.1./",
    "full-width": "http://１２７.０.０.１/",
    "circled": "http://①②⑦.⓪.⓪.①/",
    "ideographic stops": "http://127。0。0。1/",
    "percent-encoded": "http://%31%32%37.0.0.1/",
    "private 10": "http://10.1.2.3/",
    "private 172": "http://172.31.255.1/",
    "private 192": "http://192.168.1.1/",
    "link-local, metadata": "http://169.254.169.254/latest/meta-data/",
    "shared": "http://100.64.0.1/",
    "multicast": "http://224.0.0.251/",
    "broadcast": "http://255.255.255.255/",
    "reserved": "http://240.0.0.1/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 loopback, long": "http://[0:0:0:0:0:0:0:1]/",
    "IPv6 unspecified": "http://[::]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 link-local, zone": "http://[fe80::1%25eth0]/",
    "IPv6 unique local": "http://[fd00:ec2::254]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "mapped": "http://[::ffff:127.0.0.1]/",
    "mapped, hex": "http://[::ffff:7f00:1]/",
    "compatible": "http://[::127.0.0.1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "NAT64": "http://[64:ff9b::a00:1]/",
    "ISATAP": "http://[2a00::5efe:192.168.0.1]/",
    "credentials before it": "http://example.org@127.0.0.1/",
    "a name": "http://localhost/",
    "a name, capitals": "http://LOCALHOST/",
    "space in it": "http://127.0.0.1 /",
    "another port": "http://127.0.0.1:6023/",
}


class Names(AbstractResolver):
    """Gives a name its answers one after another, the last one for ever."""

    def __init__(self, **answers: list[list[str]]):
        self.answers = answers
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked.append(host)
        queue = self.answers[host.partition(".")[0].lower()]
        numbers = queue.pop(0) if len(queue) > 1 else queue[0]
        return [
            {
                "hostname": host,
                "host": number,
                "port": port,
                "family": socket.AF_INET6 if ":" in number else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for number in numbers
        ]

    async def close(self) -> None:
        pass


def visit(url: str, network: Network, resolver: AbstractResolver | None = None):
    async def run():
        async with Visitor(network, resolver=resolver) as visitor:
            return await visitor.visit(url)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def inner():
    """What nobody may reach, on an address of this machine."""
    with Hostile(
        "127.0.0.2", pages={"/": says(200, b"SECRET"), "/robots.txt": says(404)}
    ) as server:
        yield server


@pytest.mark.parametrize("url", SPELLINGS.values(), ids=SPELLINGS)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(url):
    with pytest.raises(AddressRefused):
        visit(url, Network(delay=0, timeout=5))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "data:text/html,x",
        "ftp://example.org/",
        "s3://bucket/key",
        "javascript:alert(1)",
        "gopher://127.0.0.1/",
        "//example.org/",
        "example.org",
        "",
        "http://",
        "http:///path",
        "http://[::1/",
        "http://h:99999/",
        "http://h:0/",
    ],
)
def test_only_http_addresses_with_a_host_are_fetched(url):
    with pytest.raises(AddressRefused):
        visit(url, Network(delay=0, timeout=5))


def test_credentials_in_an_address_are_refused_and_not_repeated():
    with pytest.raises(AddressRefused, match="carries a user name or password") as caught:
        as_address("https://me:canary@example.org/a")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "number",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_public_addresses_are_let_through(number):
    assert refused_as(ipaddress.ip_address(number)) is None


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_what_is_refused_as_ipv4_is_refused_wrapped_in_ipv6(address):
    bits = int(address)
    wrapped = {
        ipaddress.IPv6Address((0xFFFF << 32) | bits),
        ipaddress.IPv6Address((0x2002 << 112) | (bits << 80)),
        ipaddress.IPv6Address((0x64FF9B << 96) | bits),
    }
    if refused_as(address):
        assert all(map(refused_as, wrapped))
    assert address.is_global or refused_as(address)


def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent(inner):
    with Hostile(pages={"/": redirects}) as outer:
        url = outer.url(f"/?to={inner.url('/')}")
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.2:\d+ is at a loopback address"):
            visit(url, Network(delay=0, allow=(outer.place,)))
    assert inner.asked == []


def test_an_allowed_host_and_port_is_fetched_and_no_other(inner):
    network = Network(delay=0, allow=(inner.place,))
    assert visit(inner.url("/"), network).body == b"SECRET"
    with pytest.raises(AddressRefused):
        visit("http://127.0.0.2:1/", network)


def test_another_name_for_an_allowed_place_is_refused(inner):
    network = Network(delay=0, allow=(inner.place,))
    with pytest.raises(AddressRefused, match=r"evil\.test:\d+ is at a loopback address \(127"):
        visit(f"http://evil.test:{inner.port}/", network, Names(evil=[["127.0.0.2"]]))


def test_a_name_may_be_allowed(inner):
    network = Network(delay=0, allow=(f"portal.test:{inner.port}",))
    names = Names(portal=[["127.0.0.2"]])
    assert visit(f"http://portal.test:{inner.port}/", network, names).address == "127.0.0.2"


def test_any_address_of_a_name_that_is_private_refuses_the_name():
    for name in ("mixed.test", "mixed.test.", "MIXED.test"):
        names = Names(mixed=[["8.8.8.8", "127.0.0.1"]])
        with pytest.raises(AddressRefused, match="loopback"):
            visit(f"http://{name}/", Network(delay=0), names)


def test_a_name_is_resolved_once_a_connection_and_the_checked_addresses_are_used():
    names = Names(rebind=[["8.8.8.8"], ["127.0.0.1"]])
    resolver = GuardedResolver(Guard(), names)
    (found,) = asyncio.run(resolver.resolve("rebind.test", 80))
    assert (found["host"], names.asked) == ("8.8.8.8", ["rebind.test"])
    with pytest.raises(AddressRefused):
        asyncio.run(resolver.resolve("rebind.test", 80))


def test_between_check_and_connection_nothing_is_resolved_again(inner):
    names = Names(portal=[["127.0.0.2"], ["192.0.2.1"]])
    network = Network(delay=0, allow=(f"portal.test:{inner.port}",))
    assert visit(f"http://portal.test:{inner.port}/", network, names).address == "127.0.0.2"
    assert names.asked == ["portal.test"]


def test_a_socket_is_opened_only_for_an_address_that_was_let_through():
    guard = Guard(["portal.test:80"])
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(AddressRefused, match="nothing was sent"):
        guard.open_socket(info)
    guard.check("portal.test", 80, ipaddress.ip_address("127.0.0.1"))
    guard.open_socket(info).close()
    with pytest.raises(AddressRefused):
        guard.open_socket((*info[:4], ("127.0.0.1", 81)))


def test_proxies_of_the_environment_are_not_used(inner, monkeypatch):
    with Hostile() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url("/"))
        visit(inner.url("/"), Network(delay=0, allow=(inner.place,)))
        assert proxy.asked == []


def test_origins_differ_by_scheme_host_and_port():
    one = origin_of("http://h/a")
    assert one == origin_of("http://H:80/b") == origin_of("http://h./")
    others = ["https://h/", "http://h:81/", "http://i/"]
    assert all(origin_of(other) != one for other in others)
