"""Near-duplicates of a record or a text, best first.

Most have one or two candidates: these are folded and compared one by one, each in a quarter of a
millisecond or less. Evidence by columns takes more than one for whatever it begins, and is for
many.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from sqlalchemy import Connection, bindparam

from dedup import loading
from dedup.bands import bucket_keys
from dedup.evidence import decide
from dedup.folded import Folded, fold_record
from dedup.placing import batch_of, columns_of
from dedup.scheme import Scheme
from records import Evidence, Match, Record, text_key
from storage.asking import NAMES, shown
from storage.content import record_of
from storage.matching import Matcher
from storage.prepared import Prepared
from storage.schema import record

_FEW = 8
"""Candidates from which columns are the sooner way."""
_MANY = 500
"""The same where the kernels are to be loaded first."""
_ORDER = {"same": 0, "version": 1, "related": 2}

_OF_GROUP = Prepared(
    shown()
    .where(record.c.text_group == bindparam("text_group"))
    .order_by(record.c.key)
    .limit(bindparam("most"))
)


def near_duplicates(
    connection: Connection, asked: Record, matcher: Matcher, *, stored: bool, limit: int
) -> list[Match]:
    """Stored records that may be the work of `asked`, best first: relation, then similarity.

    `stored`: `asked` is a record of the store, and is not its own near-duplicate.
    """
    found = _found(connection, asked, matcher)
    found.sort(key=lambda f: (_ORDER[f[1].relation], -(f[1].similarity or 0), -f[1].strength, f[0]))
    matches: list[Match] = []
    for group, evidence in found:
        for row in _OF_GROUP.all(connection, text_group=group, most=limit + 1):
            each = record_of(dict(zip(NAMES, row, strict=True)))
            if not (stored and each.key == asked.key):
                a = asked.key if stored else None
                matches.append(Match(a=a, b=each.key, evidence=evidence, record=each))
        if len(matches) >= limit:
            break
    return matches[:limit]


def asked_text(text: str) -> Record:
    """A text as a record that is not stored: an abstract without a title."""
    return Record(rank=1, key=text_key(None, text, ""), abstract=text, text=text)


def _found(connection: Connection, asked: Record, matcher: Matcher) -> list[tuple[int, Evidence]]:
    """Groups that may be the work of `asked`, and why; its own too, whether or not it is stored."""
    scheme = matcher.scheme
    fold, keys_of, few = _ways(matcher)
    folded = fold(asked, scheme)
    held = matcher.buckets.holders(connection, {*keys_of(folded, scheme)})
    others = set[int]().union(*held.values()) - {folded.group}
    worded = matcher.worded(connection, others, {}) if others else {}
    if len(worded) > few:
        worded = _likely(asked, worded, scheme)
    said = {
        group: decide(folded, fold(other, scheme, grouped=False), scheme)
        for group, other in worded.items()
    }
    said[folded.group] = decide(folded, folded, scheme)
    return [(group, evidence) for group, evidence in said.items() if evidence is not None]


def _ways(matcher: Matcher) -> tuple[Callable[..., Folded], Callable[..., Iterable[int]], int]:
    """How records are folded and their keys made, and of how many columns are the sooner way. By
    kernels, once they are loaded; nobody waits for that, who asks once does not even begin it."""
    if loading.are_loaded():
        from dedup.single import fold_single, single_keys

        return fold_single, single_keys, _FEW
    if matcher.was_asked:
        loading.load_beside(matcher.scheme)
    matcher.was_asked = True
    return fold_record, bucket_keys, _MANY


def _likely(asked: Record, worded: Mapping[int, Record], scheme: Scheme) -> dict[int, Record]:
    """Those groups that are not surely another work, by columns."""
    from dedup.verdicts import judge_few

    groups = sorted(worded)
    columns = columns_of(batch_of([asked, *(worded[group] for group in groups)]), scheme)
    ends = np.arange(1, len(groups) + 1, dtype=np.int32)
    left = judge_few(columns, np.zeros_like(ends), ends).b.tolist()
    return {groups[end - 1]: worded[groups[end - 1]] for end in left}
