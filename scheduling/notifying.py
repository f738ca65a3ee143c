"""Telling somebody that a run went wrong: a program of theirs is run."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from records import Firing, firing_json, iso_time

_SECONDS = 60.0
"""That it may take."""


def notify(command: Sequence[str], firing: Firing) -> str | None:
    """Run the program for a run that ended badly: ``GLEAN_SCHEDULE``, ``GLEAN_STATE``,
    ``GLEAN_STATUS``, ``GLEAN_REASON``, ``GLEAN_FIRE_TIME`` and ``GLEAN_LOG`` in its environment,
    the run as a line of JSON on its standard input. No shell sees any of it.

    What went wrong with it, said on stderr too; None: nothing did, or nobody is to be told.
    """
    if not command:
        return None
    said = {
        "GLEAN_SCHEDULE": firing.schedule,
        "GLEAN_STATE": firing.state,
        "GLEAN_STATUS": "" if firing.status is None else str(firing.status),
        "GLEAN_REASON": firing.reason or "",
        "GLEAN_FIRE_TIME": iso_time(firing.fire_time),
        "GLEAN_LOG": firing.log or "",
    }
    line = json.dumps(firing_json(firing), ensure_ascii=False) + "\n"
    wrong = None
    try:
        done = subprocess.run(
            [*command],
            input=line.encode("utf-8"),
            stdout=subprocess.DEVNULL,
            env=os.environ | {name: value.replace("\0", "") for name, value in said.items()},
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            wrong = f"ended with {done.returncode}"
    except subprocess.TimeoutExpired:
        wrong = f"took longer than {_SECONDS:g} s"
    except OSError as error:
        wrong = f"cannot be run: {error.strerror}"
    if wrong is not None:
        wrong = f"on_failure: {command[0]}: {wrong}"
        print(f"glean: {wrong}", file=sys.stderr, flush=True)
    return wrong
