"""Sheets bound by a process beside, so that two cores work: one reads the files and stores, the
other folds, signs and hashes.

The child is told batches as Arrow streams behind their lengths, an empty one last, and answers with
sheets, pickled, behind theirs. It reads nothing but its input, and ends with it.
"""

import gc
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from typing import IO, TYPE_CHECKING

from dedup.scheme import Scheme
from records import GleaningsError
from storage.framing import tell, told
from storage.sheets import Binder, Sheet

if TYPE_CHECKING:
    import pyarrow as pa

APART = 4
"""Batches, of two thousand lines each, that are bound before a child would have begun."""
_AHEAD = 48
"""Sheets that wait to be stored: some 70 MB."""
_PATIENCE = 2.0


@contextmanager
def bound(
    batches: "Iterable[pa.RecordBatch]", scheme: Scheme, size: int
) -> Iterator[Iterator[Sheet]]:
    """Batches of `dedup.corpus.schema` as sheets of `size` records. What reading raises is raised
    when all before it is told; the records of an unfilled sheet are not then."""
    said = iter(batches)
    first = [*islice(said, APART)]
    if len(first) < APART:
        yield _here(first, Binder(scheme, size))
        return
    child = _Child(chain(first, said), scheme, size)
    try:
        yield child.sheets()
    finally:
        child.end()


def _here(batches: "Iterable[pa.RecordBatch]", binder: Binder) -> Iterator[Sheet]:
    for batch in batches:
        yield from binder.take(batch)
    yield from binder.rest()


class _Child:
    """The parent's end, with a thread that feeds the child and one that hears it."""

    def __init__(self, batches: "Iterable[pa.RecordBatch]", scheme: Scheme, size: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "storage.binding", str(size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # a group of its own: Ctrl-C is for the import, which ends the child
            start_new_session=True,
        )
        self._heard: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._ended = threading.Event()
        self._failed: BaseException | None = None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._threads = [
            threading.Thread(
                target=self._feed, args=(batches, scheme, self._process.stdin), daemon=True
            ),
            threading.Thread(target=self._hear, args=(self._process.stdout,), daemon=True),
        ]
        for each in self._threads:
            each.start()

    def sheets(self) -> Iterator[Sheet]:
        while (said := self._heard.get()) is not None:
            sheet: Sheet = pickle.loads(said)  # noqa: S301 - by our own child, of texts
            yield sheet
        if self._failed is not None:
            raise self._failed
        if self._process.wait() != 0:
            raise GleaningsError(
                f"the process that reads records for an import ended ({self._process.returncode}): "
                "see what it says above, and whether there is memory for it; run the same command "
                "again to go on"
            )

    def end(self) -> None:
        """Nobody asks for more."""
        self._ended.set()
        self._process.kill()
        while self._threads[1].is_alive():
            try:
                self._heard.get(timeout=0.01)  # that it waits to be rid of
            except queue.Empty:
                continue
        for each in self._threads:
            each.join(_PATIENCE)  # the one that feeds may wait for a file that is still written
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()

    def _feed(self, batches: "Iterable[pa.RecordBatch]", scheme: Scheme, to: IO[bytes]) -> None:
        try:
            tell(to, pickle.dumps(scheme))
            for batch in batches:
                tell(to, _packed(batch))
                if self._ended.is_set():
                    return
            tell(to, b"")
        except BrokenPipeError:
            pass  # it ended: whoever hears it finds out
        except BaseException as error:
            self._failed = error
        finally:
            with suppress(BrokenPipeError):
                to.close()

    def _hear(self, of: IO[bytes]) -> None:
        while (said := told(of)) is not None:
            self._heard.put(said)
        self._heard.put(None)


def _packed(batch: "pa.RecordBatch") -> memoryview:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return memoryview(sink.getvalue())


def _bind(of: IO[bytes], to: IO[bytes], size: int) -> None:
    """The child's part."""
    import pyarrow as pa

    said = told(of)
    if said is None:
        return
    binder = Binder(pickle.loads(said), size)  # noqa: S301 - by who started us
    while (said := told(of)) is not None:
        made: Iterator[Sheet]
        if said:
            made = (s for batch in pa.ipc.open_stream(said) for s in binder.take(batch))
        else:
            made = binder.rest()
        for sheet in made:
            tell(to, pickle.dumps(sheet, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    gc.disable()  # sheets hold nothing that holds them
    with suppress(BrokenPipeError):  # nobody asks for more
        _bind(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
