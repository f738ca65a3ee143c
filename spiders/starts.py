"""What spiders have in common: start addresses out, and the pages they are given handed over."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from records import Address, InputError
from spiders import Answer


class StartsSpider(Spider):
    """Yields start addresses; what to fetch after them is the frontier's to say.

    ``scrapy crawl NAME -a url=ADDRESS [-a url=…]``; several addresses may be separated by white
    space. ``-a file=FILE`` names a file of them, one a line.
    """

    def __init__(
        self,
        *,
        url: str | Sequence[str] = (),
        file: str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.starts = url.split() if isinstance(url, str) else [*url]
        if file is not None:
            self.starts += _lines(Path(file))

    @classmethod
    def addresses(cls, starts: Sequence[str]) -> list[Address]:
        """The addresses that are meant, each once. Raises UsageError for one it does not take."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        for address in self.addresses(self.starts):
            yield Request(address.url, dont_filter=True, meta={"address": address})

    def parse(self, response: Response, **_: Any) -> Iterator[Answer]:
        yield Answer(response)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a list of addresses: {error}") from error
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]
