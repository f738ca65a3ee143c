"""What a page says: bytes or text in, a `records.ResultPage` out. No network."""

from spiders.pages.addresses import address_from_id, address_of
from spiders.pages.onward import listing_address
from spiders.pages.problems import PROBLEMS
from spiders.pages.reading import READER, read

__all__ = ["PROBLEMS", "READER", "address_from_id", "address_of", "listing_address", "read"]
