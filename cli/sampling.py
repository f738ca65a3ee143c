"""``glean report --sample``: a person is asked about pairs drawn at random, which says how right
the clusters are."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cli.asked import Asked, can_be_asked
from cli.deciding import in_words
from cli.endings import DONE, INTERRUPTED
from cli.keyboard import Keyboard
from cli.terminal import counted, tell
from records import UsageError

if TYPE_CHECKING:
    from reports.precision import Precision
    from storage import SqlStore
    from storage.decisions import Word
    from storage.sampling import Sampled

_SPLIT = "keep them apart from now on, by a split decision?   y yes   n no"
_WHY = "found different in a sample"


def ask_about(store: "SqlStore", size: int, seed: int, who: str) -> int:
    """Ask about the pairs of a sample that nobody has answered, and say what came of it; the exit
    status. Raises UsageError where there is no terminal, or no pair."""
    from storage.sampling import sample

    if not can_be_asked():
        raise UsageError(
            "--sample asks for one key after another and needs a terminal; glean report without "
            "it shows what was answered before"
        )
    with store.database.write() as connection:
        pairs = sample(connection, seed, size)
    if not pairs:
        raise UsageError("--sample: clusters rest on no pair yet; glean harvest and glean settle")
    with Keyboard().pressed() as keyboard:
        return _Asking(store, Asked.of(store, keyboard), who, pairs).walk()


def in_a_line(said: "Precision") -> str:
    """What a sample says, in one line."""
    if said.precision is None or said.low is None or said.high is None:
        return f"nobody has answered yet: {counted(said.left, 'pair')} to be looked at"
    return (
        f"precision {said.precision:.1%}, between {said.low:.1%} and {said.high:.1%} "
        f"(Wilson, {said.confidence:.0%}): {said.right:,} of "
        f"{counted(said.right + said.wrong, 'pair')} are one work; {said.left:,} not answered"
    )


@dataclass(slots=True)
class _Asking:
    store: "SqlStore"
    asked: Asked
    who: str
    pairs: "list[Sampled]"
    steps: "list[tuple[Sampled, Word | None]]" = field(default_factory=list)
    """Pairs shown, in order, each with the split that was decided with its answer."""

    def walk(self) -> int:
        """Until no pair is left or somebody quits."""
        waiting = [each for each in self.pairs if each.same is None and each.a and each.b]
        first = self.pairs[-1]
        tell(
            f"{counted(len(self.pairs), 'pair')} drawn at random (seed {first.seed}) from "
            f"{first.population:,} that clusters rest on: {len(waiting):,} to be looked at"
        )
        status = DONE
        try:
            self._walk(waiting)
        except KeyboardInterrupt:
            status = INTERRUPTED
        self._sum_up()
        return status

    def _walk(self, waiting: "list[Sampled]") -> None:
        while waiting or self.steps:
            if waiting:
                pair, place = waiting[0], len(self.steps) + 1
                said = f"{place:,} of {len(self.steps) + len(waiting):,}"
                key = self.asked.about(pair.a or "", pair.b or "", said)
            else:
                key = self.asked.at_the_end()
            if key is None:
                return
            if key == "u":
                waiting[:0] = self._undo()
            elif waiting:
                self._answer(waiting.pop(0), key)

    def _answer(self, pair: "Sampled", key: str) -> None:
        if key == "s":
            self.steps.append((pair, None))
            tell("skipped")
            return
        self._note(pair, same=key == "y")
        self.steps.append((pair, None if key == "y" else self._offer_split(pair)))

    def _note(self, pair: "Sampled", *, same: bool | None) -> None:
        from storage.sampling import answer

        with self.store.database.write() as connection:
            answer(connection, pair, same, who=self.who, now=_now())

    def _offer_split(self, pair: "Sampled") -> "Word | None":
        from storage.decisions import Word

        if not self.asked.whether(_SPLIT):
            tell("noted; nothing was decided")
            return None
        word = Word(kind="split", a=pair.a or "", b=pair.b, who=self.who, why=_WHY)
        try:
            tell(in_words(self.store.decide(word, now=_now())))
        except UsageError as error:  # decided otherwise, or gone since it was shown
            tell(f"not decided: {error}")
            return None
        return word

    def _undo(self) -> "list[Sampled]":
        """Take the last answer back, and the decision made with it; its pair, to be asked again."""
        if not self.steps:
            tell("nothing to undo")
            return []
        pair, word = self.steps.pop()
        self._note(pair, same=None)
        tell("taken back")
        if word is not None:
            try:
                tell(in_words(self.store.take_back(word, now=_now())))
            except UsageError as error:  # somebody else was first
                tell(str(error))
        return [pair]

    def _sum_up(self) -> None:
        from reports.precision import precision
        from storage.sampling import sample

        with self.store.database.write() as connection:
            said = precision(sample(connection, self.pairs[0].seed, len(self.pairs)))
        if said is not None:
            tell(in_a_line(said))


def _now() -> int:
    return time.time_ns() // 1000
