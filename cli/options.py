"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from cli.endings import State


def _remember(context: typer.Context, asked: bool) -> bool:
    state = context.find_root().obj
    if isinstance(state, State):
        state.debug = asked
    return asked


Debug = Annotated[
    bool, typer.Option("--debug", callback=_remember, help="Show a traceback when it fails.")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings; else GLEAN_CONFIG, else glean.toml here."
    ),
]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="The store; else GLEAN_STORE, else the settings'."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _known(language: str) -> str:
    from reports.labels import labels_of

    return labels_of(language).language


Language = Annotated[
    str,
    typer.Option(
        "--language", metavar="en|zh", callback=_known, help="Of the page; its JSON has none."
    ),
]
