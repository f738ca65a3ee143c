"""What a keeper is told: one run, and within which limits."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

GLEAN = (sys.executable, "-P", "-m", "cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Handed over on standard input, since a store's address may hold a password."""

    store: str
    firing: int
    program: tuple[str, ...]
    """What the arguments of a run are of."""
    log: str
    """File of what the job writes."""
    grace: float
    """Seconds that the job has to end by itself."""
    time_limit: float | None
    memory: int | None
    """Bytes of the job's processes together."""
    on_failure: tuple[str, ...]

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode("utf-8")

    @classmethod
    def from_json(cls, text: bytes) -> "Order":
        fields: Mapping[str, Any] = json.loads(text)
        return cls(
            **{**fields, **{name: tuple(fields[name]) for name in ("program", "on_failure")}}
        )
