"""Where a command works: the settings and the store that its options name."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from records import UsageError

if TYPE_CHECKING:
    from crawler.config import Config
    from storage import SqlStore


@dataclass(frozen=True, slots=True)
class Place:
    """Settings and store address of one command."""

    config: "Config"
    url: str

    def open(self, *, create: bool = False) -> "SqlStore":
        """The store. A threshold that the settings file states must be the store's own."""
        from dedup.scheme import Scheme
        from storage import open_store

        config = self.config
        stated = "dedup" in config.model_fields_set
        scheme = Scheme.from_threshold(config.dedup.threshold) if stated or create else None
        return open_store(self.url, scheme=scheme, create=create)


def place(config: Path | None, store: str | None) -> Place:
    """What ``--config`` and ``--store`` lead to. Raises ConfigError."""
    from crawler.config import load_config, store_url

    settings = load_config(config, os.environ)
    return Place(settings, store_url(store, os.environ, settings))


def check_place(out: Path) -> None:
    """Raise UsageError where no file can be put: folders, devices, a folder that is not there."""
    if not out.parent.is_dir() or (out.exists() and not out.is_file()):
        raise UsageError(f"{out}: is no place for a file; name a file in a folder that exists")
