"""Python's search for cycles among objects, put off while millions are made that have none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_cycles() -> Iterator[None]:
    """Nothing is searched within; a third of the time of a large corpus would go into it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            _pass_over()
            gc.enable()


def _pass_over() -> None:
    """Count all that was made meanwhile as old: else the first search would go through it."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
