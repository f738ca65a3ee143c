"""Walks through listings, and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "walk",
        sa.Column("start", ID, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["start"], ["address.id"]),
        sa.PrimaryKeyConstraint("start"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("walk_source", "walk", ["source"], unique=False)
    op.create_table(
        "step",
        sa.Column("address", ID, nullable=False),
        sa.Column("walk", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("page", ID, nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("hash", ID, nullable=True),
        sa.ForeignKeyConstraint(["address"], ["address.id"]),
        sa.ForeignKeyConstraint(["walk"], ["walk.start"]),
        sa.PrimaryKeyConstraint("address"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("step_walk", "step", ["walk", "place"], unique=False)
    op.create_index("step_page", "step", ["page"], unique=False)
