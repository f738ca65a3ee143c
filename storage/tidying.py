"""Sorting what came with files into the shelf, in transactions of its own."""

import time

from storage import shelving
from storage.buckets import Buckets
from storage.database import Database

_SECONDS = 0.15
"""A transaction is to take: others wait for it."""
_ALL = 1 << 30


def tidy(database: Database, index: Buckets) -> None:
    """Do of what is due as much as keeps pace with what came."""
    if not index.may_be_due:
        return
    with database.read() as connection:
        left = shelving.steps(connection, index.came, patient=True)
    index.came = 0
    while left:
        left = _some(database, index, left, last=False)


def finish(database: Database, index: Buckets) -> None:
    """Nothing more comes: do all that would be due if pages came."""
    left, index.came = _ALL, 0
    while left:
        left = _some(database, index, left, last=True)


def _some(database: Database, index: Buckets, most: int, *, last: bool) -> int:
    """How many of `most` steps are left; 0: nothing more is due."""
    with database.read() as connection:
        index.catch_up(connection)
        ready = shelving.gathered(connection, index.waiting, patient=not last)
    with database.write() as connection:
        begun = time.monotonic()
        index.catch_up(connection)
        waiting = index.waiting
        while most and time.monotonic() - begun < _SECONDS:
            done = shelving.step(connection, waiting, patient=not last, ready=ready)
            most = most - 1 if done else 0
            waiting, ready = 0, None
        index.resume(connection)
    return most
