"""Which addresses may be connected to: checked by name, and again as numbers when connecting."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from aiohttp import AddrInfoType, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from w3lib.url import safe_url_string

from crawler.config import parse_allowed
from crawler.origin import PORTS, origin_of
from records import AddressRefused

# Numbers that resolvers take for an IPv4 address: 127.1, 2130706433, 0x7f.0.0.1, 0177.0.0.1
_NUMBERS = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%25[a-z0-9._-]+)?")

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = (
    (ipaddress.ip_network("100.64.0.0/10"), "a shared (CGNAT)"),
    (ipaddress.ip_network("64:ff9b:1::/48"), "a translated"),
    (ipaddress.ip_network("::/96"), "a reserved"),
    (ipaddress.ip_network("fec0::/10"), "a private"),
)


def as_address(url: str) -> str:
    """An address as it is sent: percent-encoded, its host in ASCII.

    Raises AddressRefused where it is none, not http(s), or carries a user name or password.
    """
    try:
        clean = safe_url_string(url.strip())
        parts = urlsplit(clean)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{url[:200]!r} is not an address: {error}") from error
    shown = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]
    if parts.scheme not in PORTS:
        raise AddressRefused(f"{shown}: only http and https addresses are fetched")
    if "@" in parts.netloc:
        raise AddressRefused(f"{shown}: carries a user name or password; take it out")
    if not _HOST.fullmatch(parts.hostname or "") or port == 0:
        raise AddressRefused(f"{shown}: has no host that can be asked")
    return clean


def refused_as(address: IPv4Address | IPv6Address) -> str | None:
    """What kind of address that nobody on the public internet has; None: it may be fetched.

    >>> refused_as(ipaddress.ip_address("10.1.2.3"))
    'a private'
    >>> refused_as(ipaddress.ip_address("::ffff:127.0.0.1"))
    'a loopback'
    """
    inner = _embedded(address)
    if inner is not None and (kind := refused_as(inner)):
        return kind
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return None
    tests = (
        (address.is_unspecified, "an unspecified"),
        (address.is_loopback, "a loopback"),
        (address.is_link_local, "a link-local"),
        (address.is_multicast, "a multicast"),
        *((address in network, kind) for network, kind in _SPECIAL),
        (address.is_reserved, "a reserved"),
        (address.is_private or not address.is_global, "a private"),
    )
    return next((kind for holds, kind in tests if holds), None)


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to an IPv6 address may end at: mapped, 6to4, NAT64, Teredo."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64 or int(address) >> 32 & 0xFFFF_FFFF in (0x5EFE, 0x0200_5EFE):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


class Guard:
    """Refuses addresses that are not public, unless host and port were allowed by name."""

    def __init__(self, allow: Iterable[str] = ()):
        """`allow`: ``host:port`` as it stands in the addresses that may be fetched."""
        self.allowed = frozenset(parse_allowed(entry) for entry in allow)
        self._granted: set[tuple[str, int]] = set()

    def admit(self, url: str) -> None:
        """Raise AddressRefused for an address whose host is written as numbers and not public."""
        _, host, port = origin_of(url)
        bare = host.partition("%")[0]
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            # whatever a resolver makes of it is not what a reader sees
            if _NUMBERS.fullmatch(host):
                raise AddressRefused(f"{host}:{port} is an IP address in disguise") from None
            return
        self.check(host, port, address)

    def check(self, host: str, port: int, address: IPv4Address | IPv6Address) -> None:
        """Raise AddressRefused where this host, at this address, may not be connected to."""
        kind = refused_as(address)
        if kind is None:
            return
        if (host.lower().rstrip("."), port) in self.allowed:
            self._granted.add((str(address), port))
            return
        shown = f"[{host}]" if ":" in host else host
        at = "" if host == str(address) else f" ({address})"
        raise AddressRefused(
            f"{shown}:{port} is at {kind} address{at}; to fetch it all the same, write "
            f'allow = ["{shown}:{port}"] under [network] in glean.toml'
        )

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """The last step before every connection: a socket for an address that was let through."""
        family, kind, protocol, _, where = info
        number, port = str(where[0]).partition("%")[0], int(where[1])
        address = ipaddress.ip_address(number)
        if refused_as(address) and (str(address), port) not in self._granted:
            raise AddressRefused(f"{number}:{port} was not let through; nothing was sent")
        return socket.socket(family, kind, protocol)


class GuardedResolver(AbstractResolver):
    """Resolves a name once, checks every address it has, and hands on those very addresses."""

    def __init__(self, guard: Guard, inner: AbstractResolver | None = None):
        self._guard = guard
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused where any of the addresses is refused, OSError where none is."""
        found = await self._inner.resolve(host, port, family)
        for each in found:
            number = each["host"].partition("%")[0]
            self._guard.check(host, port, ipaddress.ip_address(number))
        return found

    async def close(self) -> None:
        await self._inner.close()
