"""A store looked through: rows beside each other, and what is derived beside what it is from."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from records import LockHeld
from storage.checks.check import AT_ONCE, NAMED, Bench, Check, Checked, Fault
from storage.checks.every import CHECKS

if TYPE_CHECKING:
    from storage.sql import SqlStore

_SETTLE_AGAIN_SECONDS = 1.0


def verify(
    store: "SqlStore",
    *,
    repair: bool = False,
    progress: Callable[[Checked], None] = lambda _: None,
) -> list[Checked]:
    """Make every check of `storage.checks.every`; with `repair`, mend what can be mended, and
    settle. Harvests may go on beside it.
    """
    done = []
    with Bench(store, progress) as bench:
        for check in CHECKS:
            if repair and check.area == "clusters" and bench.touched:
                _settle(bench)
            done.append(_made(check, bench, repair=repair))
        if bench.touched:
            _settle(bench)
    return done


def _settle(bench: Bench) -> None:
    """Where another process is at it, after it: what it left behind is still ours."""
    while True:
        try:
            bench.store.settle()
        except LockHeld:
            time.sleep(_SETTLE_AGAIN_SECONDS)
        else:
            break
    bench.touched = False


def _made(check: Check, bench: Bench, *, repair: bool) -> Checked:
    told = bench.told = Checked(check.area, check.holds)
    if check.needs_index and bench.torn:
        told.left_out += 1
        return told
    for faults in _batched(check.finds(bench)):
        told.faults += len(faults)
        told.named += faults[: NAMED - len(told.named)]
        if repair and check.mends is not None:
            told.mended += check.mends(bench, faults)
        bench.looked_at(0)
    if told.left:
        told.remedy = check.remedy
    return told


def _batched(faults: Iterator[Fault]) -> Iterator[list[Fault]]:
    while some := list(islice(faults, AT_ONCE)):
        yield some
