"""The ``glean`` command: a module a family of commands, every other room imported when needed."""

import atexit
import gc
import signal
import sys
from collections.abc import Sequence
from types import FrameType

__all__ = ["main"]

_INTERRUPTED = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. Prints everything there is to say."""
    previous = signal.signal(signal.SIGTERM, _interrupt)
    # A process that ends need not be searched for garbage: a third of a second for large modules.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        # Imported here, so that Ctrl-C is an orderly end from the first moment on.
        from cli.app import app
        from cli.endings import ending
        from cli.terminal import use_utf8

        use_utf8()
        return ending(app, list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a command the way Ctrl-C does: cleanly."""
    raise KeyboardInterrupt
