"""The spider of similar-literature pages."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from records import Address, InputError, UsageError
from records.secrets import without_secrets
from spiders import Answer
from spiders.pages import address_from_id, address_of


class SimilarSpider(Spider):
    """Yields start addresses; what to fetch after them is the frontier's to say.

    ``scrapy crawl similar -a url=ADDRESS [-a url=…]``; several addresses or article ids may be
    separated by white space. ``-a file=FILE`` names a file of them, one a line.
    """

    name = "similar"

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

    async def start(self) -> AsyncIterator[Request]:
        for address in start_addresses(self.starts):
            yield Request(address.url, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> Iterator[Answer]:
        yield Answer(response)


def start_addresses(starts: Sequence[str]) -> list[Address]:
    """The addresses behind addresses and bare article ids, each once.

    An id is asked for on the site of the first address that stands before or after it. Raises
    UsageError where an address is of another site, or an id has no address beside it.
    """
    template = next((each for each in starts if "://" in each), None)
    found: dict[str, Address] = {}
    for each in starts:
        if "://" in each:
            address = address_of(each)
            if address is None:
                raise UsageError(
                    f"{without_secrets(each)}: no similar-literature or article address"
                )
        elif template is None:
            raise UsageError(f"{each}: an id alone; give one full address of the site beside it")
        else:
            address = address_from_id(each, template)
        found.setdefault(address.fingerprint, address)
    return [*found.values()]


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a list of addresses: {error}") from error
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]
