"""The tables. Whoever changes one writes a migration; a test compares the two.

Ids come from `storage.ids.id63`, but for contents, which are numbered as they come; times are
microseconds UTC; texts are free of NULs and lone surrogates when they arrive here. NULL means
absent. A foreign key stands only where an index answers its check in both directions. What one
back end alone has says so in its ``info``, as ``only``.
"""

from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as AnyText
from sqlalchemy.schema import SchemaItem

Number = Float().with_variant(REAL(), "sqlite")
Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Sorts by code point on every back end."""
Id = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()
CLUSTERED = text("cluster IS NOT NULL")
"""Most records stand alone: an index of them all would be for those few."""
_WITHOUT_ROWID = {"sqlite_with_rowid": False}


def table(name: str, *columns: SchemaItem, rowid: bool = True) -> Table:
    options: dict[str, Any] = {} if rowid else _WITHOUT_ROWID
    made: Table = Table(name, metadata, *columns, sqlite_strict=True, **options)
    return made


def _of_keys(name: str, column: str, **more: Any) -> Index:
    """Of records' keys, of any length: by their hashes on PostgreSQL, whose ordered indexes take no
    value of more than 2,704 bytes. That a key is there once follows from ids, made of keys."""
    return Index(name, column, postgresql_using="hash", **more)


# One row: what the whole store is at.
state = table(
    "state",
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("scheme", Text, nullable=False),  # generation of the bucket index
    Column("change_no", Id, nullable=False),  # of the newest committed page or decision
    Column("settled_to", Id, nullable=False),  # clusters are those of this change number
    Column("building", Text),  # scheme of the generation that is being made; NULL: none is
    Column("behind", Text),  # what is not of `scheme` yet, see storage.generations; NULL: nothing
)

# ------------------------------------------------------------------ harvest

run = table(
    "run",
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("started_at", Id, nullable=False),
    Column("ended_at", Id),
    Column("seconds", Number, nullable=False),  # at work, over all its sittings
    Column("reason", Text, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("budget", Integer),  # pages; NULL: no limit
    Column("failed", Integer),  # addresses given up, counted when the run ended; NULL: it goes on
    Column("unchanged", Integer),  # addresses whose page is as it was (304); NULL: none
    Column("gone", Integer),  # addresses whose page is no more; NULL: none
    Index("run_source", "source", "id"),
)

host = table(
    "host",
    Column("name", Text, primary_key=True),
    Column("delay", Id, nullable=False),  # microseconds between requests
    Column("next_at", Id, nullable=False),
    Column("held_until", Id),  # a request is under way, at the longest until then
    Column("held_by", Id),  # address whose lease holds it
    Column("refusals", Integer),  # in a row; NULL: it answered last
    Column("suspensions", Integer),  # in a row, as refusals
    Column("refusal", Text),  # the last one
    Column("closed_until", Id),  # not asked before then for its refusals
    rowid=False,
)

address = table(
    "address",
    Column("id", Id, primary_key=True, autoincrement=False),  # id63(source, fingerprint)
    Column("source", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, ForeignKey("host.name"), nullable=False),
    Column("depth", Integer, nullable=False),  # least over all ways found
    Column("state", Text, nullable=False),  # due, leased, done, gone, quarantined, failed, left
    Column("not_before", Id, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),  # why it failed, waits or is quarantined
    Column("token", Id, nullable=False),
    Column("lease_until", Id),
    Column("run", Id, nullable=False),  # in which it was found
    Column("ended", Id),  # run in which it was done, quarantined or given up
    Index("address_due", "source", "state", "host", "depth", "id"),
)

lost = table(
    "lost",  # addresses whose lease a dead process left, since they were last heard of
    Column("address", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    Column("times", Integer, nullable=False),
    rowid=False,
)

visit = table(
    "visit",  # an address that answered, and is asked again
    Column("address", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    Column("page", Id, nullable=False),  # the newest that was read of it
    Column("etag", Text),  # of that page, as sent; NULL: it has none, or is asked for whole
    Column("modified", Text),  # its Last-Modified, as etag
    Column("region", Text),  # hash of what it lists; NULL: not compared yet
    Column("checked_at", Id, nullable=False),  # when it answered last
    Column("changed_at", Id, nullable=False),
    Column("every", Id, nullable=False),  # interval, microseconds
    Column("due_at", Id, nullable=False),
    Column("reason", Text, nullable=False),  # why the interval is what it is
    Column("gone_at", Id),  # since when there is no page; NULL: there is one
    rowid=False,
)

found = table(
    "found",
    Column("page", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    Column("address", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    rowid=False,
)

walk = table(
    "walk",  # through a listing: a start address and the pages behind it, of this harvest
    Column("start", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("reason", Text),  # why it ended; NULL: it goes on
    Index("walk_source", "source"),
    rowid=False,
)

step = table(
    "step",  # a page of a walk, from when its address is due
    Column("address", Id, ForeignKey("address.id"), primary_key=True, autoincrement=False),
    Column("walk", Id, ForeignKey("walk.start"), nullable=False),
    Column("place", Integer, nullable=False),  # from 1, the start
    Column("page", Id),  # NULL: not stored yet
    Column("listed", Integer, nullable=False),  # records on it
    Column("new", Integer, nullable=False),  # of those, not on an earlier page of the walk
    Column("hash", Id),  # hash of its records' keys in their order; NULL: it lists none
    Index("step_walk", "walk", "place"),
    Index("step_page", "page"),
    rowid=False,
)

# ------------------------------------------------------------------ pages

footer = table(
    "footer",
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("operator", Text),
    Column("licence", Text),
    Column("province", Text),
    Column("links", Text, nullable=False),  # JSON
    Column("text", Text, nullable=False),
)

page = table(
    "page",
    Column("id", Id, primary_key=True, autoincrement=False),  # id63(address, run)
    Column("address", Id, ForeignKey("address.id"), nullable=False),
    Column("run", Id, ForeignKey("run.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),  # that answered
    Column("fetched_at", Id, nullable=False),
    Column("status", Integer, nullable=False),
    Column("archive", Text),  # file; NULL: not archived
    Column("position", Id),
    Column("length", Id),
    Column("digest", Text, nullable=False),  # SHA-256 of the body as read
    Column("said", Text, nullable=False),  # hash of all that the reader said of it
    Column("charset", Text),  # of the HTTP header
    Column("reader", Text, nullable=False),
    Column("state", Text, nullable=False),  # read, quarantined
    Column("profile", Text, nullable=False),
    Column("confidence", Number, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("asked", Text),  # native id that the page answers
    Column("query", Text),
    Column("stated_total", Id),
    Column("stated_ms", Id),
    Column("next_url", Text),
    Column("footer", Id, ForeignKey("footer.id")),
    Column("change_no", Id, nullable=False),
    Column("kind", Text),  # of its address; NULL: stored before pages were compared
    Column("measures", Text),  # JSON; NULL: fails its own check, or as kind
    Column("released", Integer),  # 1: accepted on a person's word
    Index("page_history", "source", "kind", "state", "change_no"),
    Index("page_run", "run", "state"),
    Index("page_address", "address"),
    Index("page_footer", "footer"),
)

problem = table(
    "problem",
    Column("page", Id, ForeignKey("page.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("rank", Integer),
    rowid=False,
)

# ------------------------------------------------------------------ records

content = table(
    "content",  # what readings say of a record, each wording once
    Column("id", Id, primary_key=True, autoincrement=False),  # in order; see storage.wordings
    Column("native_id", Text),
    Column("title", Text),
    Column("abstract", Text),
    Column("authors", Text),  # JSON
    Column("venue", Text),
    Column("year", Integer),
    Column("volume", Text),
    Column("issue", Text),
    Column("pages", Text),
    Column("language", Text),
    Column("date", Text),
    Column("text", Text),  # the block, where neither title nor abstract holds it
    Column("rest", Text),  # JSON: sections, keywords, identifiers
    Column("hash", Id),  # id63 of key and content hash; NULL: of an older program, its id says it
)

record = table(
    "record",
    Column("id", Id, primary_key=True, autoincrement=False),  # id63("record", key)
    Column("key", Text, nullable=False),
    Column("page", Id, nullable=False),  # of the best reading
    Column("rank", Integer, nullable=False),
    Column("content", Id, nullable=False),
    Column("completeness", Integer, nullable=False),
    Column("identified", Integer, nullable=False),  # has a publisher's identifier
    Column("text_group", Id, nullable=False),
    Column("first_run", Id, nullable=False),
    Column("cluster", Id),  # id of the cluster's least record; NULL: stands alone
    Column("change_no", Id, nullable=False),
    UniqueConstraint("key", info={"only": "sqlite"}),
    _of_keys("record_key", "key", info={"only": "postgresql"}),
    Index("record_group", "text_group"),
    Index("record_cluster", "cluster", sqlite_where=CLUSTERED, postgresql_where=CLUSTERED),
    Index("record_run", "first_run"),
    Index("record_change", "change_no"),
)

gone = table(
    "gone",  # records that were removed; one that came back since may stand here still
    Column("record", Id, primary_key=True, autoincrement=False),
    Column("change_no", Id, nullable=False),
    Index("gone_change", "change_no"),
    rowid=False,
)

reading = table(
    "reading",
    Column("page", Id, ForeignKey("page.id"), primary_key=True, autoincrement=False),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("record", Id, ForeignKey("record.id"), nullable=False),
    Column("content", Id, nullable=False),
    Column("run", Id, nullable=False),  # of its page
    Column("url", Text),
    Column("similar", Text),  # address of its kin
    Column("cited", Text),  # JSON [total, own, others]
    Column("free_pdf", Integer, nullable=False),
    Column("completeness", Integer, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("hash", Id, nullable=False),
    Index("reading_record", "record"),
    rowid=False,
)

conflict = table(
    "conflict",  # records whose readings name different works
    Column("record", Id, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    rowid=False,
)

kin = table(
    "kin",  # the listed record stands on the asked record's page
    Column("asked", Id, primary_key=True, autoincrement=False),  # record id; need not be stored
    Column("page", Id, ForeignKey("page.id"), primary_key=True, autoincrement=False),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("listed", Id, nullable=False),
    Index("kin_page", "page"),
    rowid=False,
)

# ------------------------------------------------------------------ duplicates

text_group = table(
    "text_group",  # records equal, after folding, in all that evidence reads
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("self_same", Integer, nullable=False),  # its members are one work
)

fresh = table(
    "fresh",  # what came into buckets and left them lately, a row a page or a part of the shelf
    Column("id", Id, primary_key=True, autoincrement=False),  # in order; < 0: see storage.shelving
    Column("stamp", Id, nullable=False),  # by chance: tells a row from another of its id
    Column("entries", LargeBinary, nullable=False),  # see storage.buckets
)

shelf = table(
    "shelf",  # all else of the buckets, in blocks of neighbouring keys
    Column("first", Id, primary_key=True, autoincrement=False),  # least key that may stand in it
    Column("entries", LargeBinary, nullable=False),
)

shelving = table(
    "shelving",  # one row: how the shelf is divided
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("depths", LargeBinary, nullable=False),  # a byte a part: bits of a key that name a block
    Column("entries", Id, nullable=False),  # on the shelf
)

saturated = table(
    "saturated",  # buckets of more groups than the scheme's saturation, or that were until just now
    Column("key", Id, primary_key=True, autoincrement=False),
    Column("settled", Integer, nullable=False),  # 0: its matches are to be set right
    rowid=False,
)

match = table(
    "match",  # two text groups, a < b
    Column("a", Id, ForeignKey("text_group.id"), primary_key=True, autoincrement=False),
    Column("b", Id, ForeignKey("text_group.id"), primary_key=True, autoincrement=False),
    Column("relation", Text, nullable=False),
    Column("similarity", Number),
    Column("strength", Number, nullable=False),
    Column("borderline", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Index("match_b", "b"),
    rowid=False,
)

unsettled = table(
    "unsettled",
    Column("text_group", Id, primary_key=True, autoincrement=False),
    rowid=False,
)

cluster = table(
    "cluster",
    Column("least", Id, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),  # from the key of the least record
    Column("canonical", Id, nullable=False),
    Column("size", Integer, nullable=False),
    Index("cluster_id", "id", unique=True),
    Index("cluster_size", "size", "least"),
)

former = table(
    "former",  # ids that clusters had
    Column("id", Text, primary_key=True),
    Column("now", Text),  # id of the cluster that most of its records went to; NULL: none did
    rowid=False,
)

decision = table(
    "decision",  # what people said of records: by their keys, so that it outlives them
    Column("id", Id, primary_key=True, autoincrement=False),  # change number it was made under
    Column("kind", Text, nullable=False),  # merge, split, canonical
    Column("a", Text, nullable=False),
    Column("b", Text),  # NULL: canonical; else a < b
    Column("who", Text, nullable=False),
    Column("made_at", Id, nullable=False),  # later than that of any before
    Column("why", Text, nullable=False),
    Column("undone_at", Id),  # NULL: in effect
    Column("undone_by", Text),
    Column("undone_why", Text),
    _of_keys("decision_a", "a"),
    _of_keys("decision_b", "b"),
)
