"""The portal's records: papers by number and by aid, and the truth of what was planted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.sample.addresses import aid_of, index_of
from crawler.sample.alterations import ALTERATIONS
from crawler.sample.dice import Dice
from crawler.sample.lookalikes import LOOKALIKES, Work
from crawler.sample.papers import Draft, Paper, Traits, has_full_text, traits, written
from crawler.sample.plan import Plan
from crawler.sample.prose import scene
from crawler.sample.vocabulary import SUBJECT_FILES

DUPLICATES = 0.77
"""Share of the derived records that are duplicates; the others are lookalikes."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Two records of which the later was made from the earlier."""

    a: str
    """aid of the source."""
    b: str
    kind: str
    """Key of `ALTERATIONS` or of `LOOKALIKES`."""
    duplicate: bool
    """Whether the two are one work."""


class Corpus:
    """Records 0 to ``size - 1``. Each is written when asked for; a few thousand are kept."""

    def __init__(self, size: int, seed: int) -> None:
        self.seed = seed
        self.size = size
        self.plan = Plan(
            seed,
            size,
            len(SUBJECT_FILES),
            may_be_copied=lambda index: has_full_text(seed, index),
            pick_kind=self._kind,
        )
        self.paper = lru_cache(maxsize=4096)(self._paper)

    def aid(self, index: int) -> str:
        """32 hexadecimal digits, upper case."""
        return aid_of(self.seed, index)

    def find(self, aid: str) -> int | None:
        """The number of a record. None: no such record."""
        index = index_of(self.seed, aid)
        return index if index is not None and index < self.size else None

    def work(self, index: int) -> int:
        """The record that this one is a duplicate of, else itself."""
        made = self.plan.derivation.get(index)
        return made.source if made and made.kind in ALTERATIONS else index

    def planted(self) -> Iterator[Planted]:
        """Every planted pair, by the number of its later record."""
        for index, made in self.plan.derivation.items():
            yield Planted(
                self.aid(made.source), self.aid(index), made.kind, made.kind in ALTERATIONS
            )

    def subject_name(self, subject: int) -> str:
        return scene(subject, "zh").subject

    def starts(self) -> list[int]:
        """The first record of each subject; from the first of these links lead to all records."""
        firsts = (self.plan.first_of(subject) for subject in range(len(SUBJECT_FILES)))
        return sorted(index for index in firsts if index is not None)

    def _kind(self, source: int, derived: int) -> str:
        sort = traits(self.seed, source)
        dice = Dice(self.seed, "kind", derived)
        if not dice.chance(DUPLICATES):
            return dice.weighted([(kind, row.weight) for kind, row in LOOKALIKES.items()])
        return dice.weighted(
            [
                (kind, row.weight)
                for kind, row in ALTERATIONS.items()
                if sort.language in row.languages and (sort.labelled or not row.labelled)
            ]
        )

    def _paper(self, index: int) -> Paper:
        made = self.plan.derivation.get(index)
        if made is None:
            return self._source(index).paper
        source = self._source(made.source)
        dice = Dice(self.seed, "derive", index)
        if made.kind in ALTERATIONS:
            return ALTERATIONS[made.kind].alter(source.paper, dice)
        plain = Traits(source.paper.language, labelled=False, lack="")
        own = Work(*written(self.seed, index, source.paper.subject, plain))
        return LOOKALIKES[made.kind].make(source, own, dice)

    def _source(self, index: int) -> Work:
        """A record that is not made from another, as prepared for those made from it."""
        paper, draft = self._written(index)
        for derived in self.plan.derived.get(index, ()):
            row = LOOKALIKES.get(self.plan.derivation[derived].kind)
            if row is not None:
                paper = row.prepare(paper, Dice(self.seed, "prepare", index))
        return Work(paper, draft)

    def _written(self, index: int) -> tuple[Paper, Draft]:
        sort = traits(self.seed, index)
        return written(self.seed, index, self.plan.subject[index], sort)
