"""What two readings of one page say differently, field by field."""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import takewhile
from typing import Any

from records import Record, ResultPage, as_json

EXAMPLES = 3
"""Kept of each field."""
_SHOWN = 200
_BEFORE = 40
"""Of a text that is longer than is shown, what stands before the first difference."""

_OF_RECORD = tuple(f.name for f in fields(Record))
_OF_PAGE = tuple(
    f.name
    for f in fields(ResultPage)
    if f.name not in ("url", "records", "query", "navigation", "found")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One value that changed."""

    page: int
    url: str
    """Of the page."""
    key: str | None
    """Of the record, as it is called now; None: the page's own."""
    old: Any
    """Null: absent. A long text is cut to what stands around the first difference."""
    new: Any


@dataclass(slots=True)
class Changes:
    """What changed on many pages."""

    fields: Counter[str] = field(default_factory=Counter)
    """In how many records; ``record``: came or went; ``page.…``: pages in which a field of the
    page's own did; ``page``: those where only what is not stored did, such as navigation."""
    examples: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))
    """The first few of each field."""

    def add(self, page: int, url: str, before: ResultPage, after: ResultPage) -> None:
        """Count what one page says differently. `before`: as stored."""
        count = self.fields.total()
        before, after = _comparable(before), _comparable(after)
        for name in _OF_PAGE:
            self._compare(page, url, None, f"page.{name}", *_both(before, after, name))
        for name in ("native_id", "text"):
            said = _both(before.query, after.query, name)
            self._compare(page, url, None, f"page.query.{name}", *said)
        for old, new in _paired(before.records, after.records):
            if old is None or new is None:
                one = old or new
                assert one is not None
                shown = one.title or one.abstract or one.text
                said = (shown, None) if new is None else (None, shown)
                self._note(page, url, one.key, "record", *said)
                continue
            for name in _OF_RECORD:
                self._compare(page, url, new.key, name, *_both(old, new, name))
        if self.fields.total() == count:
            self.fields["page"] += 1

    def _compare(self, page: int, url: str, key: str | None, name: str, old: Any, new: Any) -> None:
        if old != new:
            self._note(page, url, key, name, as_json(old), as_json(new))

    def _note(self, page: int, url: str, key: str | None, name: str, old: Any, new: Any) -> None:
        self.fields[name] += 1
        if len(self.examples[name]) < EXAMPLES:
            old, new = _shown(old, new)
            self.examples[name].append(Example(page=page, url=url, key=key, old=old, new=new))


def _both(before: object, after: object, name: str) -> tuple[Any, Any]:
    return getattr(before, name), getattr(after, name)


def _comparable(page: ResultPage) -> ResultPage:
    """What the store keeps of a page: of one that fails its check no record and no footer, and a
    block's text only where no field holds it."""
    if not page.ok:
        return replace(page, records=(), footer=None)
    records = (
        replace(each, text="") if each.title is not None or each.abstract is not None else each
        for each in page.records
    )
    return replace(page, records=tuple(records), query=replace(page.query, filters={}))


def _paired(
    before: Sequence[Record], after: Sequence[Record]
) -> Iterator[tuple[Record | None, Record | None]]:
    """Records that are one: by their keys, and what is left by their ranks."""
    waiting: dict[str, deque[Record]] = defaultdict(deque)
    for old in before:
        waiting[old.key].append(old)
    pairs: list[tuple[Record | None, Record]] = [
        (waiting[new.key].popleft() if waiting[new.key] else None, new) for new in after
    ]
    left = {old.rank: old for each in waiting.values() for old in each}
    for paired, new in pairs:
        yield (paired or left.pop(new.rank, None)), new
    for old in left.values():
        yield old, None


def _shown(old: Any, new: Any) -> tuple[Any, Any]:
    """Two values as examples; long texts cut around their first difference.

    >>> _shown("a" * 300 + "b", "a" * 300)
    ('…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')
    """
    texts = _spelled(old), _spelled(new)
    if max(map(len, texts)) <= _SHOWN:
        return old, new
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))
    start = max(0, sum(1 for _ in alike) - _BEFORE)
    cut_old, cut_new = (_cut(text, start) for text in texts)
    return None if old is None else cut_old, None if new is None else cut_new


def _spelled(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, start: int) -> str:
    end = start + _SHOWN
    return "…" * (start > 0) + text[start:end] + "…" * (end < len(text))
