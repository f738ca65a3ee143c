"""Where a response sends its reader."""

from urllib.parse import urldefrag, urljoin

from w3lib.url import safe_url_string

from crawler.capture import Fetched
from crawler.origin import origin_of

MAX_REDIRECTS = 5

_STATUSES = frozenset({301, 302, 303, 307, 308})


def redirect_target(fetched: Fetched) -> str | None:
    """The absolute address a redirect leads to, without its fragment.

    None: it is no redirect, or has no Location that is an address.
    """
    location = fetched.header("location")
    if fetched.status not in _STATUSES or not location:
        return None
    # bytes that are not ASCII are kept as they are, percent-encoded: sites send GBK here
    try:
        quoted = safe_url_string(location, encoding="latin-1", path_encoding="latin-1")
        return urldefrag(urljoin(fetched.url, quoted)).url
    except ValueError:
        return None


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common.

    >>> same_origin("http://h/a", "http://h:80/b"), same_origin("http://h/", "https://h/")
    (True, False)
    """
    return origin_of(one) == origin_of(other)
