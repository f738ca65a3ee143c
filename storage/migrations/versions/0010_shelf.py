"""The bucket index in blocks of neighbouring keys, in place of a row an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("bucket")
    op.create_table(
        "fresh",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("stamp", ID, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "shelf",
        sa.Column("first", ID, primary_key=True, autoincrement=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "shelving",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("depths", sa.LargeBinary, nullable=False),
        sa.Column("entries", ID, nullable=False),
        sqlite_strict=True,
    )
