"""Where pages are. Navigation only: what a page says is read elsewhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Response


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came, to be archived, read and stored."""

    response: "Response"
