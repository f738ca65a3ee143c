"""The bucket index in blocks of neighbouring keys, in place of a row an entry."""

import sqlalchemy as sa
from alembic import op

<<<<<<<< HEAD:storage/migrations/versions/0010_shelf.py
revision = "0010"
down_revision = "0009"
========
revision = "0008"
down_revision = "0007"
>>>>>>>> 9472cb9 (Statements of the page transaction are compiled once and said to the driver):storage/migrations/versions/0008_shelf.py

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
