"""Relative paths that a settings file writes: they are of the file's own folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SQLITE = "sqlite:///"


def make_absolute(document: dict[str, Any], folder: Path, defaults: Mapping[str, str]) -> None:
    """Make the relative paths of a parsed file absolute; what has the wrong type is left alone.

    `defaults`: of ``profiles`` and ``logs``, which are of the file's folder written or not.
    """
    store = document.get("store")
    if isinstance(store, dict):
        url = store.get("url")
        if isinstance(url, str) and url.startswith(_SQLITE):
            path = url.removeprefix(_SQLITE)
            if path and not path.startswith((":memory:", "file:", "?")):
                store["url"] = f"{_SQLITE}{folder / path}"
        _each(store, ("archive", "related"), folder)
    for section, key in (("reading", "profiles"), ("scheduler", "logs")):
        table = document.setdefault(section, {})
        if isinstance(table, dict):
            table.setdefault(key, defaults[key])
            _each(table, (key,), folder)
    sources = document.get("source")
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict):
            _each(source, ("start_file",), folder)


def _each(table: dict[str, Any], keys: tuple[str, ...], folder: Path) -> None:
    for key in keys:
        written = table.get(key)
        if isinstance(written, str) and written:
            table[key] = str(folder / written)
