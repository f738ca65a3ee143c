"""``glean init`` and ``glean demo``: the first minutes."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Debug
from cli.terminal import tell
from records import UsageError

_CONFIG = "glean.toml"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it does not exist.")],
    debug: Debug = False,
) -> None:
    """Make a folder with a glean.toml to fill in, and say what to do next."""
    from importlib.resources import files

    path = folder / _CONFIG
    if path.exists():
        raise UsageError(f"{path}: exists already; edit it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(files("cli").joinpath("starter.toml").read_text("utf-8"), "utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}") from error
    tell(f"wrote {path}. Next:")
    tell(f"  1. In {path}, write your contact, and the start address of your source.")
    tell(f"  2. cd {folder} && glean harvest")
    tell("  3. glean status, glean report, glean similar TEXT, glean export jsonl")


def demo(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where everything goes.")
    ] = Path("glean-demo"),
    records: Annotated[int, typer.Option("--records", min=1, help="In the portal.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another portal.")] = 7,
    debug: Debug = False,
) -> int:
    """Harvest a synthetic portal on this machine, and compare what is found with the truth."""
    from cli.demonstration import demonstrate

    return demonstrate(folder, records, seed)
