"""The least that is asked of each figure, by set: `floors.json`.

``merged`` stands for every kind of lookalikes: the greatest share that may be merged, or one pair
where that is less than one. ``merged.KIND`` stands for one kind.

Floors of ``generated``, ``listings`` and ``related`` are what was reached, rounded down. The
first's ``merged.series`` is what was reached too, and no aim: one team's works of one year on one
form, told apart by a name alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.quality.scoring import Clusters, Truth, figures, merged_pairs

Floors = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside what is asked of it."""

    name: str
    value: float
    shown: str
    floor: float | None
    met: bool


def read_floors() -> Mapping[str, Floors]:
    """By set; a set that is not named has none."""
    file = Path(__file__).with_name("floors.json")
    found: Mapping[str, Floors] = json.loads(file.read_text("utf-8"))
    return found


def beside(truth: Truth, found: Clusters, floors: Floors) -> list[Row]:
    """Every figure of a set with its floor; a floor without its figure is not met."""
    counts = merged_pairs(truth, found)
    rows = []
    said = figures(truth, found)
    for name, value in said.items():
        kind = name.removeprefix("merged.")
        if kind == name:
            floor = floors.get(name)
            met = floor is None or value >= floor
            rows.append(Row(name, value, f"{value:.4f}", floor, met))
        else:
            floor = floors.get(name, floors.get("merged"))
            merged, pairs = counts[kind]
            met = floor is None or merged <= max(1, int(floor * pairs))
            rows.append(Row(name, value, f"{merged}/{pairs}", floor, met))
    missing = floors.keys() - said.keys() - {"merged"}
    return rows + [Row(name, 0.0, "absent", floors[name], False) for name in sorted(missing)]


def rows_of(said: Mapping[str, float], floors: Floors) -> list[Row]:
    """Figures that are good when they are great, each with its floor; a floor without its figure
    is not met."""
    rows = [
        Row(name, value, f"{value:.4f}", floors.get(name), value >= floors.get(name, 0.0))
        for name, value in said.items()
    ]
    missing = sorted(floors.keys() - said.keys())
    return rows + [Row(name, 0.0, "absent", floors[name], False) for name in missing]


def unmet(truth: Truth, found: Clusters, floors: Floors) -> list[str]:
    """The figures under their floors, a line each."""
    rows = beside(truth, found, floors)
    return [f"{row.name} is {row.shown}, asked {row.floor}" for row in rows if not row.met]
