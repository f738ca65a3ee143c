"""What pages, records, duplicates and harvests are: frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

Severity = Literal["error", "warning"]
Relation = Literal["same", "version", "related", "different"]
MatchState = Literal["joined", "refused", "borderline", "apart"]
AddressKind = Literal["similar", "article", "listing"]


class Completeness(IntEnum):
    """How much of its abstract a reading has; larger is better."""

    ABSENT = 0
    TRUNCATED = 1
    FULL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a page shows it."""

    text: str
    url: str | None
    """Absolute where the page's own address is known, else as in the page. None: text only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One labelled part of an abstract, such as 【目的】."""

    label: str
    """Without its brackets: ``目的/意义``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations:
    """How often a record was cited, as its page states it."""

    total: int
    own: int = field(metadata={"json": "self"})
    """By its own authors."""
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """Who runs the site, from the foot of a page. One a distinct footer, linked to its pages."""

    operator: str | None = None
    licence: str | None = None
    """Internet licence number, ``京ICP备09084417号``. None: the footer states none."""
    province: str | None = None
    """Province of the licence, ``北京``."""
    links: tuple[Link, ...] = ()
    text: str = ""
    """All of the footer's words, white space collapsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a page or record got wrong. ``error``: the page fails its own check."""

    code: str
    severity: Severity
    message: str
    rank: int | None = None
    """The record it is about; None: the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a result page answers."""

    native_id: str | None = None
    """Of the article whose kin are listed. None: the address does not say, or it is a search."""
    text: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One search result, as printed. Never changed; a better reading makes a new one.

    Absent is None (a list: empty). Field by field in the contract of ``glean read``.
    """

    rank: int
    """Place among the results of its page, from 1: the page's own number, else its place."""
    key: str
    """Identity: see `record_key`."""
    native_id: str | None = None
    title: str | None = None
    url: str | None = None
    similar_url: str | None = None
    """Address of the page of its own kin."""
    authors: tuple[str, ...] = ()
    """One a person, as printed: ``朱某彪``, ``McAdams J. E.``."""
    venue: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    abstract: str | None = None
    """Paragraphs joined by a line feed, labels kept. A final ``…`` is kept: the page cut it."""
    sections: tuple[Section, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    """ISO 639-1, from the record's own text."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """``{"doi": …}``, without resolver addresses."""
    cited_by: Citations | None = None
    free_pdf: bool = False
    date: str | None = None
    text: str = ""
    """All text of its block, spaces between elements, without script, style and what is hidden."""

    @property
    def completeness(self) -> Completeness:
        if not self.abstract:
            return Completeness.ABSENT
        if self.abstract.rstrip().endswith(("…", "...")):
            return Completeness.TRUNCATED
        return Completeness.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address worth fetching, with the identity that makes it one address in every spelling."""

    url: str
    fingerprint: str
    """``similar:<aid>`` whatever the host and the order of parameters, else the normalised url."""
    kind: AddressKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """What one page says: records, footer, and what is wrong with it."""

    url: str | None
    """The address fetched, else the page's own base or canonical address."""
    profile: str
    confidence: float
    """0 to 1."""
    encoding: str
    replaced: int
    """How many characters could not be decoded, or cannot be stored (NUL, lone surrogate)."""
    query: Query = Query()
    stated_total: int | None = None
    stated_ms: int | None = None
    records: tuple[Record, ...] = ()
    footer: Footer | None = None
    navigation: tuple[Link, ...] = ()
    next_url: str | None = None
    problems: tuple[Problem, ...] = ()
    search_total: int | None = field(default=None, metadata={"json": None})
    """How many records the whole search has, where the page states that as a number to rely on.
    None: it states none, an estimate ("about 1,200,000"), or a total of the page alone."""
    found: tuple[Address, ...] = field(default=(), metadata={"json": None})
    """Addresses to follow, in page order, each fingerprint once."""

    @property
    def ok(self) -> bool:
        """Whether the page passes its own check: no problem of severity ``error``."""
        return all(problem.severity != "error" for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where and when a reading was taken."""

    source: str
    run: int
    page: int
    """Id of the stored page."""
    url: str
    fetched_at: int
    """Microseconds UTC."""
    reader: str
    """Name and version of the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one page said of one record. Immutable.

    The record shown is its best reading: completeness, then the newest run, then most fields,
    then the reading's hash; never order of arrival.
    """

    record: Record
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One agreement or conflict between two records."""

    kind: str
    """What was compared: ``jaccard``, ``title``, ``year``, ``doi``, …"""
    supports: bool = field(metadata={"json": "for"})
    """Whether it speaks for one work."""
    value: float | str | None = None
    words: str = ""
    """For people: ``abstracts share 93 % of their shingles``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What two records say about each other; a function of the two and of the scheme alone."""

    relation: Relation
    similarity: float | None
    """Exact Jaccard of the shingles of their abstracts; None: one has no text."""
    clues: tuple[Clue, ...] = field(metadata={"json": "evidence"})
    strength: float = field(default=0.0, metadata={"json": None})
    """0 to 1: the order in which clusters take matches, and what the bridge rule asks of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two records and what was decided of them."""

    a: str | None
    """None: a text that is not stored."""
    b: str
    evidence: Evidence
    state: MatchState = "joined"
    record: Record | None = None
    """The record behind `b`, where a store was asked."""

    @property
    def key(self) -> str:
        return self.b

    @property
    def relation(self) -> Relation:
        return self.evidence.relation

    @property
    def similarity(self) -> float | None:
        return self.evidence.similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A stored record whose title and abstract speak of what was asked for."""

    key: str
    score: float
    """BM25 of the rarest terms that both have: greater is nearer. Comparable within one answer."""
    record: Record
    """Of near-duplicates the canonical one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Two or more records of one work."""

    id: str
    """From the least key; former ids redirect."""
    canonical: str
    keys: tuple[str, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on two records; it wins over the engine."""

    decision: Literal["merge", "split", "canonical"]
    a: str
    b: str | None
    """None for ``canonical``."""
    who: str
    when: int
    """Microseconds UTC."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to fetch one address until a moment."""

    id: int
    """Of the address in the frontier."""
    source: str
    address: Address
    depth: int
    """Fewest steps from a start address known when leased."""
    token: int
    """Fencing token: an acknowledgement with an older one is refused."""
    attempts: int
    """Fetches begun before this one."""
    until: int
    """Microseconds UTC."""
    alone: bool = True
    """Whether its host is held for it. False: the host asked for no rest, so that it has to be seen
    once more, right before it is asked, whether that still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One harvest of one source, with its figures so far."""

    run: int
    source: str
    pages: int
    """Pages stored as read."""
    records: int
    """Distinct records met."""
    new: int
    """Of those, first met in this run."""
    readings: int
    duplicates: int
    """Of the new records, those found to be the same work as another record."""
    quarantined: int
    failed: int
    """Addresses given up, each with its reason."""
    found: int
    """Addresses first found in this run, within and beyond the stated depth."""
    unchanged: int
    """Addresses that said that their page is the one we have (304): no page of this run is made."""
    gone: int
    """Addresses that had a page and say that it is no more; what it said is kept."""
    seconds: float
    finished: bool
    """False: the next harvest of the source goes on with this run."""
    reason: str
    """Why it ended: ``nothing due``, ``page budget``, ``hosts suspended``, ``quarantine share``,
    ``stopped``; ``running``. Of a listing whose walks all ended alike, in place of ``nothing
    due`` why they did: `storage.walks`."""
    started_at: int = field(metadata={"json": None})
    ended_at: int | None = field(default=None, metadata={"json": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One fire time of a schedule, and what came of it. Moments are microseconds UTC."""

    id: int
    schedule: str
    fire_time: int
    state: str
    """``waiting``, ``running``, ``done``, ``partly``, ``failed``, ``stopped``, ``lost``,
    ``skipped``, ``missed``."""
    since: int | None
    """The first of several missed fire times that this one stands for; None: of itself alone."""
    begins: int
    """It is not run before then."""
    arguments: tuple[str, ...]
    """What comes after ``glean``."""
    owner: str | None
    """Host, process id and start time of the process that keeps its job."""
    started_at: int | None
    heartbeat_at: int | None
    ended_at: int | None
    status: int | None
    """Exit status; None: it has not ended, was never begun, or was ended by a signal."""
    reason: str | None
    figures: Mapping[str, Any] | None
    """What the job printed as JSON."""
    log: str | None
    stop: str | None
    """Why it was asked to end; None: it was not."""
