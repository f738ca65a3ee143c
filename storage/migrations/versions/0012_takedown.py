"""What was taken down, what tells it when it comes back, and what is still to be done of it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "takedown",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("begun_at", ID, nullable=False),
        sa.Column("ended_at", ID),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("records", TEXT, nullable=False),
        sa.Column("sought", TEXT),
        sa.Column("receipt", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "blocked",
        sa.Column("value", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("takedown", ID, nullable=False),
        sa.ForeignKeyConstraint(["takedown"], ["takedown.id"]),
        sa.PrimaryKeyConstraint("value", "kind", "record"),
        sqlite_strict=True,
        **CLUSTERED,
    )
    op.create_index("blocked_takedown", "blocked", ["takedown"])
    op.create_table(
        "to_bar",
        sa.Column("page", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("page"),
        sqlite_strict=True,
        **CLUSTERED,
    )
    op.create_table(
        "moved",
        sa.Column("old", TEXT, nullable=False),
        sa.Column("new", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("old"),
        sqlite_strict=True,
        **CLUSTERED,
    )
    op.create_table(
        "copy",
        sa.Column("path", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("made_at", ID, nullable=False),
        sa.PrimaryKeyConstraint("path"),
        sqlite_strict=True,
        **CLUSTERED,
    )
