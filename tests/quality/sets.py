"""Labelled sets on disk: folders of records and of what is known about them.

``records.jsonl`` (with an `id` each) and ``clusters.jsonl`` (``{"ids": […]}`` a line) make a set;
instead of the latter ``pairs.tsv`` (``id1 id2 label``) will do. ``labels.jsonl`` may name each
variant's base, tier and kind; ``hard_negatives.tsv`` (``id1 id2 kind``) pairs that look alike.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.quality.scoring import Clusters, Lookalikes, Truth, Variant

_SERIES = {"series", "series_year"}
"""Kinds of generated records that figures of the core leave out."""


def folders(data: Path) -> list[Path]:
    """The sets in a folder, by name."""
    found = (path.parent for path in sorted(data.glob("*/records.jsonl")))
    return [
        each
        for each in found
        if (each / "clusters.jsonl").exists() or (each / "pairs.tsv").exists()
    ]


def read_truth(folder: Path) -> Truth:
    order = tuple(str(record["id"]) for record in _json_lines(folder / "records.jsonl"))
    labels = list(_json_lines(folder / "labels.jsonl"))
    variants = (each for each in labels if each["role"] == "variant")
    return Truth(
        order=order,
        clusters=tuple(map(tuple, _clusters(folder))),
        variants=tuple(
            Variant(str(each["id"]), str(each["base"]), each["tier"], each["kind"])
            for each in variants
        ),
        lookalikes=_lookalikes(folder / "hard_negatives.tsv"),
        aside=frozenset(str(each["id"]) for each in labels if each["kind"] in _SERIES),
    )


def read_clusters(file: Path) -> Clusters:
    """Raises ValueError where an id stands in two clusters."""
    found = [[str(name) for name in line["ids"]] for line in _json_lines(file)]
    placed: set[str] = set()
    for names in found:
        if twice := placed & set(names):
            raise ValueError(f"{file}: {min(twice)!r} stands in more than one cluster")
        placed.update(names)
    return found


def _clusters(folder: Path) -> Clusters:
    if (folder / "clusters.jsonl").exists():
        return read_clusters(folder / "clusters.jsonl")
    rows = _rows(folder / "pairs.tsv")
    return _joined((a, b) for a, b, label, *_ in rows if label == "1")


def _joined(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    held: dict[str, list[str]] = {}
    for a, b in pairs:
        one, other = held.setdefault(a, [a]), held.setdefault(b, [b])
        if one is not other:
            one += other
            held.update(dict.fromkeys(other, one))
    return list({id(names): names for names in held.values()}.values())


def _lookalikes(file: Path) -> tuple[Lookalikes, ...]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for a, b, kind, *_ in _rows(file):
        found[kind].append((a, b))
    return tuple(Lookalikes(kind, tuple(pairs)) for kind, pairs in sorted(found.items()))


def _rows(file: Path) -> Iterator[list[str]]:
    """The rows of a table of three columns or more, below its head."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as table:
        for row in csv.reader(table, delimiter="\t"):
            if len(row) > 2 and row[0] != "id1":
                yield row


def _json_lines(file: Path) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="\n") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
