"""The commands under one name."""

from importlib.metadata import version
from typing import Annotated

import typer

from cli import (
    asking,
    backing_up,
    bringing,
    deciding,
    deduplicating,
    doctoring,
    explaining,
    exporting,
    harvesting,
    overseeing,
    profiling,
    reading,
    rebuilding,
    refreshing,
    releasing,
    reparsing,
    reporting,
    retaining,
    reviewing,
    scheduling,
    searching,
    serving,
    starting,
    status,
    taking_down,
    verifying,
)

app = typer.Typer(
    name="glean",
    help="Harvest result pages into a local store of records without near-duplicates.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"glean {version('gleanings')}")
        raise typer.Exit


@app.callback()
def glean(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Harvest result pages into a local store of records without near-duplicates."""


app.command()(starting.demo)
app.command()(starting.init)
app.command()(reading.read)
app.command()(harvesting.harvest)
app.command("import")(bringing.import_)
app.command()(reparsing.reparse)
app.command()(releasing.release)
app.command()(asking.similar)
app.command()(searching.search)
app.command()(explaining.why)
app.command()(deduplicating.dedup)
app.command()(reviewing.review)
app.command()(deciding.merge)
app.command()(deciding.split)
app.command()(deciding.canonical)
app.command()(overseeing.settle)
app.command()(rebuilding.rebuild)
app.command()(refreshing.refresh)
app.command()(status.status)
app.command()(overseeing.runs)
app.command()(reporting.report)
app.command()(serving.serve)
app.command()(verifying.verify)
app.command()(backing_up.backup)
app.command()(retaining.retain)
app.command()(doctoring.doctor)
app.command()(taking_down.takedown)
app.add_typer(scheduling.schedule, name="schedule")
app.add_typer(profiling.profile, name="profile")
app.add_typer(exporting.export, name="export")
