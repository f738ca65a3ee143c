"""Pairs that a person is asked about, for how right the clusters are, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sampled",
        sa.Column("seed", ID, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("a", ID, nullable=False),
        sa.Column("b", ID, nullable=False),
        sa.Column("population", ID, nullable=False),
        sa.Column("change_no", ID, nullable=False),
        sa.Column("same", sa.Integer()),
        sa.Column("who", TEXT),
        sa.Column("answered_at", ID),
        sa.PrimaryKeyConstraint("seed", "place"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
