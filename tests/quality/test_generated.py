"""The gate that needs no data: generated records, what is the same among them known.

That it can fail is shown with engines that lack something: a record reaches them without what they
do not read, or in letters that they do not fold.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from benchmarks.corpora.citations import Printed
from benchmarks.corpora.prose import traditional_of
from dedup.scheme import DEFAULT, Scheme
from tests.quality.alterations import TIERS
from tests.quality.engine import clusters_of
from tests.quality.floors import beside, read_floors, unmet
from tests.quality.lookalikes import KINDS
from tests.quality.planted import Planted, planted
from tests.quality.scoring import Clusters

SIZE, SEED = 2000, 11

FLOORS = read_floors()["generated"]


@pytest.fixture(scope="module")
def corpus() -> Planted:
    return planted(SIZE, SEED)


@pytest.fixture(scope="module")
def found(corpus: Planted) -> Clusters:
    return clusters_of(corpus.records)


def test_every_figure_reaches_its_floor(corpus: Planted, found: Clusters) -> None:
    assert unmet(corpus.truth, found, FLOORS) == []


def test_every_tier_and_kind_has_a_floor_and_is_planted(corpus: Planted) -> None:
    rows = beside(corpus.truth, (), FLOORS)
    assert {row.name for row in rows if row.shown == "absent"} == set()
    for tier, kinds in TIERS.items():
        assert f"recall_by_tier.{tier}" in FLOORS
        assert all(f"recall_by_kind.{kind}" in FLOORS for kind in kinds)
    floored = {row.name for row in rows if row.floor is not None}
    assert {f"merged.{kind}" for kind in (*KINDS, "generic", "empty")} <= floored


def test_order_of_records_changes_no_cluster(corpus: Planted, found: Clusters) -> None:
    assert clusters_of(reversed(corpus.records)) == found


_PRIVATE = {
    ord(letter): chr(0x10D0 + place) for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
_HANGUL = {
    ord(letter): chr(0xAC00 + place)
    for place, letter in enumerate(sorted(set(traditional_of().values())))
}
_WIDE = dict.fromkeys(range(65280, 65375), " ")


def without(*names: str) -> Callable[[Printed], Printed]:
    """Records of which some fields are not read."""
    return lambda record: {**record, **dict.fromkeys(names)}


def respelt(table: Mapping[int, str]) -> Callable[[Printed], Printed]:
    """Titles and abstracts in which letters are others than those they should fold to."""
    return texts(lambda text: text.translate(table))


def texts(change: Callable[[str], str]) -> Callable[[Printed], Printed]:
    def changed(record: Printed) -> Printed:
        said = {name: record.get(name) for name in ("title", "abstract")}
        return {**record, **{name: change(str(text)) for name, text in said.items() if text}}

    return changed


def as_it_is(record: Printed) -> Printed:
    return record


def no_collision(records: list[Printed], found: Clusters) -> Clusters:
    return found


def short_texts_collide(records: list[Printed], found: Clusters) -> Clusters:
    """As a signature of nothing is equal to every other."""
    short = [
        str(each["id"]) for each in records if not (each.get("abstract") or each.get("authors"))
    ]
    rest = ([name for name in names if name not in short] for names in found)
    return [short, *(names for names in rest if len(names) > 1)]


@dataclass(frozen=True, slots=True)
class Defect:
    """An engine that lacks something, and a figure that must tell."""

    figure: str
    reads: Callable[[Printed], Printed] = as_it_is
    scheme: Scheme = DEFAULT
    says: Callable[[list[Printed], Clusters], Clusters] = no_collision


DEFECTS = {
    "titles are not read": Defect("recall_by_kind.no_abstract", without("title")),
    "abstracts alone are read": Defect(
        "merged.attached",
        without("title", "authors", "year", "venue", "volume", "issue", "pages", "doi"),
    ),
    "fourteen bands of nine rows, and no other key": Defect(
        "recall_by_tier.heavy",
        without("title", "authors", "year", "venue", "volume", "issue", "pages", "doi"),
        Scheme(bands=14, rows=9),
    ),
    "authors are not read": Defect("recall_by_tier.partial", without("authors")),
    "nothing but titles and authors is read": Defect(
        "merged.preprint", without("abstract", "year", "venue", "volume", "pages", "doi")
    ),
    "case is kept": Defect("recall_by_kind.case", respelt(_PRIVATE)),
    "traditional characters are kept": Defect("recall_by_tier.script", respelt(_HANGUL)),
    "full width is kept": Defect("recall_by_kind.full_width", respelt(_WIDE)),
    "entities are kept": Defect(
        "recall_by_kind.entities", texts(lambda text: text.replace("&", " and "))
    ),
    "numbers are not read": Defect(
        "merged.yearly",
        lambda record: {
            **texts(lambda text: re.sub(r"\d+", "", text))(record),
            **dict.fromkeys(("year", "volume", "pages")),
        },
    ),
    "short texts collide": Defect("merged.generic", says=short_texts_collide),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_told_by_its_figure(name: str, corpus: Planted) -> None:
    defect = DEFECTS[name]
    records = [defect.reads(record) for record in corpus.records]
    said = defect.says(corpus.records, clusters_of(records, defect.scheme))
    told = unmet(corpus.truth, said, FLOORS)
    assert any(line.startswith(f"{defect.figure} ") for line in told), told
