"""``glean report``: what the store holds and what repeats, as a page or as figures."""

import json as json_text
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.copies import note_copy
from cli.deciding import Who, named
from cli.endings import DONE
from cli.options import ConfigFile, Debug, Language, StoreUrl
from cli.place import check_place, place
from cli.terminal import say
from records import UsageError, as_json, iso_time

if TYPE_CHECKING:
    from reports import Figures, ThisRun
    from storage import SqlStore


def report(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Replaced if it exists; - is stdout. Else report.html, or with --json stdout.",
        ),
    ] = None,
    language: Language = "en",
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Annotated[
        bool, typer.Option("--json", help="The figures as one JSON object, instead of HTML.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", metavar="N", min=1, help="First ask about N pairs drawn at random."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help="Which random sample that is.")
    ] = 1,
    who: Who = None,
    debug: Debug = False,
) -> int:
    """Write what the store holds and what repeats, as one HTML file."""
    from cli.sampling import ask_about
    from reports import render, write_text

    to_stdout = str(out) == "-" or (json and out is None)
    if sample is not None and to_stdout:
        raise UsageError("--sample asks on the terminal; name a file with --out for the report")
    path = out or Path("report.html")
    found = place(config, store)
    with found.open() as opened:
        if not to_stdout:
            check_place(path, found, opened.database.url.database)
        if sample is not None and (status := ask_about(opened, sample, seed, named(who))) != DONE:
            return status
        figures, this_run = _gathered(opened)
        text = _json(figures) if json else render(figures, language, this_run)
        if to_stdout:
            sys.stdout.write(text)
            return DONE
        write_text(text, path)
        note_copy(opened, path, "report")
    say(f"wrote {path}")
    return DONE


def _gathered(opened: "SqlStore") -> "tuple[Figures, ThisRun]":
    from reports import ThisRun, gather

    begun = time.perf_counter()
    figures = gather(opened)
    seconds = round(time.perf_counter() - begun, 3)
    now = iso_time(time.time_ns() // 1000)
    return figures, ThisRun(written=now, seconds=seconds, version=version("gleanings"))


def _json(figures: "Figures") -> str:
    """All figures, pages that wait and runs as ``status`` and ``runs`` print them."""
    from storage.answers import run_json, waiting_json

    said = {
        **as_json(figures),
        "quarantine": [waiting_json(each) for each in figures.quarantine],
        "runs": [run_json(each.run) for each in figures.runs],
    }
    return json_text.dumps(said, ensure_ascii=False) + "\n"
