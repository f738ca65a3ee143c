"""The spider of similar-literature pages."""

from collections.abc import Sequence

from records import Address, UsageError
from records.secrets import without_secrets
from spiders.pages import address_from_id, address_of
from spiders.starts import StartsSpider


class SimilarSpider(StartsSpider):
    """Starts from pages that list an article's kin, or from articles' pages; bare article ids may
    stand beside an address of their site."""

    name = "similar"

    @classmethod
    def addresses(cls, starts: Sequence[str]) -> list[Address]:
        return start_addresses(starts)


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
