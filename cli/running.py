"""A run, told to people and to whoever started it: of pages fetched, or imported."""

from collections.abc import Mapping
from typing import Any

from cli.endings import DONE, FAILED, GATE, PARTLY, least
from cli.terminal import counted, tell
from records import Run, UsageError


def ending_of(run: Run) -> int:
    """The exit status of one run."""
    not_had = run.failed or run.reason == "hosts suspended"
    if not_had and not (run.pages or run.quarantined or run.unchanged or run.gone):
        return FAILED
    return least(
        (
            PARTLY if not_had or not run.finished else DONE,
            GATE if run.quarantined else DONE,
        )
    )


def summary_of(run: Mapping[str, Any]) -> str:
    """What a run brought, in one line. `run`: as it is printed as JSON."""
    seen = "".join(f", {run[each]:,} {each}" for each in ("unchanged", "gone") if run[each])
    return (
        f"{run['source']}, run {run['run']}: {counted(run['pages'], 'page')}, "
        f"{counted(run['records'], 'record')}, {run['new']:,} new, "
        f"{counted(run['duplicates'], 'duplicate')}{seen} in {run['seconds']:.1f} s; "
        f"{run['reason']}"
    )


def tell_what_is_left(run: Mapping[str, Any]) -> None:
    """What to do about a run that did not come to its end. `run`: as it is printed as JSON."""
    if run["reason"].endswith("quarantine share"):
        tell(
            "too many of its pages are in quarantine: see glean status, mend the profile and run "
            "glean reparse, or glean release what is as it should be"
        )
    if not run["finished"]:
        tell("not finished: run the same command again to go on")


def never_harvested(source: str) -> UsageError:
    """For a source that the store knows nothing of."""
    return UsageError(f"{source}: nothing was harvested under this name; glean runs lists them")
