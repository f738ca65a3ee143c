"""A web server on loopback that does whatever a test asks, byte by byte, and notes who came."""

import asyncio
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    at: float
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Wire:
    """The connection a handler answers on."""

    def __init__(self, writer: asyncio.StreamWriter):
        self.writer = writer
        self.keep_alive = False

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A well-formed response; `content_type="…"` becomes ``Content-Type: …``."""
        lines = [f"HTTP/1.1 {status} Said So", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        self.keep_alive = True


Handler = Callable[[Asked, Wire], Awaitable[None]]


@dataclass
class Hostile:
    """Use as a context manager; `pages` maps a path to what answers it, else a 404."""

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> "Hostile":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(
            self._connected, self.host, self.port, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader, writer) -> None:
        try:
            wire = Wire(writer)
            while await self._serve(reader, wire):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader, wire: Wire) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        target = urlsplit(request.split(" ")[1])
        asked = Asked(
            at=time.monotonic(),
            path=target.path,
            query={name: values[0] for name, values in parse_qs(target.query).items()},
            headers={n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)},
        )
        self.asked.append(asked)
        wire.keep_alive = False
        handler = self.pages.get(target.path)
        if handler is None:
            await wire.answer(404, b"no such page")
        else:
            await handler(asked, wire)
        return wire.keep_alive

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return f"http{'s' if self.tls else ''}://{self.place}{path}"

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]


def says(status: int = 200, body: bytes = b"", **headers: str) -> Handler:
    """Answers always the same."""

    async def handler(asked: Asked, wire: Wire) -> None:
        await wire.answer(status, body, **headers)

    return handler


def sends(*parts: bytes, then_wait: bool = False) -> Handler:
    """Sends these bytes and hangs up, or never does."""

    async def handler(asked: Asked, wire: Wire) -> None:
        for part in parts:
            await wire.send(part)
        if then_wait:
            await asyncio.sleep(3600)

    return handler


def repeats(head: bytes, piece: bytes, pause: float = 0) -> Handler:
    """Sends a piece for ever after the head."""

    async def handler(asked: Asked, wire: Wire) -> None:
        await wire.send(head)
        while True:
            await wire.send(piece)
            await asyncio.sleep(pause)

    return handler


async def redirects(asked: Asked, wire: Wire) -> None:
    """To ``?to=``, with ``?code=``."""
    await wire.answer(int(asked.query.get("code", "302")), location=asked.query["to"])


ALLOW_ALL = says(404)
