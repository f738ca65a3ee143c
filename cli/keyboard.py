"""Keys of a terminal as they are pressed."""

import os
import sys
import termios
import tty
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from cli.terminal import tell

QUITS = ("q", "\x04", "")


class Keyboard:
    """Of the terminal that is standard input."""

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno()

    @contextmanager
    def pressed(self) -> Iterator[Self]:
        """While it lasts, no key waits for Enter."""
        before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal)
        try:
            yield self
        finally:
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, before)

    def answer(self, prompt: str, keys: Sequence[str]) -> str:
        """Say the prompt until one of the keys is pressed, or one that quits; that key. What was
        typed until now is dropped: it answered what nobody had seen."""
        termios.tcflush(self._terminal, termios.TCIFLUSH)
        while True:
            tell(prompt)
            sys.stdout.flush()
            key = self._key()
            if key in QUITS or key in keys:
                return key

    def _key(self) -> str:
        """The next key, as a small letter also where an input method made it wide; empty: there
        will be no more."""
        try:
            typed = os.read(self._terminal, 64).decode("utf-8", "replace")
        except OSError:  # the terminal is gone
            return ""
        return unicodedata.normalize("NFKC", typed).lower()
