"""What a page says: bytes or text in, a `records.ResultPage` out. No network."""

from typing import TYPE_CHECKING, Any

from spiders.pages.addresses import address_from_id, address_of
from spiders.pages.onward import listing_address
from spiders.pages.problems import PROBLEMS
from spiders.pages.version import READER

if TYPE_CHECKING:
    from spiders.pages.reading import read

__all__ = ["PROBLEMS", "READER", "address_from_id", "address_of", "listing_address", "read"]


def __getattr__(name: str) -> Any:
    """What reads, when it is asked for: a harvest asks here for addresses only, its pages are read
    in a process of their own."""
    if name != "read":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from spiders.pages.reading import read

    return read
