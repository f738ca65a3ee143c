"""Options by which commands that write records out choose some of them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from records import UsageError

if TYPE_CHECKING:
    from storage.exports.selection import Selection
    from storage.exports.writing import Compression

OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Else, or for -, to stdout.")
]
Unique = Annotated[
    bool, typer.Option("--unique", help="Of each cluster, the canonical record alone.")
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Shown by a page of it. May be repeated."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="In it, such as zh. May be repeated."),
]
Years = Annotated[
    str | None,
    typer.Option("--year", metavar="YEARS", help="Published in 2015, 2010-2020, 2010- or -1999."),
]
Since = Annotated[
    int | None,
    typer.Option("--since", metavar="RUN", help="First met in this run or a later one."),
]
Compress = Annotated[
    Literal["none", "gz", "zst"] | None,
    typer.Option("--compress", metavar="HOW", help="gz, zst or none; else as FILE ends."),
]
_YEARS = re.compile(r"(\d{1,4})|(\d{1,4})?-(\d{1,4})?")


def selection(
    unique: bool,
    sources: list[str] | None,
    languages: list[str] | None,
    years: str | None,
    since: int | None,
) -> "Selection":
    """What the options say. Raises UsageError."""
    from storage.exports.selection import Selection

    first, last = span(years)
    return Selection(
        unique=unique,
        sources=tuple(dict.fromkeys(sources or ())),
        languages=tuple(dict.fromkeys(languages or ())),
        first_year=first,
        last_year=last,
        since=since,
    )


def span(years: str | None) -> tuple[int | None, int | None]:
    """The first and the last year, included. None: of any. Raises UsageError.

    >>> span("2015"), span("2010-2020"), span("-1999"), span("2010-"), span(None)
    ((2015, 2015), (2010, 2020), (None, 1999), (2010, None), (None, None))
    """
    if years is None:
        return None, None
    found = _YEARS.fullmatch(years)
    if found is None or years == "-":
        raise UsageError(f"--year {years}: is no year; write 2015, 2010-2020, 2010- or -1999")
    one, first, last = (int(part) if part else None for part in found.groups())
    if one is not None:
        return one, one
    if first is not None and last is not None and first > last:
        raise UsageError(f"--year {years}: ends before it begins")
    return first, last


def compression(asked: "Compression | None", out: Path | None, *, packs: bool) -> "Compression":
    """How a file is compressed: as asked, else as its name ends. `packs`: its format does that
    inside. Raises UsageError where the name says otherwise."""
    from storage.exports.writing import ENDINGS

    named = ENDINGS.get(out.suffix.lower()) if out is not None else None
    if packs and named:
        raise UsageError(f"{out}: the format is compressed inside; leave the last ending away")
    if named and asked and named != asked:
        raise UsageError(f"{out}: is to be {asked}; name it after what it is, or leave --compress")
    return asked or named or ("zst" if packs else "none")
