"""The tables of what was taken down; as in `storage.schema`."""

from sqlalchemy import Column, ForeignKey, Index

from storage.schema import Id, Text, table

takedown = table(
    "takedown",
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("begun_at", Id, nullable=False),
    Column("ended_at", Id),  # NULL: something of it is still to be done
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("records", Text, nullable=False),  # JSON: keys
    Column("sought", Text),  # JSON: records whose words are still to be found; NULL: none
    Column("receipt", Text, nullable=False),  # JSON
)

blocked = table(
    "blocked",  # what tells a record that was taken down when it comes back; no text
    Column("value", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # record, group, band
    Column("record", Id, primary_key=True, autoincrement=False),
    Column("takedown", Id, ForeignKey("takedown.id"), nullable=False),
    Index("blocked_takedown", "takedown"),
    rowid=False,
)

to_bar = table(
    "to_bar",  # pages whose archived bytes still hold a record that was taken down
    Column("page", Id, primary_key=True, autoincrement=False),
    rowid=False,
)

moved = table(
    "moved",  # files of the archive that are being written anew
    Column("old", Text, primary_key=True),
    Column("new", Text, nullable=False),
    rowid=False,
)

copy = table(
    "copy",  # files of this store's text that were made for others
    Column("path", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # backup, export, report
    Column("made_at", Id, nullable=False),
    rowid=False,
)
