"""A store looked through: rows beside each other, and what is derived beside what it is from."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from itertools import islice
from typing import TYPE_CHECKING

from records import GleaningsError, LockHeld, StoreError
from storage import generations
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
    """Make every check of `storage.checks.every`; with `repair`, mend what can be mended, settle,
    and bring up the index of related literature. Harvests may go on beside it.

    Raises LockHeld where a rebuild goes on beside a repair, StoreError where the store is rebuilt
    meanwhile, or is not to the end.
    """
    done = []
    rebuilds = store.database.lock("rebuild") if repair else nullcontext()
    with rebuilds, Bench(store, progress) as bench:
        for check in CHECKS:
            _check_generation(bench)
            if repair and check.area == "clusters" and bench.touched:
                _settle(bench)
            done.append(_made(check, bench, repair=repair))
        if bench.touched:
            _settle(bench)
        _check_generation(bench)
    if repair:
        with suppress(GleaningsError):  # as a harvest's end: `glean status` says how far behind
            store.refresh()
    return done


def _check_generation(bench: Bench) -> None:
    """What is looked at has to be of one scheme, from the first check to the last."""
    name = bench.database.name
    with bench.database.read() as connection:
        now = generations.of(connection)
    if now.behind is not None:
        raise StoreError(f"{name}: is half rebuilt; run glean rebuild, and then glean verify")
    if now.scheme != bench.scheme.name:
        raise StoreError(f"{name}: was rebuilt while it was looked at; run glean verify again")


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
