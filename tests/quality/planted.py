"""A corpus in which it is known what is the same: papers, other printings of them, lookalikes."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, cycle

from benchmarks.corpora.citations import Printed, printed
from benchmarks.corpora.papers import Paper, citation, paper
from benchmarks.corpora.prose import amharic, chinese, english, thai
from tests.quality import lookalikes
from tests.quality.alterations import TIERS
from tests.quality.scoring import Lookalikes, Truth, Variant

_LANGUAGES = {"en": english, "zh": chinese, "am": amharic, "th": thai}
_SHARES = {"en": 0.5, "zh": 0.35, "am": 0.1, "th": 0.05}

_PLACED = {"preprint", "neighbours"}
"""Lookalikes that only venue, volume or pages tell apart."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Records and what is true of them."""

    records: list[Printed]
    truth: Truth


@dataclass(slots=True)
class _Sheet:
    """What is written while records are made up."""

    rng: random.Random
    records: list[Printed] = field(default_factory=list)
    clusters: list[list[str]] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    lookalikes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, record: Printed) -> str:
        """The id it gets: one that tells nothing of what it is."""
        name = f"{self.rng.getrandbits(48):012x}"
        self.records.append({**record, "id": name})
        return name


def planted(size: int, seed: int) -> Planted:
    """About `size` records, in an order that tells nothing."""
    rng = random.Random(seed)
    sheet = _Sheet(rng)
    for name, share in _SHARES.items():
        _write_variants(sheet, name, int(size * share * 0.3))
    _write_citations(sheet, int(size * 0.1))
    _write_lookalikes(sheet, int(size * 0.012))
    _write_nothings(sheet, max(12, size // 60))
    rng.shuffle(sheet.records)
    pairs = tuple(Lookalikes(kind, tuple(pairs)) for kind, pairs in sheet.lookalikes.items())
    order = tuple(str(record["id"]) for record in sheet.records)
    truth = Truth(order, tuple(map(tuple, sheet.clusters)), tuple(sheet.variants), pairs)
    return Planted(sheet.records, truth)


def _paper(sheet: _Sheet, language: str, listed: bool = True) -> Paper:
    """A paper; half of those that are `listed` as listings show them: no venue, volume, pages or
    identifier."""
    found = paper(_LANGUAGES[language](), sheet.rng)
    if not listed or sheet.rng.random() < 0.5:
        return found
    return replace(found, venue=None, volume=None, issue=None, pages=None, doi=None)


def _kinds(language: str) -> Iterator[tuple[str, str]]:
    """Tiers and kinds that a language knows, over and over."""
    script = [("script", kind) for kind in TIERS["script"]]
    known = [
        (tier, kind)
        for tier, kinds in TIERS.items()
        if tier not in ("citation", "script")
        for kind in kinds
        if not (kind == "case" and language not in ("en",))
    ]
    return cycle([*known, *script, *script] if language == "zh" else known)


def _write_variants(sheet: _Sheet, language: str, count: int) -> None:
    kinds = _kinds(language)
    for _ in range(count):
        found = _paper(sheet, language)
        base = sheet.add(printed(found))
        held = [base]
        for _ in range(sheet.rng.choice((1, 1, 1, 2, 3))):
            tier, kind = next(kinds)
            held.append(sheet.add(TIERS[tier][kind](found, sheet.rng)))
            sheet.variants.append(Variant(held[-1], base, tier, kind))
        sheet.clusters.append(held)


def _write_citations(sheet: _Sheet, count: int) -> None:
    kinds = cycle(TIERS["citation"].items())
    for _ in range(count):
        found = citation(sheet.rng)
        base = sheet.add(printed(found))
        kind, spell = next(kinds)
        other = sheet.add(spell(found, sheet.rng))
        sheet.variants.append(Variant(other, base, "citation", kind))
        sheet.clusters.append([base, other])


def _write_lookalikes(sheet: _Sheet, count: int) -> None:
    for kind, make in lookalikes.KINDS.items():
        for number in range(count):
            one = _paper(sheet, "zh" if number % 3 == 0 else "en", kind not in _PLACED)
            other = lookalikes.unrelated(one, sheet.rng)
            first, second = (sheet.add(record) for record in make(one, other, sheet.rng))
            sheet.lookalikes.setdefault(kind, []).append((first, second))


def _write_nothings(sheet: _Sheet, count: int) -> None:
    makers: Mapping[str, Iterator[Printed]] = {
        "generic": lookalikes.generic(count, sheet.rng),
        "empty": lookalikes.empty(count, sheet.rng),
    }
    for kind, records in makers.items():
        names = [sheet.add(record) for record in records]
        sheet.lookalikes[kind] = list(combinations(names, 2))
