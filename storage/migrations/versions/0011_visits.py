"""When addresses that answered are asked again, and what runs found unchanged or gone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("run", sa.Column("unchanged", sa.Integer()))
    op.add_column("run", sa.Column("gone", sa.Integer()))
    op.create_table(
        "visit",
        sa.Column("address", ID, nullable=False),
        sa.Column("page", ID, nullable=False),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("modified", TEXT, nullable=True),
        sa.Column("region", TEXT, nullable=True),
        sa.Column("checked_at", ID, nullable=False),
        sa.Column("changed_at", ID, nullable=False),
        sa.Column("every", ID, nullable=False),
        sa.Column("due_at", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("gone_at", ID, nullable=True),
        sa.ForeignKeyConstraint(["address"], ["address.id"]),
        sa.PrimaryKeyConstraint("address"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
