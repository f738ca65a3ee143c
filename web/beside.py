"""Figures that take longer than a page may: counted beside, shown as of the last count."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 0.02
"""Seconds that a page waits for a count; what takes no longer is counted for every page."""
_REST = 20.0
"""Times as long as a count took, before it is begun again."""


class Beside(Generic[T]):
    """A value that a thread of its own counts, one at a time. Threads may share it."""

    def __init__(
        self,
        count: Callable[[], T],
        *,
        of: Callable[[], object] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`of`: what the value is that of, such as a change number: while it is the same, nothing
        is counted again. None: the value may change at any time."""
        self._count = count
        self._of = of or object
        self._counted_of: object = None
        self._patience = patience
        self._lock = threading.Lock()
        self._value: T | None = None
        self._took = 0.0
        self._ended = 0.0
        self._thread: threading.Thread | None = None
        self._failed: Exception | None = None

    def get(self) -> T | None:
        """As of the last count. None: the first one goes on. Raises what the last count raised."""
        thread = self._begin()
        if thread is not None and (self._value is None or self._took < self._patience):
            thread.join(self._patience)
        if self._failed is not None:
            raise self._failed
        return self._value

    def _begin(self) -> threading.Thread | None:
        """The count that goes on, begun where it is time. None: none does."""
        with self._lock:
            goes_on = self._thread is not None and self._thread.is_alive()
            rests = self._took >= self._patience and (
                time.monotonic() - self._ended < _REST * self._took
            )
            if not goes_on and self._counted_of is not None and self._of() == self._counted_of:
                return None
            if not goes_on and not rests:
                self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
                self._thread.start()
            return self._thread if goes_on or not rests else None

    def _run(self) -> None:
        began = time.monotonic()
        try:
            of = self._of()
            self._value, self._failed = self._count(), None
            self._counted_of = of
        except Exception as error:
            self._failed, self._counted_of = error, None  # said to whoever asks
        self._ended = time.monotonic()
        self._took = self._ended - began

    def end(self) -> None:
        """Wait for the count that goes on."""
        if self._thread is not None:
            self._thread.join()
