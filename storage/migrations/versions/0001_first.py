"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.Float().with_variant(sa.REAL(), "sqlite")
HEAP: dict[str, Any] = {"sqlite_strict": True}
CLUSTERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    _harvest()
    _pages()
    _records()
    _duplicates()


def _harvest() -> None:
    op.create_table(
        "run",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("started_at", ID, nullable=False),
        sa.Column("ended_at", ID),
        sa.Column("seconds", NUMBER, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer()),
        sa.Column("failed", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_index("run_source", "run", ["source", "id"], unique=False)
    op.create_table(
        "host",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("delay", ID, nullable=False),
        sa.Column("next_at", ID, nullable=False),
        sa.Column("held_until", ID),
        sa.Column("held_by", ID),
        sa.PrimaryKeyConstraint("name"),
        **CLUSTERED,
    )
    op.create_table(
        "address",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("not_before", ID, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("token", ID, nullable=False),
        sa.Column("lease_until", ID),
        sa.Column("run", ID, nullable=False),
        sa.Column("ended", ID),
        sa.ForeignKeyConstraint(
            ["host"],
            ["host.name"],
        ),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_index(
        "address_due", "address", ["source", "state", "host", "depth", "id"], unique=False
    )
    op.create_table(
        "found",
        sa.Column("page", ID, nullable=False),
        sa.Column("address", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["address"],
            ["address.id"],
        ),
        sa.ForeignKeyConstraint(
            ["page"],
            ["address.id"],
        ),
        sa.PrimaryKeyConstraint("page", "address"),
        **CLUSTERED,
    )


def _pages() -> None:
    op.create_table(
        "footer",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("operator", TEXT),
        sa.Column("licence", TEXT),
        sa.Column("province", TEXT),
        sa.Column("links", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_table(
        "page",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("address", ID, nullable=False),
        sa.Column("run", ID, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("fetched_at", ID, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("archive", TEXT),
        sa.Column("position", ID),
        sa.Column("length", ID),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("charset", TEXT),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("profile", TEXT, nullable=False),
        sa.Column("confidence", NUMBER, nullable=False),
        sa.Column("encoding", TEXT, nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("asked", TEXT),
        sa.Column("query", TEXT),
        sa.Column("stated_total", ID),
        sa.Column("stated_ms", ID),
        sa.Column("next_url", TEXT),
        sa.Column("footer", ID),
        sa.Column("change_no", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["address"],
            ["address.id"],
        ),
        sa.ForeignKeyConstraint(
            ["footer"],
            ["footer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_index("page_address", "page", ["address"], unique=False)
    op.create_index("page_run", "page", ["run", "state"], unique=False)
    op.create_table(
        "problem",
        sa.Column("page", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["page"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("page", "place"),
        **CLUSTERED,
    )


def _records() -> None:
    op.create_table(
        "content",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("native_id", TEXT),
        sa.Column("title", TEXT),
        sa.Column("abstract", TEXT),
        sa.Column("authors", TEXT),
        sa.Column("venue", TEXT),
        sa.Column("year", sa.Integer()),
        sa.Column("volume", TEXT),
        sa.Column("issue", TEXT),
        sa.Column("pages", TEXT),
        sa.Column("language", TEXT),
        sa.Column("date", TEXT),
        sa.Column("text", TEXT),
        sa.Column("rest", TEXT),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_table(
        "record",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("page", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("content", ID, nullable=False),
        sa.Column("completeness", sa.Integer(), nullable=False),
        sa.Column("identified", sa.Integer(), nullable=False),
        sa.Column("text_group", ID, autoincrement=False, nullable=False),
        sa.Column("first_run", ID, nullable=False),
        sa.Column("cluster", ID),
        sa.Column("change_no", ID, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        **HEAP,
    )
    op.create_index("record_cluster", "record", ["cluster"], unique=False)
    op.create_index("record_group", "record", ["text_group"], unique=False)
    op.create_index("record_run", "record", ["first_run"], unique=False)
    op.create_table(
        "reading",
        sa.Column("page", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("content", ID, nullable=False),
        sa.Column("run", ID, nullable=False),
        sa.Column("url", TEXT),
        sa.Column("similar", TEXT),
        sa.Column("cited", TEXT),
        sa.Column("free_pdf", sa.Integer(), nullable=False),
        sa.Column("completeness", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Integer(), nullable=False),
        sa.Column("hash", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["page"],
            ["page.id"],
        ),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("page", "rank"),
        **CLUSTERED,
    )
    op.create_index("reading_record", "reading", ["record"], unique=False)
    op.create_index("reading_run", "reading", ["run"], unique=False)
    op.create_table(
        "kin",
        sa.Column("asked", ID, nullable=False),
        sa.Column("page", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("listed", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["page"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("asked", "page", "rank"),
        **CLUSTERED,
    )
    op.create_index("kin_page", "kin", ["page"], unique=False)


def _duplicates() -> None:
    op.create_table(
        "state",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("change_no", ID, nullable=False),
        sa.Column("settled_to", ID, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_table(
        "text_group",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("self_same", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **HEAP,
    )
    op.create_table(
        "bucket",
        sa.Column("key", ID, autoincrement=False, nullable=False),
        sa.Column("text_group", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "text_group"),
        **CLUSTERED,
    )
    op.create_table(
        "saturated",
        sa.Column("key", ID, autoincrement=False, nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        **CLUSTERED,
    )
    op.create_table(
        "match",
        sa.Column("a", ID, nullable=False),
        sa.Column("b", ID, nullable=False),
        sa.Column("relation", TEXT, nullable=False),
        sa.Column("similarity", NUMBER),
        sa.Column("strength", NUMBER, nullable=False),
        sa.Column("borderline", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["a"],
            ["text_group.id"],
        ),
        sa.ForeignKeyConstraint(
            ["b"],
            ["text_group.id"],
        ),
        sa.PrimaryKeyConstraint("a", "b"),
        **CLUSTERED,
    )
    op.create_index("match_b", "match", ["b"], unique=False)
    op.create_table(
        "unsettled",
        sa.Column("text_group", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("text_group"),
        **CLUSTERED,
    )
    op.create_table(
        "cluster",
        sa.Column("least", ID, autoincrement=False, nullable=False),
        sa.Column("canonical", ID, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("least"),
        **HEAP,
    )
