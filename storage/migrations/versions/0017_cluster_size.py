"""Clusters are listed by their size, a page at a time."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_index("cluster_size", "cluster", ["size", "least"])
