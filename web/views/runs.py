"""Harvests with their figures, and what the scheduler ran."""

from records import UsageError, firing_json, moment
from storage import firings
from storage.answers import run_json
from storage.searching import sources_of
from web.asked import Asked, AskedWrongly
from web.site import RUNS, Shown, Site


def runs(site: Site, asked: Asked) -> Shown:
    """What ``glean runs --json`` prints, by the same filters."""
    source, schedule, state = (asked.text(name) for name in ("source", "schedule", "state"))
    since = _moment(asked.text("since"))
    limit = asked.counted("limit", 20, most=RUNS)
    if state and state not in firings.STATES:
        raise AskedWrongly(f"state: {state} is none; one of {', '.join(firings.STATES)}")
    with site.store.database.read() as connection:
        known = firings.known(connection)
        sources = sources_of(connection)
        if schedule and schedule not in known:
            raise UsageError(f"{schedule}: no schedule of this name was ever run here")
        if source and source not in sources:
            raise UsageError(f"{source}: nothing was harvested under this name")
        fired = firings.listed(
            connection,
            name=schedule or None,
            states=[state] if state else (),
            since=since,
            limit=limit,
        )
    counted = site.runs.get()
    found = [each for each in counted or [] if not source or each.source == source][:limit]
    return Shown(
        {
            "runs": [run_json(each) for each in found],
            "firings": [firing_json(each) for each in fired],
        },
        {
            "is_counted": counted is not None,
            "known_sources": sources,
            "known_schedules": sorted(known),
            "states": firings.STATES,
            "asked": {
                "source": source,
                "schedule": schedule,
                "state": state,
                "limit": limit,
                "since": asked.text("since"),
            },
        },
    )


def _moment(said: str) -> int | None:
    try:
        return moment(said) if said else None
    except (ValueError, OverflowError) as error:
        raise AskedWrongly(f"since: {said} is no day; write 2026-11-23, or a time too") from error
