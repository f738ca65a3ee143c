"""Small sites of result pages on loopback, whose next links lead where a test wants them to."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage import open_store
from storage.walks import Walk, newest
from tests.crawler.harvesting import store_of
from tests.crawler.hostile import Asked, Handler, Hostile, Wire, says
from tests.storage.filling import abstract


def item(number: int) -> str:
    """Record `number` as one entry of a list."""
    return (
        f'<li class="hit"><h3><a href="/paper/{number}">Paper {number} on {abstract(number, 1)}</a>'
        f'</h3><p class="by">Author {number}, 2001</p><p>{abstract(number)}</p></li>'
    )


def result_page(
    numbers: Sequence[int], *, stated: str = "", onward: str | None = None, label: str = "Next"
) -> bytes:
    """A page that lists these records, says `stated`, and links to `onward`."""
    link = f'<p class="pager"><a href="{onward}">{label}</a></p>' if onward else ""
    items = "".join(map(item, numbers))
    return (
        f"<!DOCTYPE html><html><head><title>Search</title></head><body><h1>Search</h1>"
        f'<p class="count">{stated}</p><ol>{items}</ol>{link}</body></html>'
    ).encode()


Page = Callable[[int, dict[str, str]], bytes]
"""(number of the page from 1, the address's parameters) -> the page."""


@dataclass
class Listing:
    """A site that answers ``/list?page=N`` with what a function says. Use as a context manager."""

    page: Page
    paths: Sequence[str] = ("/list",)
    site: Hostile = field(default_factory=Hostile)

    def __enter__(self) -> "Listing":
        self.site.__enter__()
        self.site.pages["/robots.txt"] = says(404)
        for path in self.paths:
            self.site.pages[path] = self._answer()
        return self

    def __exit__(self, *error: object) -> None:
        self.site.__exit__(*error)

    def _answer(self) -> Handler:
        async def handler(asked: Asked, wire: Wire) -> None:
            body = self.page(int(asked.query.get("page", "1")), asked.query)
            await wire.answer(200, body, content_type="text/html; charset=utf-8")

        return handler

    def url(self, query: str = "") -> str:
        return self.site.url(f"{self.paths[0]}{query}")

    @property
    def asked(self) -> list[int]:
        """The pages asked for, by number, in order."""
        return [
            int(each.query.get("page", "1")) for each in self.site.asked if each.path in self.paths
        ]

    def config(self, folder: Path, *starts: str, **source: Any) -> Path:
        """A ``glean.toml`` that harvests it without delay, as source ``portal``."""
        said = {"name": "portal", "spider": "listing", "start": [*starts] or [self.url()]} | source
        lines = [
            *("[store]", 'url = "sqlite:///glean.db"', 'archive = "archive"'),
            *("[network]", "delay = 0.0", "retries = 0", f'allow = ["{self.site.place}"]'),
            *("[[source]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())),
        ]
        path = folder / "glean.toml"
        path.write_text("\n".join(lines), "utf-8")
        return path


def walks_of(config: Path) -> list[Walk]:
    with open_store(store_of(config)) as store, store.database.read() as connection:
        return newest(connection, limit=1_000)


def keys_of(config: Path) -> set[str]:
    """The last part of each stored record's key."""
    with open_store(store_of(config)) as store:
        return {record.key.rpartition("/")[2] for record in store.records()}


def span(page: int, size: int = 10, last: int = 10**9) -> range:
    """The records of a page of so many, of a list up to `last`."""
    return range((page - 1) * size + 1, min(page * size, last) + 1)
