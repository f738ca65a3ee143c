"""Titles that come back in every issue of a journal: an equal one says nothing."""

import re
from collections.abc import Sequence

RECURRING = re.compile(
    r"\A(?:guest |co ?)?(?:editor|editors|editor s|editorial|chair|chairs|chair s|president s"
    r"|presidents|treasurer s|secretary s|publisher s|director s)"
    r" (?:comments?|message|notes?|remarks?|corner|column|introduction|letter|report|page|foreword"
    r"|preface|choice|board|statement)\b"
    r"|\A(?:remarks|message|notes?|letters?|a word|comments?|news|greetings) from\b"
    r"|\A(?:book|software|media|film|literature) reviews?(?: (?:column|section|editor))?\Z"
    r"|\b(?:editor s|editors|editorial) (?:comments?|notes?|remarks?)\Z"
    r"|\A(?:calls? for papers|announcements?|trade press news|news|calendar)\b.{0,40}\Z"
    r"|\A(?:index|author index|subject index|contents|table of contents|list of reviewers)\b.{0,30}"
    r"\Z|\A(?:front|back) (?:matter|cover)\b"
    r"|\A(?:preface|foreword|introduction) to the (?:special|\w+) (?:issue|section)\Z"
)
"""Of a title's tokens, a space between each two."""

_OFFICES = """
    chair chairs director editor editorial editors president presidents publisher secretary
    treasurer
""".split()
_COLUMNS = """
    board choice column comment comments corner foreword introduction letter message note notes page
    preface remark remarks report s statement
""".split()
_PAIRED = (
    (_OFFICES, _COLUMNS),
    ([f"co{office}" for office in _OFFICES], _COLUMNS),
    (["guest", "co"], _OFFICES),
    ("comment comments greetings letter letters message news note notes remarks".split(), ["from"]),
    ("book film literature media software".split(), ["review", "reviews"]),
    (["front", "back"], ["matter", "cover"]),
    (["preface", "foreword", "introduction"], ["to"]),
)
RECURRING_STARTS = frozenset(
    [
        *("announcement", "announcements", "calendar", "contents", "index", "news"),
        *("a word", "author index", "call for", "calls for", "list of", "subject index"),
        *("table of", "trade press"),
        *(f"{one} {other}" for first, second in _PAIRED for one in first for other in second),
    ]
)
RECURRING_ENDS = frozenset(
    f"{whose} {said}"
    for whose in ("s", "editors", "editorial")
    for said in "comment comments note notes remark remarks".split()
)
"""A title that recurs begins with a word, or two, of the former, or ends in two of the latter."""


def may_recur(tokens: Sequence[str]) -> bool:
    """Whether a title of these tokens in ASCII, at least one, may be one of `RECURRING`.

    >>> may_recur(["guest", "editor", "s", "notes"]), may_recur(["word", "co", "occurrence"])
    (True, False)
    """
    starts = {tokens[0], " ".join(tokens[:2])}
    return not RECURRING_STARTS.isdisjoint(starts) or " ".join(tokens[-2:]) in RECURRING_ENDS
