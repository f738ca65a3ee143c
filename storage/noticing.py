"""Whether a page's records are stored: its own check, its source's history, a person's word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, select

from records import Measures, Problem, ResultPage
from storage.baseline import Drift, Seen
from storage.history import Entry, History
from storage.prepared import Prepared
from storage.schema import address, page

_KIND = Prepared(select(address.c.kind).where(address.c.id == bindparam("asked")))
_STANDING = Prepared(select(page.c.state, page.c.released).where(page.c.id == bindparam("asked")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a page."""

    page: ResultPage
    """With the problems that its source's history adds."""
    drift: tuple[Problem, ...] = ()
    """Those."""
    accepted: bool
    """Its records are stored; else it waits in quarantine."""
    released: bool
    """Accepted on a person's word, in spite of its problems."""
    kind: str
    """Of its address."""
    measures: Measures | None
    """None: it fails its own check, and is compared with no other."""
    alike: tuple[tuple[int, Problem], ...] = ()
    """Pages stored before, by id, that turn out to be drift with it, each with its problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A page before it is stored."""

    id: int
    address: int
    source: str
    page: ResultPage
    measures: Measures
    released: bool
    """Somebody says now that it is as it should be."""


def verdict(
    connection: Connection, candidate: Candidate, history: History, *, change_no: int
) -> Verdict:
    """Judge a page in the transaction that stores it as `change_no`.

    A page once released stays released for as long as anything is read of it. One that was
    accepted and is read again is held to its own check alone: what changed is its reader, not the
    site.
    """
    [(kind,)] = _KIND.all(connection, asked=candidate.address)
    stored = next(iter(_STANDING.all(connection, asked=candidate.id)), None)
    state, was_released = stored or (None, None)
    read = candidate.page
    released = candidate.released or bool(was_released)
    released = released and bool(read.records)
    judged = Verdict(
        page=read,
        accepted=read.ok or released,
        released=released,
        kind=kind,
        measures=candidate.measures if read.ok or released else None,
    )
    if read.ok and not released and state in (None, "quarantined"):
        found = history.judge(
            connection,
            candidate.source,
            kind,
            candidate.measures,
            change_no=change_no,
            again=None if stored is None else candidate.id,
        )
        if found:
            judged = _as_drift(judged, found)
    history.note(_entry(candidate, judged, change_no, again=stored is not None))
    return judged


def _as_drift(judged: Verdict, found: Sequence[Drift]) -> Verdict:
    drift = tuple(each.problem for each in found)
    alike = dict(other for each in found for other in each.alike)
    return replace(
        judged,
        page=replace(judged.page, problems=(*judged.page.problems, *drift)),
        drift=drift,
        accepted=False,
        alike=tuple(alike.items()),
    )


def _entry(candidate: Candidate, judged: Verdict, change_no: int, *, again: bool) -> Entry:
    seen = judged.measures and Seen(
        page=candidate.id,
        measures=judged.measures,
        accepted=judged.accepted,
        released=judged.released,
    )
    return Entry(
        source=candidate.source,
        kind=judged.kind,
        seen=seen or None,
        change_no=change_no,
        alone=not again and not judged.alike,
    )


def reason(problems: Sequence[Problem]) -> str:
    """Why a page is in quarantine: the first of its errors."""
    return next(each.message for each in problems if each.severity == "error")
