"""A record as one flat row: the columns of CSV and Parquet, and what each of them means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from storage.exports.rows import Row

Kind = Literal["text", "number", "flag", "time", "texts", "named texts", "sections"]
"""Of the values of a column; any of them may be absent, but for a list, which is empty then."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    of: Callable[[Row], Any]
    """A time as microseconds UTC."""
    meaning: str
    repeats: bool = False
    """Few values, many times."""


def _said(name: str) -> Callable[[Row], Any]:
    return lambda row: row.record[name]


def _cited(name: str) -> Callable[[Row], Any]:
    return lambda row: said[name] if (said := row.record["cited_by"]) else None


COLUMNS = (
    Column("id", "text", _said("key"), "The record's key."),
    Column("cluster", "text", lambda row: row.cluster, "Of its work; null: it is alone."),
    Column("canonical", "text", lambda row: row.canonical, "Key of the record to keep of it."),
    Column("title", "text", _said("title"), "As printed."),
    Column(
        *("abstract", "text", _said("abstract")),
        "As printed, paragraphs joined by a line feed; a final … where the page cut it.",
    ),
    Column("authors", "texts", _said("authors"), "One a person, as printed."),
    Column("venue", "text", _said("venue"), "Journal or proceedings.", repeats=True),
    Column("year", "number", _said("year"), "Of publication.", repeats=True),
    Column("volume", "text", _said("volume"), "", repeats=True),
    Column("issue", "text", _said("issue"), "", repeats=True),
    Column("pages", "text", _said("pages"), "`3832-3843`."),
    Column("date", "text", _said("date"), "As printed.", repeats=True),
    Column("language", "text", _said("language"), "ISO 639-1, of its own text.", repeats=True),
    Column("keywords", "texts", _said("keywords"), "", repeats=True),
    Column("sections", "sections", _said("sections"), "Labelled parts of the abstract."),
    Column("doi", "text", lambda row: row.record["identifiers"].get("doi"), "Its DOI."),
    Column("identifiers", "named texts", _said("identifiers"), "All of them, `doi` too, by name."),
    Column("native_id", "text", _said("native_id"), "Of the site."),
    Column("url", "text", _said("url"), "Where the record leads."),
    Column("similar_url", "text", _said("similar_url"), "Of the page of its similar literature."),
    Column("cited_total", "number", _cited("total"), "Citations, as its page states them."),
    Column("cited_self", "number", _cited("self"), "Of those, by its own authors."),
    Column("cited_others", "number", _cited("others"), "Of those, by others."),
    Column("free_pdf", "flag", _said("free_pdf"), "Whether its page offers the full text."),
    Column(
        "text",
        "text",
        _said("text"),
        "All of its block, where there is neither title nor abstract.",
    ),
    Column("rank", "number", _said("rank"), "Place on the page it is shown from.", repeats=True),
    Column(
        *("source", "text", lambda row: row.provenance.source),
        "Of the page that the record is shown from.",
        repeats=True,
    ),
    Column("run", "number", lambda row: row.provenance.run, "In which it was read.", repeats=True),
    Column("page_url", "text", lambda row: row.provenance.url, "Its address.", repeats=True),
    Column(
        *("fetched_at", "time", lambda row: row.provenance.fetched_at),
        "When that page was fetched, UTC.",
        repeats=True,
    ),
    Column(
        *("reader", "text", lambda row: row.provenance.reader),
        "What read it, with its version.",
        repeats=True,
    ),
    Column("operator", "text", lambda row: row.operator, "Who runs the site, by its footer.", True),
    Column("licence", "text", lambda row: row.licence, "The site's licence number.", True),
    Column("sources", "texts", lambda row: row.sources, "All that show it, sorted.", True),
    Column("readings", "number", lambda row: row.readings, "Times it was read.", True),
)
