"""Harvests of the sample portal in processes of their own, and what they leave in the store."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from crawler.sample import Portal
from storage import open_store
from tests.storage.rows import every_row

PASSING = {
    "run": {"id", "started_at", "ended_at", "seconds", "reason"},
    "host": {"next_at", "held_until", "held_by"},
    "address": {"attempts", "token", "lease_until", "not_before", "reason"},
    "page": {"fetched_at", "archive", "position", "length", "change_no"},
    "record": {"change_no"},
    "state": {"change_no", "settled_to"},
}
"""Columns that tell when and how often, not what: two harvests of one site may differ there."""


def write_config(
    folder: Path,
    portal: Portal,
    *,
    store: str = "sqlite:///glean.db",
    delay: float = 0.0,
    **source: Any,
) -> Path:
    """A ``glean.toml`` that harvests a portal as source ``portal``; `delay`: seconds."""
    said = {"name": "portal", "start": portal.start, "depth": 100, "pages": 100_000} | source
    lines = [
        "[store]",
        f"url = {json.dumps(store)}",
        'archive = "archive"',
        "[network]",
        f"delay = {delay}",
        f"allow = {json.dumps([portal.url.removeprefix('http://')])}",
        "[[source]]",
        *(f"{name} = {json.dumps(value)}" for name, value in said.items()),
    ]
    path = folder / "glean.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def start_harvest(config: Path, *more: str) -> "subprocess.Popen[str]":
    """``glean harvest portal --json`` in a process of its own."""
    command = [sys.executable, "-m", "cli", "harvest", "portal", "--json", "--config", str(config)]
    return subprocess.Popen(
        [*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def harvest(config: Path, *more: str, status: int = 0) -> dict[str, Any]:
    """The closing figures of a harvest that ends with `status`."""
    with start_harvest(config, *more) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == status, err
    figures: dict[str, Any] = json.loads(out)
    return figures


def store_of(config: Path) -> str:
    return f"sqlite:///{config.parent / 'glean.db'}"


def rows(store_url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for `PASSING`, in an order of their own."""
    with open_store(store_url) as store, store.database.read() as connection:
        return every_row(connection, PASSING)
