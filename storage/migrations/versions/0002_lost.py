"""Addresses whose lease a dead process left."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lost",
        sa.Column("address", ID, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address"],
            ["address.id"],
        ),
        sa.PrimaryKeyConstraint("address"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
