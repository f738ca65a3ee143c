"""What was changed or removed since a change, for what is derived from the store."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("record_change", "record", ["change_no"], unique=False)
    op.create_table(
        "gone",
        sa.Column("record", ID, primary_key=True, autoincrement=False),
        sa.Column("change_no", ID, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("gone_change", "gone", ["change_no"], unique=False)
