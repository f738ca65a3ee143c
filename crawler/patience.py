"""Work on a store whose server may restart meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from records import StoreUnreachable

T = TypeVar("T")

TRIES = 5
"""Of one piece of work: each waits for the server as long as `storage.postgresql.AWAY_SECONDS`."""


def patiently(work: Callable[[], T], back: Callable[[], None] = lambda: None) -> T:
    """What some work returns, begun again where the server broke it off: one transaction, which may
    have been committed unheard. `back`: called once the server is there again."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except StoreUnreachable:
            back()
    return work()
