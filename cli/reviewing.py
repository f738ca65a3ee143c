"""``glean review``: pairs that nothing decides, one after the other, each answered by one key."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.asked import Asked, can_be_asked
from cli.deciding import Who, in_words, named
from cli.endings import DONE, INTERRUPTED
from cli.keyboard import Keyboard
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, tell
from records import UsageError

if TYPE_CHECKING:
    from storage import SqlStore
    from storage.decisions import Kind, Word
    from storage.reviewing import Undecided

_ANSWERS: "dict[str, Kind]" = {"y": "merge", "n": "split"}


def review(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="With --json, at most so many pairs.")
    ] = 20,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="The reason noted with every answer.")
    ] = "reviewed side by side",
    who: Who = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Walk the pairs that may be one work, side by side; every answer is a decision."""
    from storage import reviewing
    from storage.answers import undecided_json

    with place(config, store).open() as opened:
        if json:
            with opened.database.read() as connection:
                found = reviewing.undecided(connection)
            print_json(
                {
                    "total": len(found),
                    "pairs": [undecided_json(opened, each) for each in found[:limit]],
                }
            )
            return DONE
        if not can_be_asked():
            raise UsageError(
                "review asks for one key after another and needs a terminal; glean review --json "
                "prints the pairs, glean merge A B and glean split A B decide"
            )
        with Keyboard().pressed() as keyboard:
            return _Review(opened, Asked.of(opened, keyboard), named(who), why.strip()).walk()


@dataclass(slots=True)
class _Review:
    store: "SqlStore"
    asked: Asked
    who: str
    why: str
    steps: "list[tuple[Undecided, Word | None]]" = field(default_factory=list)
    """What was answered, in order; without a word: it was skipped."""

    def walk(self) -> int:
        """Until no pair is left or somebody quits; the exit status."""
        waiting = self._waiting()
        tell(f"{counted(len(waiting), 'pair')} to decide, the most uncertain first")
        status = DONE
        try:
            self._walk(waiting)
        except KeyboardInterrupt:
            status = INTERRUPTED
        self._sum_up()
        return status

    def _walk(self, waiting: "list[Undecided]") -> None:
        while waiting or self.steps:
            if waiting and not self._still_waits(waiting[0]):
                waiting.pop(0)
                continue
            if waiting:
                pair, place = waiting[0], len(self.steps) + 1
                said = f"{place:,} of {len(self.steps) + len(waiting):,}"
                key = self.asked.about(pair.a, pair.b, said, with_similarity=True)
            else:
                key = self.asked.at_the_end()
            if key is None:
                return
            if key == "u":
                waiting[:0] = self._undo()
            elif waiting:
                self._answer(waiting.pop(0), key)
                waiting = waiting or self._waiting()

    def _waiting(self) -> "list[Undecided]":
        """Pairs that were not skipped."""
        skipped = {pair for pair, word in self.steps if word is None}
        return [pair for pair in self._undecided() if pair not in skipped]

    def _undecided(self) -> "list[Undecided]":
        from storage.reviewing import undecided

        with self.store.database.read() as connection:
            return undecided(connection)

    def _still_waits(self, pair: "Undecided") -> bool:
        """Whether an answer, here or elsewhere, has not decided it meanwhile."""
        from storage.reviewing import is_undecided

        with self.store.database.read() as connection:
            return is_undecided(connection, pair)

    def _answer(self, pair: "Undecided", key: str) -> None:
        from storage.decisions import Word

        kind = _ANSWERS.get(key)
        if kind is None:
            self.steps.append((pair, None))
            tell("skipped")
            return
        word = Word(kind=kind, a=pair.a, b=pair.b, who=self.who, why=self.why)
        try:
            tell(in_words(self.store.decide(word, now=_now())))
        except UsageError as error:  # decided or gone since it was shown
            tell(f"not decided: {error}")
            return
        self.steps.append((pair, word))

    def _undo(self) -> "list[Undecided]":
        """Take the last answer back; its pair, to be asked again."""
        if not self.steps:
            tell("nothing to undo")
            return []
        pair, word = self.steps.pop()
        if word is None:
            tell("no longer skipped")
        else:
            try:
                tell(in_words(self.store.take_back(word, now=_now())))
            except UsageError as error:  # somebody else was first
                tell(str(error))
        return [pair]

    def _sum_up(self) -> None:
        said = Counter(None if word is None else word.kind for _, word in self.steps)
        left = len(self._undecided())
        tell(
            f"{counted(said['merge'] + said['split'], 'answer')}: {said['merge']:,} one work, "
            f"{said['split']:,} different works; {said[None]:,} skipped; "
            f"{counted(left, 'pair')} left"
        )


def _now() -> int:
    return time.time_ns() // 1000
