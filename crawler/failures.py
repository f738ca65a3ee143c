"""What a failed request is to the frontier: what is said of it, and whose fault it is."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from crawler.capture import Fetched
from crawler.limits import FetchFailed, HostSuspended, why
from records import Lease, host_of
from storage.failures import Failure

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that a later try may mend."""
GONE = frozenset({404, 410})
"""Statuses by which a host says that it has no such page."""
REFUSALS = frozenset({403, 429, 503})
"""Statuses by which a host says, or may say, that it wants to be left alone. One page may well be
forbidden (403) where others are not; several in a row are a ban."""


def of_response(fetched: Fetched, *, now: int) -> Failure:
    """A response that is no page. `now`: microseconds UTC."""
    wait = retry_after(fetched.header("Retry-After"), now / 1e6)
    status = fetched.status
    return Failure(
        reason=f"status {status}",
        again=status in AGAIN,
        host=host_of(fetched.url),
        refused=status in REFUSALS or wait is not None,
        is_gone=status in GONE,
        wait=wait,
    )


def of_error(error: BaseException, lease: Lease) -> Failure:
    """An error of a request, where there is no response."""
    word, again = why(error)
    if isinstance(error, HostSuspended):
        return Failure(
            reason=word,
            again=again,
            host=host_of(error.url),
            refused=None,
            wait=error.wait,
            is_own=False,
        )
    if isinstance(error, FetchFailed):
        return Failure(reason=word, again=again, host=host_of(error.url), refused=error.refused)
    return Failure(reason=word, again=again, host=host_of(lease.address.url), refused=None)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for; None: it asks for nothing that can be read.

    >>> retry_after("120", 0), retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 0), retry_after("?", 0)
    (120.0, 60.0, None)
    """
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - now)
    except (ValueError, OverflowError):
        return None
