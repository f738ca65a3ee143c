"""The search for cycles is put off, and then goes on as it was."""

import gc
import weakref

from dedup.collecting import no_cycles


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_cycles_are_left_while_it_is_put_off_and_found_later() -> None:
    frozen = gc.get_freeze_count()
    with no_cycles():
        assert not gc.isenabled()
        gone = weakref.ref(Cycle())
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
    gc.collect()
    assert gone() is None


def test_whoever_searches_for_none_is_left_in_peace() -> None:
    gc.disable()
    try:
        with no_cycles():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
