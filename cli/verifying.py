"""``glean verify``: whether store and archive still hold what was put into them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import DONE, GATE
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, print_table, tell

if TYPE_CHECKING:
    from crawler.verifying import Verified
    from storage.checks.check import Checked


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be told from the rest, and settle.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Check rows, the indexes made of them, and the archive. Changes nothing without --repair."""
    from cli.progress import CheckMeter, VerifyMeter
    from crawler.verifying import verify as verify_archive
    from storage.verifying import verify as verify_store

    found = place(config, store)
    folder = found.config.store.archive
    archived = None
    with found.open() as opened:
        with CheckMeter("verify") as checking:
            checked = verify_store(opened, repair=repair, progress=checking.update)
        if folder:
            with VerifyMeter("verify") as meter:
                archived = verify_archive(opened, Path(folder), meter.update, repair=repair)
    left = sum(each.left for each in checked) + (archived.faults if archived else 0)
    if json:
        print_json(_said(checked, archived, left))
    else:
        _tell(checked, archived, left)
    return GATE if left else DONE


def _said(checked: "list[Checked]", archived: "Verified | None", left: int) -> dict[str, Any]:
    return {
        "faults": left,
        "mended": sum(each.mended for each in checked),
        "checks": [
            {
                **asdict(each),
                "named": [{"what": one.what, "reason": one.reason} for one in each.named],
            }
            for each in checked
        ],
        "archive": archived,
    }


def _tell(checked: "list[Checked]", archived: "Verified | None", left: int) -> None:
    columns = ("of", "what is to hold", "#looked at", "#left out", "#faults", "#mended")
    print_table(
        columns,
        (
            (
                *(each.area, each.holds, each.looked_at),
                *(count or None for count in (each.left_out, each.faults, each.mended)),
            )
            for each in checked
        ),
    )
    tell()
    for each in checked:
        if each.faults:
            tell(f"{each.holds}: {counted(each.faults, 'fault')}, {each.mended:,} mended")
            for fault in each.named:
                tell(f"  {fault.what}: {fault.reason}")
            if each.faults > len(each.named):
                tell(f"  and {each.faults - len(each.named):,} more")
            if each.remedy is not None:
                tell(f"  {each.remedy}")
    if archived is None:
        tell("archive: there is none, store.archive is empty")
    else:
        _tell_archive(archived)
    tell(f"{counted(left, 'fault')} in all" if left else "no fault")


def _tell_archive(told: "Verified") -> None:
    tell(
        f"archive: {counted(told.files, 'file')} of the manifest, "
        f"{counted(told.archived, 'archived page')} of {told.pages:,}: "
        f"{counted(told.faults, 'fault')}"
    )
    for each in told.named:
        tell(f"  {each.what}: {each.reason}")
    if told.faults > len(told.named):
        tell(f"  and {told.faults - len(told.named):,} more")
    for name in told.unlisted:
        tell(f"  not in the manifest: {name}; the next harvest of its source lists it")
