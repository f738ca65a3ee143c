"""What can be wrong with a page: the closed table of problem codes."""

from typing import NamedTuple

from records import Problem, Severity


class Kind(NamedTuple):
    """One row of `PROBLEMS`."""

    severity: Severity
    meaning: str


PROBLEMS: dict[str, Kind] = {
    "empty": Kind("error", "the page has no text"),
    "not-recognised": Kind("error", "the page is no result page, of a known site or another"),
    "captcha": Kind("error", "the page asks for proof of being human"),
    "login": Kind("error", "the page asks for a login"),
    "not-found": Kind("error", "the page says that there is no such page"),
    "too-many-records": Kind("error", "more records than any result page holds"),
    "excess": Kind("error", "more of one thing than any result page has; it was not parsed"),
    "damaged": Kind("error", "so many characters could not be decoded that the text is in doubt"),
    "truncated": Kind("error", "the page ends before its footer"),
    "total-mismatch": Kind("error", "the page states another number of records than were read"),
    "rank-sequence": Kind("error", "the ranks on the page do not run from 1 without a gap"),
    "no-kin-link": Kind("error", "a record without the link to its own kin, which others have"),
    "id-conflict": Kind("error", "the links of one record name different articles"),
    "no-records": Kind(
        "error", "a known site's result page without a record, that does not say there are none"
    ),
    "no-field": Kind("error", "no record of the page has a field that its profile requires"),
    "reader-failed": Kind("error", "reading the page took too long, too much memory, or failed"),
    "drift": Kind("error", "the page is unlike those that its source had until now"),
    "unstorable": Kind("error", "the page says something that no database takes"),
    "no-total": Kind("warning", "the page does not state how many records it has"),
    "no-links": Kind("warning", "no record of an HTML page has a link to its kin"),
    "no-text": Kind("warning", "nothing of a record is on the page but its place"),
    "stray-text": Kind("warning", "text between the records that may belong to one of them"),
    "no-licence": Kind("warning", "the footer has no licence number"),
    "duplicate-record": Kind("warning", "one record stands on the page twice"),
    "taken-down": Kind("warning", "a record was taken down, and what this page said of it barred"),
    "undecoded": Kind("warning", "some characters could not be decoded or cannot be stored"),
    "charset-mismatch": Kind("warning", "the page is in another encoding than it declares"),
    "mixed-encodings": Kind("warning", "parts of the page are in different encodings"),
    "broken-markup": Kind(
        "warning", "the markup hides part of the page, which was read all the same"
    ),
}
"""Code to severity and meaning. A page with an ``error`` fails its own check."""


def problem(code: str, message: str, rank: int | None = None) -> Problem:
    """A problem with the severity that its code has."""
    return Problem(code=code, severity=PROBLEMS[code].severity, message=message, rank=rank)
