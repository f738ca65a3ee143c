"""Records whose readings contradict each other; of those there are, as they are read again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conflict",
        sa.Column("record", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("record"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
