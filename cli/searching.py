"""``glean search``: records that hold words, in fields, years, languages and sources."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.selecting import Languages, Sources, Years, span
from cli.terminal import counted, print_json, print_table, say
from records import UsageError

if TYPE_CHECKING:
    from storage.answers import Searched


def search(
    words: Annotated[
        str,
        typer.Argument(metavar="WORDS", help="Of titles, abstracts, authors or venues; all stand."),
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="WORDS", help="Of the title.")] = "",
    authors: Annotated[
        str, typer.Option("--authors", metavar="NAMES", help="Of the authors.")
    ] = "",
    venue: Annotated[str, typer.Option("--venue", metavar="WORDS", help="Of the venue.")] = "",
    source: Sources = None,
    language: Languages = None,
    year: Years = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Records a page.")] = 20,
    page: Annotated[int, typer.Option("--page", metavar="P", help="Of the answer.")] = 1,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Find stored records that hold all of some words, best first."""
    for name, value in (("--limit", limit), ("--page", page)):
        if value < 1:
            raise UsageError(f"{name} {value}: is not at least 1")
    first, last = span(year)
    from storage.searching import Search

    asked = Search(
        words=words.strip(),
        title=title.strip(),
        authors=authors.strip(),
        venue=venue.strip(),
        languages=tuple(dict.fromkeys(language or ())),
        sources=tuple(dict.fromkeys(source or ())),
        first_year=first,
        last_year=last,
    )
    if asked.is_empty:
        raise UsageError("nothing is asked for: give WORDS, or one of the options that narrow")
    with place(config, store).open() as opened:
        from storage import answers

        said = answers.search(opened, asked, page=page, each=limit)
    if said.unusable is not None:
        say(said.unusable)
    if json:
        print_json(answers.search_json(said))
    else:
        _show(said, first=limit * (page - 1) + 1)


def _show(said: "Searched", *, first: int) -> None:
    found = said.found
    nearest = "; no record has all of these words: these are the nearest" if found.nearest else ""
    say(f"{counted(found.total, 'record')}, {said.took_ms:.1f} ms{nearest}")
    if found.hits:
        print_table(
            ("#", "#score", "#year", "#of the work", "~title or abstract"),
            (
                (
                    number,
                    f"{each.score:.1f}",
                    str(each.record.year or ""),
                    each.size,
                    each.record.title or each.record.abstract or each.record.text,
                )
                for number, each in enumerate(found.hits, first)
            ),
            below=[each.record.key for each in found.hits],
        )
