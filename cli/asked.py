"""Pairs of records shown on a terminal one after the other, each answered by one key."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.keyboard import QUITS, Keyboard
from cli.sidebyside import pair_table, reasons
from cli.terminal import console, is_terminal, tell

if TYPE_CHECKING:
    from rich.console import Console

    from storage import SqlStore

ANSWERS = ("y", "n", "s", "u")
_PROMPT = "y one work   n different works   s skip   u undo   q quit"
_AT_THE_END = "that was the last   u undo   q quit"


def can_be_asked() -> bool:
    """Whether somebody is there: both ends are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whoever sits at the terminal. Every answer is one of `ANSWERS`, or None: they quit."""

    store: "SqlStore"
    keyboard: Keyboard
    screen: "Console"

    @classmethod
    def of(cls, store: "SqlStore", keyboard: Keyboard) -> "Asked":
        return cls(store, keyboard, console(sys.stdout))

    def about(self, a: str, b: str, heading: str, *, with_similarity: bool = False) -> str | None:
        """Show two records, by their keys, side by side."""
        from reports.pairs import pairs_shown

        (shown,) = pairs_shown([(a, b)], self.store.record, self.store.scheme)
        if with_similarity and shown.similarity is not None:
            heading += f", similarity {shown.similarity:.3f}"
        self.screen.rule(style="dim")
        tell(heading)
        self.screen.print(pair_table(shown, self.screen.width))
        self.screen.print(reasons(shown.clues))
        return self._key(_PROMPT, ANSWERS)

    def at_the_end(self) -> str | None:
        """Nothing is left to show: the last answer may still be undone."""
        self.screen.rule(style="dim")
        return self._key(_AT_THE_END, ("u",))

    def whether(self, question: str) -> bool:
        """Quitting is no."""
        return self._key(question, ("y", "n")) == "y"

    def _key(self, prompt: str, keys: tuple[str, ...]) -> str | None:
        key = self.keyboard.answer(prompt, keys)
        return None if key in QUITS else key
