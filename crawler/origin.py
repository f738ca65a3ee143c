"""Where an address is served: what credentials, robots rules and allowances are for."""

from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
"""What is fetched, and where it is served unless an address says otherwise."""


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an http(s) address.

    >>> origin_of("https://Example.org/a"), origin_of("http://[::1]:8080/")
    (('https', 'example.org', 443), ('http', '::1', 8080))
    """
    parts = urlsplit(url)
    return parts.scheme, _host(parts), parts.port or PORTS.get(parts.scheme, 0)


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")
