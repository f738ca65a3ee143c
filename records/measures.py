"""What a page measures: counts over its records, by which pages of one source are compared."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from records.nouns import Record, ResultPage
from records.wire import as_json

FIELDS = (
    "title",
    "abstract",
    "authors",
    "venue",
    "year",
    "volume",
    "issue",
    "pages",
    "keywords",
    "identifiers",
    "cited_by",
    "date",
    "language",
    "native_id",
    "url",
    "similar_url",
)
"""Fields of a record that it has or lacks."""
OWN_TITLE = "own_title"
"""Counted as a field: the title stands on the page once. ``View details`` twenty times is none."""
LEGIBLE = "legible"
"""Counted as a field: hardly a character is one that a wrong decoding leaves."""
LENGTHS = ("title", "abstract", "text")

_WRONGLY_DECODED = re.compile(
    "[\ufffd\u0080-\u009f\ue000-\uf8ff]"
    # bytes of UTF-8 taken for Latin ones: Ã©, ä¸­, â€™
    "|[\u00c2-\u00f4][\u00a0-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160"
    "\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
    "\u017e\u0178]"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_COMMON_HAN = re.compile(
    "[的一是在和了有为中与及以对于不用研究分析大上国发学性方法结果物化合成提高]"
)
_ILLEGIBLE = 100
"""One character of so many that was decoded wrongly is one too many."""
_LOOKED_AT = 400
"""Characters of a record, which tell as much as all of them."""
_HAN_ENOUGH = 40
_HAN_COMMON = 25
"""Of the characters of a Chinese text one in about five is among those listed; of what UTF-8 taken
for GBK leaves, one in two hundred. One in so many parts the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Counts over the records of a page; those of several pages can be added up."""

    records: int
    more: bool
    """Whether the page leads to a next one."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """Records that have a field, by the names of `FIELDS`, `OWN_TITLE` and `LEGIBLE`."""
    lengths: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """For each of `LENGTHS` the records whose text is of a size; size *s* is 2**(s-1) characters
    and more, and fewer than 2**s. Records without the field are left out."""
    languages: Mapping[str, int] = field(default_factory=dict)
    """Records in each language; those that do not tell are left out."""


def measures_of(page: ResultPage) -> Measures:
    """The measures of a page: a function of what was read of it alone."""
    titles = Counter(record.title for record in page.records)
    filled: Counter[str] = Counter()
    lengths: dict[str, Counter[int]] = {name: Counter() for name in LENGTHS}
    for record in page.records:
        filled.update(name for name in FIELDS if getattr(record, name))
        filled[OWN_TITLE] += record.title is not None and titles[record.title] == 1
        filled[LEGIBLE] += is_legible(record)
        for name, sizes in lengths.items():
            if text := getattr(record, name):
                sizes[len(text).bit_length()] += 1
    return Measures(
        records=len(page.records),
        more=page.next_url is not None,
        filled={name: count for name, count in filled.items() if count},
        lengths={name: dict(sizes) for name, sizes in lengths.items() if sizes},
        languages=Counter(record.language for record in page.records if record.language),
    )


def is_legible(record: Record) -> bool:
    """Whether a record's words look as though they had been decoded rightly.

    >>> is_legible(Record(rank=1, key="text:0", title="Zur Größe der Flüsse"))
    True
    >>> is_legible(Record(rank=1, key="text:0", title="Zur GrÃ¶ÃŸe der FlÃ¼sse"))
    False
    """
    words = record.title, record.abstract
    text = " ".join(filter(None, words)) if any(words) else record.text
    text = text[:_LOOKED_AT]
    if text.isascii():
        return True
    if len(_WRONGLY_DECODED.findall(text)) * _ILLEGIBLE > len(text):
        return False
    han = len(_HAN.findall(text))
    return han < _HAN_ENOUGH or len(_COMMON_HAN.findall(text)) * _HAN_COMMON >= han


def measures_to_json(measures: Measures) -> dict[str, Any]:
    said: dict[str, Any] = as_json(measures)
    return said


def measures_from_json(value: Mapping[str, Any]) -> Measures:
    """The measures that `measures_to_json` came from."""
    return Measures(
        records=value["records"],
        more=value["more"],
        filled=value["filled"],
        lengths={
            name: {int(size): count for size, count in sizes.items()}
            for name, sizes in value["lengths"].items()
        },
        languages=value["languages"],
    )
