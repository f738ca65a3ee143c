"""Near-duplicates of a record or a text, best first.

Most have a few candidates: these are folded and compared one by one, each in a twentieth of a
millisecond. Evidence by columns takes two for whatever it begins, and is for many.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, literal_column

from dedup import loading
from dedup.bands import bucket_keys
from dedup.evidence import decide
from dedup.folded import Folded, fold_record
from dedup.placing import batch_of, columns_of
from dedup.scheme import Scheme
from records import Evidence, Match, Record
from storage.asking import NAMES, shown
from storage.content import record_of
from storage.matching import Matcher
from storage.prepared import Prepared
from storage.schema import record

_FEW = 40
"""Candidates from which columns are the sooner way."""
_MANY = 500
"""The same where the kernels are to be loaded first."""
_ORDER = {"same": 0, "version": 1, "related": 2}

_MOST_ROWS = 256
"""Records of all candidates that are read at once: most have a few."""

_OF_GROUPS = Prepared(
    shown()
    .where(record.c.text_group.in_(bindparam("text_group", expanding=True)))
    .limit(literal_column(str(_MOST_ROWS)))
    .offset(literal_column("0")),
    "text_group",
)
_OF_GROUP = Prepared(
    shown()
    .where(record.c.text_group == bindparam("text_group"))
    .order_by(record.c.key)
    .limit(bindparam("most"))
)
_KEY, _GROUP = NAMES.index("key"), NAMES.index("text_group")

_Rows = Mapping[int, Sequence[Sequence[Any]]]
"""Of each group that has records their rows, by key; see `storage.asking.shown`."""


def near_duplicates(
    connection: Connection, asked: Record, matcher: Matcher, *, stored: bool, limit: int
) -> list[Match]:
    """Stored records that may be the work of `asked`, best first: relation, then similarity.

    `stored`: `asked` is a record of the store, and is not its own near-duplicate.
    """
    scheme = matcher.scheme
    placed, fold, few = _ways(matcher)
    folded, keys = placed(asked, scheme)
    held = matcher.buckets.holders(connection, keys)
    # its own group too, which may be too full to be found, or has nothing to be found by
    rows = _rows(connection, {folded.group}.union(*held.values()), limit + 1)
    said = _said(asked, folded, rows, scheme, fold, few)
    found = [(group, evidence) for group, evidence in said.items() if evidence is not None]
    found.sort(key=lambda f: (_ORDER[f[1].relation], -(f[1].similarity or 0), -f[1].strength, f[0]))
    matches: list[Match] = []
    for group, evidence in found:
        for row in rows[group]:
            if not (stored and row[_KEY] == asked.key):
                each = _record(row)
                a = asked.key if stored else None
                matches.append(Match(a=a, b=each.key, evidence=evidence, record=each))
        if len(matches) >= limit:
            break
    return matches[:limit]


def asked_text(text: str) -> Record:
    """A text as a record that is not stored, and has no key: an abstract without a title."""
    return Record(rank=1, key="", abstract=text, text=text)


def _rows(connection: Connection, groups: Collection[int], most: int) -> _Rows:
    """Of each group at least `most`, if it has as many."""
    rows = _OF_GROUPS.among(connection, groups)
    if len(rows) >= _MOST_ROWS:  # some may be missing
        if len(groups) == 1:
            return {
                group: _OF_GROUP.all(connection, text_group=group, most=most) for group in groups
            }
        half, ordered = len(groups) // 2, sorted(groups)
        return {
            **_rows(connection, ordered[:half], most),
            **_rows(connection, ordered[half:], most),
        }
    rows.sort(key=itemgetter(_KEY))
    found: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault(row[_GROUP], []).append(row)
    return found


def _record(row: Sequence[Any]) -> Record:
    return record_of(dict(zip(NAMES, row, strict=True)))


def _said(
    asked: Record,
    folded: Folded,
    rows: _Rows,
    scheme: Scheme,
    fold: Callable[[Record, Scheme], Folded],
    few: int,
) -> dict[int, Evidence | None]:
    """What evidence says of the asked record and each of the groups; None: they are different."""
    worded = {group: _record(each[0]) for group, each in rows.items() if group != folded.group}
    if len(worded) > few:
        worded = _likely(asked, worded, scheme)
    said = {group: decide(folded, fold(other, scheme), scheme) for group, other in worded.items()}
    if folded.group in rows:
        said[folded.group] = decide(folded, folded, scheme)
    return said


def _ways(
    matcher: Matcher,
) -> tuple[
    Callable[[Record, Scheme], tuple[Folded, Collection[int]]],
    Callable[[Record, Scheme], Folded],
    int,
]:
    """How the asked record is folded and its keys made, how others are folded, and of how many
    columns are the sooner way. By kernels, once they are loaded; nobody waits for that, who asks
    once does not even begin it."""
    if loading.are_loaded():
        from dedup.single import fold_single, place_single

        return place_single, fold_single, _FEW
    if matcher.was_asked:
        loading.load_beside(matcher.scheme)
    matcher.was_asked = True
    return _placed, _folded, _MANY


def _folded(asked: Record, scheme: Scheme) -> Folded:
    return fold_record(asked, scheme, grouped=False)


def _placed(asked: Record, scheme: Scheme) -> tuple[Folded, Collection[int]]:
    folded = fold_record(asked, scheme)
    return folded, bucket_keys(folded, scheme)


def _likely(asked: Record, worded: Mapping[int, Record], scheme: Scheme) -> dict[int, Record]:
    """Those groups that are not surely another work, by columns."""
    from dedup.verdicts import judge_few

    groups = sorted(worded)
    columns = columns_of(batch_of([asked, *(worded[group] for group in groups)]), scheme)
    ends = np.arange(1, len(groups) + 1, dtype=np.int32)
    left = judge_few(columns, np.zeros_like(ends), ends).b.tolist()
    return {groups[end - 1]: worded[groups[end - 1]] for end in left}
