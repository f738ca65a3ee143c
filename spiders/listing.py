"""The spider of result pages with next pages behind them, whatever their site."""

from collections.abc import Sequence

from records import Address, UsageError
from records.secrets import without_secrets
from spiders.pages import listing_address
from spiders.starts import StartsSpider


class ListingSpider(StartsSpider):
    """Starts from any result page. Its next pages are followed where pages are stored, which is
    where it shows how many records the walk has brought so far, and which of them are new."""

    name = "listing"

    @classmethod
    def addresses(cls, starts: Sequence[str]) -> list[Address]:
        found: dict[str, Address] = {}
        for each in starts:
            address = listing_address(each)
            if address is None:
                raise UsageError(
                    f"{without_secrets(each)}: is no web address; write it as your browser shows it"
                )
            found.setdefault(address.fingerprint, address)
        return [*found.values()]
