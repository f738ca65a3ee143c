"""``glean rebuild``: a store brought to the settings' threshold and to this version's folding."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.endings import DONE, PARTLY
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, say, tell

if TYPE_CHECKING:
    from storage.rebuilding import Rebuilt


def rebuild(
    store: StoreUrl = None, config: ConfigFile = None, json: Json = False, debug: Debug = False
) -> int:
    """Bring the store to the settings' threshold and to this version of glean, beside harvests."""
    from cli.progress import RebuildMeter
    from storage import rebuilding

    found = place(config, store)
    with found.open(as_is=True) as opened, RebuildMeter("rebuild") as meter:
        scheme = found.stated_scheme or opened.scheme
        try:
            done = rebuilding.rebuild(opened, scheme, meter.update)
        except KeyboardInterrupt:
            say("glean: stopped; what was begun is finished by glean rebuild")
            return PARTLY
    if json:
        print_json(asdict(done))
    else:
        _tell(done)
    return DONE


def _tell(done: "Rebuilt") -> None:
    if done.scheme == done.former_scheme:
        tell(f"scheme {done.scheme}, as before")
    else:
        tell(f"scheme {done.scheme}; before: {done.former_scheme}")
    tell(
        f"{counted(done.records, 'record')} in {counted(done.groups, 'text group')}, "
        f"{counted(done.buckets, 'bucket')}"
    )
    tell(
        f"{done.matches:,} matches; before: {done.matches_before:,}; "
        f"{done.matches_changed:,} changed"
    )
    tell(
        f"{done.clusters:,} clusters; before: {done.clusters_before:,}; "
        f"{done.clusters_changed:,} changed"
    )
    tell(f"settled to change {done.settled_to:,} in {done.seconds:.1f} s")
