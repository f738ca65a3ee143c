"""The kernels that near-duplicates are told with, loaded beside the first answers.

Loading takes half a second: numba itself, what is compiled of a dozen kernels, and the tables that
they read. A process that asks once is done without them before that, and one that asks more often
does not wait for them either.
"""

import logging
import threading

from dedup.scheme import Scheme
from records import Record

_log = logging.getLogger(__name__)
_loaded = threading.Event()
_begun = threading.Lock()
"""Taken once, by who begins."""


def are_loaded() -> bool:
    return _loaded.is_set()


def load(scheme: Scheme) -> None:
    """Load them now: what `dedup.single` does of one record and `dedup.verdicts` of many."""
    import numpy as np

    from dedup.placing import batch_of, columns_of
    from dedup.single import place_single
    from dedup.verdicts import judge_few

    said = "This abstract is there to have the kernels loaded, and it says nothing. " * 3
    each = Record(rank=1, key="", title="On loading", abstract=said)
    place_single(each, scheme)
    ends = np.arange(2, dtype=np.int32)
    judge_few(columns_of(batch_of([each, each]), scheme), ends[:1], ends[1:])
    _loaded.set()


def load_beside(scheme: Scheme) -> None:
    """Have them loaded by a thread, which the process waits for at its end; once, however often it
    is said."""
    if _begun.acquire(blocking=False):
        threading.Thread(target=_load, args=(scheme,), name="kernels").start()


def _load(scheme: Scheme) -> None:
    try:
        load(scheme)
    except Exception as error:  # answers are made without, and say the same
        _log.warning("kernels: cannot be loaded, answers take longer: %s", error)
