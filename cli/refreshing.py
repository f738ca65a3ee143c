"""``glean refresh``: the index of related literature."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, tell

if TYPE_CHECKING:
    from storage.refreshing import Staleness


def refresh(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the whole index anew, and swap it in.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Bring the index of related literature up to date with everything stored so far."""
    from cli.progress import Countdown

    with place(config, store).open() as opened, Countdown("refreshing", "records") as countdown:
        done = opened.refresh(rebuild=rebuild, progress=countdown.left)
    if json:
        print_json(asdict(done))
        return
    removed = f", {done.removed:,} removed" if done.removed else ""
    tell(f"refreshed to change {done.refreshed_to:,}: {counted(done.records, 'record')}{removed}")
    if done.rebuilt is not None and not rebuild:
        tell(f"the index was made anew: {done.rebuilt}")


def tell_staleness(staleness: "Staleness") -> None:
    """Nothing where the index is up to date."""
    if staleness.behind:
        behind = counted(staleness.behind, "record")
        tell(f"index of related literature: {behind} behind: glean refresh")
