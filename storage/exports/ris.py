"""RIS: references for EndNote, Zotero, Mendeley and their like."""

from collections.abc import Iterator
from typing import Any

from storage.exports.citing import first_and_last, inverted, one_line, provenance
from storage.exports.rows import Row

_END = "\r\n"
_FIELDS = (
    ("PY", "year"),
    ("T2", "venue"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("AB", "abstract"),
    ("LA", "language"),
    ("AN", "native_id"),
)
PROVENANCE = {
    "C1": "cluster",
    "C2": "canonical",
    "C3": "page",
    "C4": "run",
    "C5": "reader",
    "C6": "licence",
    "C7": "sources",
    "C8": "readings",
    "DB": "source",
    "DP": "operator",
    "Y2": "fetched",
}
"""Tags of what is no part of a reference: custom fields, database, its provider, and the date of
access; see `storage.exports.citing.provenance`."""


def reference(row: Row) -> bytes:
    """One reference, with an empty line behind it. An article where a venue is known."""
    lines = [
        f"{tag}  - {value}{_END}"
        for tag, said in _tagged(row)
        if said is not None and (value := one_line(str(said)))
    ]
    return "".join([*lines, "ER  - ", _END, _END]).encode("utf-8")


def _tagged(row: Row) -> Iterator[tuple[str, Any]]:
    """Tags with their values, some of which are absent."""
    record = row.record
    yield "TY", "JOUR" if record["venue"] else "GEN"
    yield "ID", record["key"]
    yield "TI", record["title"]
    yield from (("AU", inverted(each)) for each in record["authors"])
    yield from ((tag, record[name]) for tag, name in _FIELDS)
    if record["pages"]:
        first, last = first_and_last(record["pages"])
        yield from (("SP", first), ("EP", last))
    yield from (("KW", each) for each in record["keywords"])
    for name, each in record["identifiers"].items():
        yield ("DO", each) if name == "doi" else ("N1", f"{name}: {each}")
    if record["url"]:
        yield "UR", record["url"].replace(";", "%3B")  # which stands between two addresses
    said = provenance(row)
    yield from ((tag, said[name]) for tag, name in PROVENANCE.items())
