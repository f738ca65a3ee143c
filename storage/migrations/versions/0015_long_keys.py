"""Keys of any length on PostgreSQL: its ordered indexes take no value of more than 2,704 bytes,
those by hashes do. On SQLite nothing changes."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.drop_constraint("record_key_key", "record", type_="unique")
    op.create_index("record_key", "record", ["key"], postgresql_using="hash")
    for name, column in (("decision_a", "a"), ("decision_b", "b")):
        op.drop_index(name, "decision")
        op.create_index(name, "decision", [column], postgresql_using="hash")
