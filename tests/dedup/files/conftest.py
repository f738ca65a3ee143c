"""A folder in which files are deduplicated, and what came of it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dedup.files import Job, Outcome, deduplicate_files
from records import Record

WORDS = (
    "river sediment carbon basin gradient nitrogen sampling estuary monsoon erosion lateral "
    "transport annual budget isotopic signature reservoir turbidity discharge flux seasonal "
    "delta upstream catchment organic particulate dissolved inorganic coastal shelf"
).split()


def paper(number: int, **more: Any) -> dict[str, Any]:
    """An object of its own: title and abstract of one number are like those of no other."""
    words = [WORDS[(number * 7 + step * (number % 5 + 1)) % len(WORDS)] for step in range(60)]
    words[::3] = [f"{word}{number}" for word in words[::3]]
    return {
        "id": f"r{number}",
        "title": f"Carbon of catchment {number} and its {words[1]} {words[4]}",
        "abstract": " ".join(words).capitalize() + ".",
        "authors": [f"Author{number} A.", f"Second{number} B."],
        "year": 1990 + number % 30,
        **more,
    }


def printed(objects: Iterable[Any]) -> bytes:
    lines = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in objects)
    return b"".join(line + b"\n" for line in lines)


@dataclass(frozen=True)
class Results:
    folder: Path
    outcome: Outcome

    def lines(self, name: str) -> list[dict[str, Any]]:
        text = (self.folder / name).read_text("utf-8")
        return [json.loads(line) for line in text.split("\n") if line]

    @property
    def unique(self) -> list[dict[str, Any]]:
        return self.lines("unique.jsonl")

    @property
    def clusters(self) -> list[list[str]]:
        return sorted(each["ids"] for each in self.lines("clusters.jsonl"))

    @property
    def run(self) -> dict[str, Any]:
        run: dict[str, Any] = json.loads((self.folder / "run.json").read_bytes())
        return run

    def stable(self) -> dict[str, bytes]:
        """The files that depend on nothing but the records."""
        names = ("clusters.jsonl", "matches.jsonl", "report.json")
        return {name: (self.folder / name).read_bytes() for name in names}


def plain_report(found: Any, _c: Any, shown: Mapping[str, Record], *_: Any) -> dict[str, str]:
    titles = {key: record.title for key, record in sorted(shown.items())}
    return {"report.json": json.dumps({"figures": found.figures, "shown": titles})}


@dataclass(frozen=True)
class Workplace:
    """Writes inputs, and deduplicates them."""

    folder: Path

    def put(self, name: str, content: bytes | Sequence[Any]) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else printed(content))
        return path

    def __call__(self, *inputs: Path, out: str = "out", **more: Any) -> Results:
        job = Job(inputs=inputs, out=self.folder / out, **more)
        return Results(job.out, deduplicate_files(job, lambda: plain_report))

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def work(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


Make = Callable[..., dict[str, Any]]


@pytest.fixture
def make_paper() -> Make:
    return paper
