"""What people decide of records, and where the ids that clusters had lead."""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("a", TEXT, nullable=False),
        sa.Column("b", TEXT, nullable=True),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("made_at", ID, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("undone_at", ID, nullable=True),
        sa.Column("undone_by", TEXT, nullable=True),
        sa.Column("undone_why", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("decision_a", "decision", ["a"], unique=False)
    op.create_index("decision_b", "decision", ["b"], unique=False)
    op.create_table(
        "former",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("now", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _name_clusters()


def _name_clusters() -> None:
    """The table again, each cluster with its id; one whose least record is gone waits for settling,
    which makes it anew."""
    connection = op.get_bind()
    cluster = sa.table("cluster", sa.column("least"), sa.column("canonical"), sa.column("size"))
    record = sa.table("record", sa.column("id"), sa.column("key"), sa.column("cluster"))
    named = sa.select(cluster, record.c.key).join(record, record.c.id == cluster.c.least)
    rows = [
        {"least": row.least, "id": _id(row.key), "canonical": row.canonical, "size": row.size}
        for row in connection.execute(named)
    ]
    op.drop_table("cluster")
    made = op.create_table(
        "cluster",
        sa.Column("least", ID, autoincrement=False, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("canonical", ID, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("least"),
        sqlite_strict=True,
    )
    op.create_index("cluster_id", "cluster", ["id"], unique=True)
    if rows:
        op.bulk_insert(made, rows)
    stands = sa.select(made.c.least)
    lost = record.c.cluster.is_not(None) & record.c.cluster.not_in(stands)
    connection.execute(sa.update(record).where(lost).values(cluster=None))


def _id(least: str) -> str:
    return f"c{blake2b(least.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
