"""Saved result pages with truth beside them, and figures of what was read of them.

A set is a folder of ``NAME.html``, each with one of two truths. ``NAME.records.csv`` has a row a
record, without header: its texts, whatever they are. ``NAME.truth.json`` has ``records`` (with
``title``, ``url`` and ``abstract_or_snippet``), ``total`` and ``next_page``.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_INSIDE = 0.6
"""A row is found where a record's text has this share of its words,"""
_OF_BLOCK = 0.4
"""and they are this share of the text: a text of several rows finds none of them."""
_OPENING = 40
"""So many letters of an abstract must be right."""

Page = dict[str, Any]
"""As `glean read --jsonl` prints it."""


def page_folders(data: Path) -> list[Path]:
    """The folders, `data` itself or right in it, that hold pages with their truth."""
    return [
        folder
        for folder in (data, *sorted(data.glob("*/")))
        if any(folder.glob("*.records.csv")) or any(folder.glob("*.truth.json"))
    ]


def figures(folder: Path, read: dict[str, Page]) -> dict[str, float]:
    """Figures of a set, each from 0 to 1; ``read``: pages by the name of their file."""
    said: dict[str, float] = {}
    tables = sorted(folder.glob("*.records.csv"))
    if tables:
        said |= _of_tables([(_rows(one), read.get(_page_of(one), {})) for one in tables])
    truths = sorted(folder.glob("*.truth.json"))
    if truths:
        pairs = [
            (json.loads(one.read_text("utf-8")), read.get(_page_of(one), {})) for one in truths
        ]
        said |= _of_truths(pairs)
    return said


def _page_of(truth: Path) -> str:
    return truth.name.split(".")[0] + ".html"


def _rows(table: Path) -> list[str]:
    raw = table.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "ignore")
    rows = (" ".join(cells) for cells in csv.reader(io.StringIO(text, newline="")))
    return [row for row in rows if _words(row).total() > 1]


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def found_rows(rows: Sequence[str], texts: Sequence[str]) -> int:
    """How many rows are found in texts, one text a row at most."""
    blocks = [_words(text) for text in texts]
    left = dict(enumerate(blocks))
    found = 0
    for row in map(_words, rows):
        fits = []
        for number, block in left.items():
            shared = (row & block).total()
            if shared >= _INSIDE * row.total() and shared >= _OF_BLOCK * block.total() > 0:
                fits.append((2 * shared / (row.total() + block.total()), -number))
        if fits:
            del left[-max(fits)[1]]
            found += 1
    return found


def _of_tables(pages: Iterable[tuple[list[str], Page]]) -> dict[str, float]:
    found = read = asked = 0
    scores = []
    sure: dict[int, list[bool]] = {}
    for rows, page in pages:
        texts = [record["text"] or "" for record in page.get("records", [])]
        texts = [text for text in texts if _words(text).total() > 1]
        right = found_rows(rows, texts)
        together = len(rows) + len(texts)
        scores.append(2 * right / together if together else 1.0)
        sure.setdefault(min(int(page.get("confidence", 0) * 10), 9), []).append(scores[-1] == 1)
        found, read, asked = found + right, read + len(texts), asked + len(rows)
    return {
        "record_precision": found / max(read, 1),
        "record_recall": found / max(asked, 1),
        "record_f1": 2 * found / max(read + asked, 1),
        "page_f1_mean": sum(scores) / len(scores),
        "pages_perfect": sum(score == 1 for score in scores) / len(scores),
    } | {
        f"perfect_of_confidence_0.{tenth}": sum(each) / len(each)
        for tenth, each in sorted(sure.items())
    }


@dataclass(slots=True)
class _Share:
    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.of += 1


@dataclass(slots=True)
class _Shares:
    by_name: dict[str, _Share] = field(default_factory=dict)

    def add(self, name: str, right: bool) -> None:
        self.by_name.setdefault(name, _Share()).add(right)


def _of_truths(pages: Iterable[tuple[dict[str, Any], Page]]) -> dict[str, float]:
    shares = _Shares()
    for truth, page in pages:
        records = page.get("records", [])
        shares.add("count_exact", len(records) == len(truth["records"]))
        if truth.get("total") is not None:
            shares.add("totals", page.get("stated_total") == truth["total"])
        if truth.get("next_page"):
            right = _address(page.get("next_url")) == _address(truth["next_page"])
            shares.add("next_pages", right)
        _add_records(shares, truth["records"], list(records))
    return {name: share.right / share.of for name, share in shares.by_name.items()}


def _add_records(shares: _Shares, asked: list[dict[str, Any]], left: list[Page]) -> None:
    for record in asked:
        alike = (one for one in left if _alike(one.get("title"), record["title"]))
        found = next(alike, None) if record["title"] else next(iter(left), None)
        shares.add("titles", found is not None)
        if found:
            left.remove(found)
        if record.get("url"):
            address = _address(found.get("url")) if found else ""
            shares.add("addresses", _address(record["url"]) in address)
        if text := record.get("abstract_or_snippet"):
            said = (found.get("abstract") or found.get("text")) if found else ""
            shares.add("abstracts", _squeezed(text)[:_OPENING] in _squeezed(said))


def _squeezed(text: str | None) -> str:
    return "".join((text or "").lower().split())


def _alike(one: str | None, other: str | None) -> bool:
    a, b = _squeezed(one), _squeezed(other)
    return bool(a and b) and (a in b or b in a)


def _address(url: str | None) -> str:
    """What two spellings of an address, with host and without, have in common."""
    parts = urlsplit(unquote(url or ""))
    return f"{parts.path.rstrip('/')}?{parts.query}".lstrip("./")
