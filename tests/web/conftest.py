"""The local page of stores that are filled once: served over loopback, as glean serve does."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn

from records import Footer, InputError
from storage import SqlStore, open_store
from storage.captures import Captured
from tests.cli.deciding import fill
from tests.storage.filling import Filler, abstract, record
from web import app

TOKEN = "a token of the tests"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}${7*7}",
    "</title></textarea><svg/onload=alert(1)>",
    "\u202e\u2066<b>reversed</b>\x1b[2J",
)
BODY = b"<html><head><title>x</title><script>alert(1)</script></head><body><p>Page of <b>words</b>"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Page:
    """A page that is served at a port of loopback."""

    port: int
    url: str
    """Of its store."""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, *, method: str = "GET", body: str | None = None, **headers: str | None
    ) -> Answer:
        """A header of None is left out, Host too."""
        said = {"Host": f"127.0.0.1:{self.port}"} | self.headers
        said |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True)
        for name, value in said.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(None if body is None else body.encode())
        answer = connection.getresponse()
        told = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return told

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask(f"{path}?{urlencode(query, doseq=True)}" if query else path)

    def post(self, **form: str) -> Answer:
        """A form of the page itself."""
        origin = f"http://127.0.0.1:{self.port}"
        return self.ask("/review", method="POST", body=urlencode(form), Origin=origin)


class Served:
    """An application at a port that is free. A context manager."""

    def __init__(self, url: str, **settings: Any) -> None:
        self._url = url
        self._socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app.make(url, **settings), log_level="warning", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.run(self._server._serve([self._socket]))

    def __enter__(self) -> Page:
        self._thread.start()
        return Page(self._socket.getsockname()[1], self._url)

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def key(number: int) -> str:
    return record(number).key


def _hostile(number: int, said: str) -> Any:
    return record(
        number,
        title=f"{said} of rivers",
        authors=(said, "Li W."),
        venue=said,
        keywords=(said,),
        url=f"javascript:alert('{number}')",
        identifiers={said: said},
    )


def fill_for_reading(folder: Path) -> str:
    """A store with clusters, hostile records, and a page in quarantine; the index is made."""
    url = f"sqlite:///{folder / 'glean.db'}"
    with open_store(url, create=True) as store:
        filler = Filler(store)
        for number in (1, 2, 3):
            twin = record(number, text=abstract(1), title="One work", year=2000, venue="河流学报")
            filler.add(200 + number, [twin])
        chinese = {"title": "肝癌患者的河流研究", "text": "本文研究肝癌患者。", "language": "zh"}
        filler.add(300, [record(30, **chinese), *(record(n) for n in range(10, 16))])
        filler.add(301, [_hostile(50 + n, said) for n, said in enumerate(HOSTILE)])
        filler.add(302, [record(60)], total=7, footer=Footer(text=HOSTILE[0]))
        other = Filler(store, "there")
        other.now = filler.now
        other.add(400, [record(10), record(70, url="https://example.org/70")])
        store.settle()
        store.refresh()
    return url


def body_of(page: Captured) -> bytes:
    if page.place is not None:
        raise InputError("not expected")
    return BODY


@pytest.fixture(scope="package")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Shared by tests that only read it."""
    url = fill_for_reading(tmp_path_factory.mktemp("web"))
    with Served(url, bodies=body_of) as served:
        yield served


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[Page]:
    """A page of borderline pairs, that a browser has the token of."""
    fill(tmp_path)
    with Served(f"sqlite:///{tmp_path / 'glean.db'}", write_token=TOKEN) as served:
        entered = served.get("/enter", token=TOKEN)
        assert entered.status == 303
        served.headers["Cookie"] = entered.headers["set-cookie"].partition(";")[0]
        yield served


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Page]:
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    opened: SqlStore = open_store(url, create=True)
    opened.close()
    with Served(url) as served:
        yield served
