"""A response as it was received, for the archive and for who reads it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from crawler.limits import FetchFailed, codings_of, decoded
from records import UsageError
from storage.archive import Exchange

if TYPE_CHECKING:
    from scrapy.http import Response

Role = Literal["page", "redirect", "robots"]

_MAX_BYTES = 1 << 30
"""Of what was archived: a harvest's own limit may have been any below."""
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"',]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One HTTP response, whatever its status."""

    requested: str
    """The address first asked for, before any redirect."""
    url: str
    """The address that answered."""
    role: Role
    """``redirect``: a hop on the way to the page; ``robots``: a robots.txt, or a hop to one."""
    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    """As received, in order. Transfer-Encoding may be among them, but is undone in `raw`."""
    raw: bytes
    """The body with its content encodings as received."""
    body: bytes
    """The body decoded. Empty where `failure` says why it cannot be."""
    fetched_at: int
    """When it was asked for, microseconds UTC."""
    address: str | None
    """IP address connected to. None: the connection was gone before it could be read."""
    cut: bool = False
    """`raw` is only the beginning: a robots.txt longer than is read of one."""
    failure: FetchFailed | None = None
    """Why `body` could not be decoded."""

    def header(self, name: str) -> str | None:
        """The first header of this name, as Latin-1."""
        wanted = name.lower().encode("latin-1")
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1")
        return None

    @property
    def charset(self) -> str | None:
        """The Content-Type header's charset, as written there. None: it names none."""
        found = _CHARSET.search(self.header("content-type") or "")
        return found[1] if found else None


def body_of(exchange: Exchange) -> bytes:
    """The body of an archived response, decoded. Raises FetchFailed."""
    codings = codings_of((n.encode("latin-1"), v.encode("latin-1")) for n, v in exchange.headers)
    return decoded(exchange.body, codings, url=exchange.url, max_bytes=_MAX_BYTES)


Sink = Callable[[Fetched], Awaitable[None] | None]
"""Takes every response, robots.txt and redirects too, before anything is made of it."""

META = "fetched"
"""Key of a request's ``meta`` that holds its `Fetched`."""


async def hand_over(fetched: Fetched, sink: Sink | None) -> None:
    """Give a response to the sink, and wait until it is done with it."""
    if sink is not None and (waiting := sink(fetched)) is not None:
        await waiting


def fetched_from(response: "Response") -> Fetched:
    """What a spider's response was made of. Raises UsageError where Scrapy fetched it otherwise."""
    fetched = response.meta.get(META)
    if not isinstance(fetched, Fetched):
        raise UsageError(
            f"{response.url}: fetched without this project's download handler; "
            "run the crawl with the settings of crawler.settings"
        )
    return fetched
