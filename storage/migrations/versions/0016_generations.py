"""A generation of the bucket index may be made beside the one in use. A store whose index was
dropped when it was put into blocks says so."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("state", sa.Column("building", TEXT))
    op.add_column("state", sa.Column("behind", TEXT))
    op.execute(
        "UPDATE state SET behind = 'index' WHERE EXISTS (SELECT 1 FROM text_group)"
        " AND NOT EXISTS (SELECT 1 FROM shelf) AND NOT EXISTS (SELECT 1 FROM fresh)"
    )
    op.create_table(
        "next_fresh",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("stamp", ID, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "next_shelf",
        sa.Column("first", ID, primary_key=True, autoincrement=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "next_shelving",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("depths", sa.LargeBinary, nullable=False),
        sa.Column("entries", ID, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "next_saturated",
        sa.Column("key", ID, autoincrement=False, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
