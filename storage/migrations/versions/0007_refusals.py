"""What hosts refused, and until when they are left alone for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("host", sa.Column("refusals", sa.Integer()))
    op.add_column("host", sa.Column("suspensions", sa.Integer()))
    op.add_column("host", sa.Column("refusal", TEXT))
    op.add_column("host", sa.Column("closed_until", ID))
