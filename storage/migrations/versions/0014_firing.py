"""Schedules, and the ledger of their fire times."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("trigger", TEXT, nullable=False),
        sa.Column("through", ID, nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "firing",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("schedule", TEXT, nullable=False),
        sa.Column("fire_time", ID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("since", ID),
        sa.Column("begins", ID, nullable=False),
        sa.Column("arguments", TEXT, nullable=False),
        sa.Column("owner", TEXT),
        sa.Column("started_at", ID),
        sa.Column("heartbeat_at", ID),
        sa.Column("ended_at", ID),
        sa.Column("status", sa.Integer()),
        sa.Column("reason", TEXT),
        sa.Column("figures", TEXT),
        sa.Column("log", TEXT),
        sa.Column("stop", TEXT),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("firing_moment", "firing", ["schedule", "fire_time"], unique=True)
    op.create_index("firing_state", "firing", ["state", "fire_time"])
    op.create_index("firing_ended", "firing", ["ended_at"])
