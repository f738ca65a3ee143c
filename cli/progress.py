"""How far a long command is: a live line on a terminal, else a plain one every few seconds."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cli.terminal import console, counted, is_terminal, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from crawler.releasing import Released
    from crawler.reparse import Reparsed
    from crawler.retaining import Retained
    from crawler.sitting import Progress
    from crawler.verifying import Verified
    from storage.bringing import Brought
    from storage.checks.check import Checked
    from storage.rebuilding import Told

EVERY_SECONDS = 5.0
"""Between plain lines."""


class Meter:
    """Shows words that change, on stderr. A context manager."""

    def __init__(
        self,
        title: str,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`live`: redraw the line; None: where stderr is a terminal."""
        self._title = title
        self._live = is_terminal(sys.stderr) if live is None else live
        self._clock = clock
        self._next = clock() + EVERY_SECONDS
        self._bar: Bar | None = None
        self.begun = clock()

    def __enter__(self) -> Self:
        if self._live:
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

            self._bar = Progress(
                SpinnerColumn(),
                BarColumn(bar_width=16),
                TextColumn("{task.description}", markup=False),
                console=console(sys.stderr),
                transient=True,
            )
            self._bar.start()
            self._bar.add_task(self._title, total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def seconds(self) -> float:
        """Since the meter was made."""
        return self._clock() - self.begun

    def show(self, head: str, details: str = "", *, done: int, total: int | None) -> None:
        """How far it is; `details` stand below, or behind. `total`: None where nobody knows."""
        if self._bar is not None:
            words = "\n".join(each for each in (f"{self._title}  {head}", details) if each)
            self._bar.update(self._bar.task_ids[0], description=words, completed=done, total=total)
        elif self._clock() >= self._next:
            self._next = self._clock() + EVERY_SECONDS
            say(f"{self._title}: " + "; ".join(each for each in (head, details) if each))


class HarvestMeter(Meter):
    """A harvest, as it tells of itself."""

    _first: int | None = None

    def update(self, progress: "Progress") -> None:
        done = progress.pages + progress.quarantined
        if self._first is None:
            self._first = done  # of an earlier sitting: no part of this one's rate
        left = progress.due + progress.leased
        if progress.budget is not None:
            left = min(left, max(progress.budget - done, 0))
        rate = (done - self._first) / self.seconds if self.seconds > 0 else 0.0
        head = [f"{done:,} of {counted(done + left, 'page')}"]
        if rate > 0:
            head.append(f"{spoken(left / rate)} left")
        if progress.quarantined or progress.failed:
            head.append(f"{progress.quarantined:,} quarantined, {progress.failed:,} failed")
        details = (
            f"{counted(progress.records, 'reading')}, {progress.new:,} new, "
            f"{counted(progress.matches, 'duplicate')}, {rate:.1f} pages/s"
        )
        self.show(", ".join(head), details, done=done, total=done + left)


class ImportMeter(Meter):
    """An import of records, as it tells of itself."""

    _read, _of = 0, 0

    def read(self, done: int, total: int) -> None:
        """Bytes."""
        self._read, self._of = done, total

    def update(self, told: "Brought") -> None:
        rate = told.records / self.seconds if self.seconds > 0 else 0.0
        self.show(
            f"{counted(told.records, 'record')}, {rate:,.0f} a second",
            f"{told.new:,} new, {told.matches:,} matches",
            done=self._read,
            total=self._of or None,
        )


class ReparseMeter(Meter):
    """A reparse, as it tells of itself."""

    def update(self, told: "Reparsed") -> None:
        rate = told.pages / self.seconds if self.seconds > 0 else 0.0
        self.show(
            f"{counted(told.pages, 'page')}, {rate:.0f} pages/s",
            f"{told.changed:,} changed, {told.mended:,} mended",
            done=told.pages,
            total=None,
        )


class CheckMeter(Meter):
    """A check of the store, as it tells of itself."""

    def update(self, told: "Checked") -> None:
        self.show(
            f"{told.holds}: {told.looked_at:,}",
            counted(told.faults, "fault") if told.faults else "",
            done=told.looked_at,
            total=None,
        )


class RebuildMeter(Meter):
    """A rebuild of the store, as it tells of itself."""

    def update(self, told: "Told") -> None:
        known = told.of > told.done
        of = f" of {told.of:,}" if known else ""
        self.show(f"{told.at}: {told.done:,}{of}", done=told.done, total=told.of if known else None)


class VerifyMeter(Meter):
    """A check of the archive, as it tells of itself."""

    def update(self, told: "Verified") -> None:
        self.show(
            f"{counted(told.files, 'file')}, {counted(told.pages, 'page')}",
            counted(told.faults, "fault"),
            done=told.pages,
            total=None,
        )


class RetainMeter(Meter):
    """The archive let go of, as it tells of itself."""

    def update(self, told: "Retained") -> None:
        self.show(
            f"{counted(told.files, 'file')} looked through",
            f"{told.pages:,} pages and {told.freed:,} bytes let go",
            done=told.files,
            total=None,
        )


class ReleaseMeter(Meter):
    """A release from quarantine, as it tells of itself."""

    def update(self, told: "Released") -> None:
        self.show(
            f"{counted(told.pages, 'page')} released, {len(told.kept):,} kept",
            done=told.pages + len(told.kept),
            total=None,
        )


class Countdown(Meter):
    """Something of which only what is left is known."""

    _most = 0

    def __init__(self, title: str, things: str) -> None:
        super().__init__(title)
        self._things = things

    def left(self, count: int) -> None:
        self._most = max(self._most, count)
        self.show(
            f"{count:,} {self._things} left", done=self._most - count, total=self._most or None
        )


def spoken(seconds: float) -> str:
    """
    >>> spoken(8), spoken(100), spoken(7300), spoken(200_000)
    ('8 s', '1 min 40 s', '2 h 1 min', '2 d 7 h')
    """
    whole = round(seconds)
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    parts = []
    for size, name in units:
        count, whole = divmod(whole, size)
        parts.append((count, name))
    while len(parts) > 1 and parts[0][0] == 0:
        parts.pop(0)
    return " ".join(f"{count} {name}" for count, name in parts[:2] if count or len(parts) == 1)
