"""``glean verify``: whether the archive still holds what was put into it."""

from pathlib import Path
from typing import TYPE_CHECKING

from cli.endings import DONE, GATE
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, tell
from records import UsageError

if TYPE_CHECKING:
    from crawler.verifying import Verified


def verify(
    store: StoreUrl = None, config: ConfigFile = None, json: Json = False, debug: Debug = False
) -> int:
    """Check that the archive holds every page as it was fetched. Changes nothing."""
    from cli.progress import VerifyMeter
    from crawler.verifying import verify as verify_archive

    found = place(config, store)
    archive = found.config.store.archive
    if not archive:
        raise UsageError(
            f"{found.file}: store.archive is empty, so nothing is archived; name a folder there"
        )
    with found.open() as opened, VerifyMeter("verify") as meter:
        told = verify_archive(opened, Path(archive), meter.update)
    if json:
        print_json(told)
    else:
        _tell_verified(told)
    return GATE if told.faults else DONE


def _tell_verified(told: "Verified") -> None:
    tell(
        f"{counted(told.files, 'file')} of the manifest, {counted(told.archived, 'archived page')}"
        f" of {told.pages:,}: {counted(told.faults, 'fault')}"
    )
    for each in told.named:
        tell(f"  {each.what}: {each.reason}")
    if told.faults > len(told.named):
        tell(f"  and {told.faults - len(told.named):,} more")
    for name in told.unlisted:
        tell(f"not in the manifest: {name}; the next harvest of its source lists it")
