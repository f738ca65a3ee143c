"""Generated records: two languages, planted near-duplicates, one seed."""

import random

import pytest

from records import Record

_SYLLABLES = [a + b for a in "b d f g k l m n p r s t v z".split() for b in "a e i o u".split()]
_CHARACTERS = [chr(point) for point in range(0x4E00, 0x4E00 + 2000)]


class Writer:
    """Invents texts; equal seeds invent equal ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = sorted({self._word() for _ in range(4000)})

    def _word(self) -> str:
        return "".join(self.rng.choice(_SYLLABLES) for _ in range(self.rng.randint(2, 4)))

    def english(self, words: int = 120) -> str:
        return " ".join(self.rng.choice(self.words) for _ in range(words)).capitalize() + "."

    def chinese(self, characters: int = 150) -> str:
        return "".join(self.rng.choice(_CHARACTERS) for _ in range(characters)) + "。"

    def edited(self, text: str, share: float) -> str:
        """A text with a share of its words (of its characters, in Chinese) written anew."""
        if " " in text:
            words = text.split(" ")
            for place in range(len(words)):
                if self.rng.random() < share:
                    words[place] = self._word() + "x"
            return " ".join(words)
        return "".join(
            self.rng.choice(_CHARACTERS) if self.rng.random() < share else letter for letter in text
        )

    def record(self, key: str, **fields: object) -> Record:
        return Record(rank=1, key=key, **fields)  # type: ignore[arg-type]


@pytest.fixture
def writer() -> Writer:
    return Writer(7)
