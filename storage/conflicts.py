"""Records whose readings contradict each other: one key, and the titles and authors of two works.

Such a record is noted, and its best reading shown as ever: whether a site gave one id to two works
or a reader took one for another is for a person to see. Whether a record is noted depends on the
set of its readings alone, never on their order.
Every function runs in a transaction of the caller's.
"""

import json
from collections.abc import Collection, Mapping
from itertools import combinations, product

from sqlalchemy import Connection, delete, insert, select

from dedup.evidence import compare
from dedup.folded import Folded, fold_record
from dedup.scheme import Scheme
from records import Record
from storage.schema import conflict, content, reading

Wording = tuple[str | None, str | None]
"""Title and authors (JSON) of a reading."""


def contradict(wordings: Collection[Wording], scheme: Scheme) -> bool:
    """Whether two of these readings of one record name different works."""
    folded = [fold_wording(each, scheme) for each in wordings]
    return any(name_two(a, b, scheme) for a, b in combinations(folded, 2))


def name_two(a: Folded, b: Folded, scheme: Scheme) -> bool:
    """Whether two readings, of which title and authors are known, name different works: the two
    are different, and both fields speak for it. What one of them lacks contradicts nothing."""
    evidence = compare(a, b, scheme)
    against = {clue.kind: clue.value for clue in evidence.clues if not clue.supports}
    # an equal title that says nothing of the work ("Editorial") supports nothing either
    unlike = against.get("title", 1) != 1
    return evidence.relation == "different" and unlike and "authors" in against


def fold_wording(wording: Wording, scheme: Scheme) -> Folded:
    title, authors = wording
    said = Record(rank=1, key="", title=title, authors=tuple(json.loads(authors or "[]")))
    return fold_record(said, scheme)


def note(
    connection: Connection,
    varied: Collection[int],
    said: Mapping[int, set[Wording]],
    unsaid: Collection[int],
    scheme: Scheme,
) -> None:
    """Note which records are in conflict, after readings of them came or went.

    `varied`: those of several wordings; `said`: what came, by record; `unsaid`: those of which
    something went.
    """
    noted = set(
        connection.execute(select(conflict.c.record).where(conflict.c.record.in_(varied))).scalars()
    )
    wanted = {
        record
        for record, wordings in wordings_of(connection, varied).items()
        if (record in noted and record not in unsaid)
        or (record in noted and contradict(wordings, scheme))
        or (record not in noted and _adds_one(said.get(record, set()), wordings, scheme))
    }
    if noted - wanted:
        forget(connection, noted - wanted)
    if wanted - noted:
        connection.execute(insert(conflict), [{"record": each} for each in wanted - noted])


def _adds_one(fresh: set[Wording], wordings: set[Wording], scheme: Scheme) -> bool:
    """`contradict`, where only what is fresh can contradict anything."""
    if len(wordings) < 2:
        return False
    folded = {each: fold_wording(each, scheme) for each in wordings}
    pairs = product(fresh, wordings)
    return any(a != b and name_two(folded[a], folded[b], scheme) for a, b in pairs)


def forget(connection: Connection, records: Collection[int]) -> None:
    """These records are in no conflict."""
    connection.execute(delete(conflict).where(conflict.c.record.in_(records)))


def wordings_of(connection: Connection, records: Collection[int]) -> dict[int, set[Wording]]:
    """Every title with its authors that readings of these records have."""
    rows = connection.execute(
        select(reading.c.record, content.c.title, content.c.authors)
        .join(content, content.c.id == reading.c.content)
        .where(reading.c.record.in_(records))
        .distinct()
    )
    found: dict[int, set[Wording]] = {}
    for record, title, authors in rows:
        found.setdefault(record, set()).add((title, authors))
    return found
