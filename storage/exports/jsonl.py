"""JSON lines: a record a line, as ``glean read`` prints it, with where it comes from."""

from functools import lru_cache

import orjson

from records import iso_time
from storage.exports.rows import Row

_time = lru_cache(1 << 16)(iso_time)  # many records a page, in no order of pages


def line(row: Row) -> bytes:
    """One line. Its names come first to last: ``id``, those of a record, ``provenance``,
    ``cluster``, ``canonical``."""
    of = row.provenance
    said = {
        "id": row.record["key"],
        **row.record,
        "provenance": {
            "source": of.source,
            "run": of.run,
            "page": of.page,
            "url": of.url,
            "fetched_at": _time(of.fetched_at),
            "reader": of.reader,
            "operator": row.operator,
            "licence": row.licence,
            "sources": row.sources,
            "readings": row.readings,
        },
        "cluster": row.cluster,
        "canonical": row.canonical,
    }
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
