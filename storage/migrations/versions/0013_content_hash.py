"""Contents are numbered as they come. Those of before keep their ids, which are their hashes: a
store of any size is brought up at once. Two indexes are less: of readings by their run, told by its
pages, and of the records that stand alone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CLUSTERED = sa.text("cluster IS NOT NULL")


def upgrade() -> None:
    op.add_column("content", sa.Column("hash", ID))
    op.drop_index("reading_run", "reading")
    op.drop_index("record_cluster", "record")
    op.create_index(
        "record_cluster",
        "record",
        ["cluster"],
        sqlite_where=CLUSTERED,
        postgresql_where=CLUSTERED,
    )
