"""``glean backup``: a copy of the store, beside whatever goes on."""

import time
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import check_place, place
from cli.terminal import print_json, tell


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Made, and whole when it is there.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of that name, at the end.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Copy the store, as it is at one moment, to a file. Harvests may go on."""
    from storage.backups import back_up

    found = place(config, store)
    with found.open(as_is=True) as opened:
        check_place(file, found, opened.database.url.database)
        done = back_up(opened, file, overwrite=overwrite, now=time.time_ns() // 1000)
    archive = found.config.store.archive
    besides = [f"{archive}: closed files and manifest.jsonl"] if archive else []
    if found.file.exists():
        besides.append(str(found.file))
    if json:
        said = {"path": done.path, "size": done.size, "change_no": done.change_no}
        print_json(said | {"besides": besides})
        return
    tell(f"{done.path}: {done.size:,} bytes, change {done.change_no:,} and all before it")
    for each in besides:
        tell(f"belongs to a whole backup too: {each}")
