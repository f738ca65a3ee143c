"""What pages measure, by which the pages of a source are compared; pages of before are not."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("page", sa.Column("kind", TEXT))
    op.add_column("page", sa.Column("measures", TEXT))
    op.add_column("page", sa.Column("released", sa.Integer()))
    op.create_index("page_history", "page", ["source", "kind", "state", "change_no"], unique=False)
