"""``glean import``: records of files into the store."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import DONE, PARTLY
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.progress import ImportMeter
from cli.terminal import counted, print_json, say, tell

if TYPE_CHECKING:
    from storage.bringing import Brought


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="JSONL, also .gz or .zst, CSV or Parquet."),
    ],
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="The source that they are of.")
    ] = "import",
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out lines that cannot be read, and name them.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Store the records of files, match them with all others, and settle."""
    from crawler.desk import microseconds
    from crawler.importing import check_source
    from crawler.run import settle
    from dedup.files.intake import Intake
    from dedup.files.records import read_batches
    from storage.bringing import bring

    found = place(config, store)
    check_source(source)
    begun = time.monotonic()
    intake = Intake(skip_bad=skip_bad)
    with found.open(create=True) as opened, opened.database.lock(f"harvest {source}"):
        with ImportMeter("import") as meter:
            batches = read_batches(files, intake, meter.read)
            did = bring(opened, source, batches, now=microseconds, progress=meter.update)
        settle(opened)
    said = _figures(source, did, intake.skipped_count, time.monotonic() - begun)
    if json:
        print_json(said)
    else:
        _tell(said)
    for each in intake.skipped:
        say(f"glean: skipped: {each.path}: line {each.line} {each.reason}")
    return DONE if did.finished and not intake.skipped_count else PARTLY


def _figures(source: str, did: "Brought", skipped: int, seconds: float) -> dict[str, Any]:
    return {
        "run": did.run,
        "source": source,
        "records": did.records,
        "stored": did.stored,
        "new": did.new,
        "matches": did.matches,
        "skipped": skipped,
        "finished": did.finished,
        "seconds": round(seconds, 3),
    }


def _tell(said: dict[str, Any]) -> None:
    tell(
        f"{said['source']}: {counted(said['records'], 'record')} read, {said['stored']:,} stored, "
        f"{said['new']:,} new, {said['matches']:,} matches in {said['seconds']:.1f} s"
    )
    if not said["finished"]:
        tell("not finished: run the same command again to go on")
