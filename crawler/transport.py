"""One HTTP request and its response: guarded, capped in size and time, sent once."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection

from crawler.capture import Fetched, Role
from crawler.guard import Guard, GuardedResolver
from crawler.limits import (
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    BodyCut,
    BodyTooLarge,
    CertificateRefused,
    ConnectionFailed,
    FetchFailed,
    HostNotFound,
    NotHttp,
    TimedOut,
    codings_of,
    decoded,
)
from records import AddressRefused

ROBOTS_BYTES = 500 * 1024
"""How much of a robots.txt is read; RFC 9309 asks for at least this."""

_CHUNK = 1 << 16
_PARTIAL = 206
"""Nobody asks for a part of a page here, and no part is taken for a whole."""


def _now() -> int:
    return time.time_ns() // 1000


class _Response(aiohttp.ClientResponse):
    """Keeps the peer's address: the connection may be gone once the headers are read."""

    peer: str | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            name = connection.transport.get_extra_info("peername")
            self.peer = str(name[0]) if name else None
        return await super().start(connection)


class Transport:
    """Sends GET requests over HTTP/1.1. No cookies, no proxies, no redirects, no second try."""

    def __init__(
        self,
        guard: Guard,
        *,
        agent: str,
        timeout: float,
        max_bytes: int,
        resolver: AbstractResolver | None = None,
        now: Callable[[], int] = _now,
    ):
        """`timeout`: seconds from the request to the last byte; `now`: microseconds UTC."""
        self.guard = guard
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._resolver = resolver
        self._now = now
        self._headers = {
            "User-Agent": agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh,en;q=0.8,*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection kept open."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def get(
        self,
        url: str,
        *,
        requested: str,
        role: Role,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """The response to one request, whatever its status. `url` is as `as_address` gives it.

        Raises AddressRefused, and FetchFailed for every way in which there is no response. A body
        that came whole but cannot be decoded is the response's `failure`.
        """
        self.guard.admit(url)
        began = self._now()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._send(url, {**(headers or {}), **self._headers})
                try:
                    raw, cut = await self._body(response, url, role)
                finally:
                    response.close()
        except (aiohttp.ClientError, OSError, ssl.SSLError) as error:
            raise self._failure(url, error) from error
        received = Fetched(
            requested=requested,
            url=url,
            role=role,
            status=response.status,
            reason=(response.reason or "").encode("utf-8", "surrogateescape").decode("latin-1"),
            headers=response.raw_headers,
            raw=raw,
            body=b"",
            fetched_at=began,
            address=response.peer,
            cut=cut,
        )
        return self._read(received)

    async def _send(self, url: str, headers: Mapping[str, str]) -> _Response:
        if self._session is None:
            self._session = self._open()
        response = await self._session.get(url, headers=headers, allow_redirects=False)
        assert isinstance(response, _Response)
        return response

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(self.guard, self._resolver),
                socket_factory=self.guard.open_socket,
                use_dns_cache=False,  # a name is resolved, checked and connected to in one go
                limit=0,
            ),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Response,
            timeout=aiohttp.ClientTimeout(total=None),
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
            middlewares=(_send_once,),
            trust_env=False,
        )

    async def _body(self, response: _Response, url: str, role: Role) -> tuple[bytes, bool]:
        """The body as received, and whether there was more of it than is read."""
        most = ROBOTS_BYTES if role == "robots" else self._max_bytes
        announced = response.content_length
        if role != "robots" and announced is not None and announced > most:
            raise BodyTooLarge(url, f"{announced} bytes announced; the limit is {most}")
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > most and role == "robots":
                return bytes(body[:most]), True
            if len(body) > most:
                raise BodyTooLarge(url, f"more than {most} bytes came")
        return bytes(body), False

    def _read(self, received: Fetched) -> Fetched:
        if received.status == _PARTIAL:
            return replace(received, failure=BodyCut(received.url, "only a part was sent (206)"))
        is_robots = received.role == "robots"
        try:
            body = decoded(
                received.raw,
                codings_of(received.headers),
                url=received.url,
                max_bytes=ROBOTS_BYTES if is_robots else self._max_bytes,
                cut=is_robots,
            )
        except FetchFailed as failure:
            return replace(received, failure=failure)
        return replace(received, body=body)

    def _failure(self, url: str, error: Exception) -> FetchFailed | AddressRefused:
        if isinstance(error, TimeoutError):
            return TimedOut(url, f"no whole response within {self._timeout:g} seconds")
        for kind, failure, words in _FAILURES:
            if isinstance(error, kind):
                return failure(url, words)
        if isinstance(error, aiohttp.InvalidURL):
            return AddressRefused(f"{url}: not an address that can be asked")
        return ConnectionFailed(url, f"the connection failed ({type(error).__name__})")


async def _send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from asking again at once when a server hangs up: that would break the pace."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _HungUp(str(error)) from error


class _HungUp(aiohttp.ClientError):
    pass


_FAILURES: tuple[tuple[type[Exception], type[FetchFailed], str], ...] = (
    (aiohttp.ClientConnectorCertificateError, CertificateRefused, "its certificate is not trusted"),
    (aiohttp.ClientConnectorSSLError, CertificateRefused, "no secure connection could be made"),
    (ssl.SSLError, CertificateRefused, "the secure connection failed"),
    (aiohttp.ClientConnectorDNSError, HostNotFound, "the host's name cannot be resolved"),
    (aiohttp.ClientConnectorError, ConnectionFailed, "the host takes no connection"),
    (_HungUp, ConnectionFailed, "the host hung up without an answer"),
    (aiohttp.ClientPayloadError, BodyCut, "the body ended before its announced length"),
    (aiohttp.ClientResponseError, NotHttp, "the response is not HTTP, or its headers are too long"),
)
