"""Where a command works: the settings and the store that its options name."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from records import UsageError

if TYPE_CHECKING:
    from crawler.config import Config
    from dedup.scheme import Scheme
    from storage import SqlStore


@dataclass(frozen=True, slots=True)
class Place:
    """Settings and store address of one command."""

    config: "Config"
    url: str
    file: Path
    """Where the settings stand, or would."""

    @property
    def stated_scheme(self) -> "Scheme | None":
        """Of the threshold that the settings file states."""
        from dedup.scheme import Scheme

        if "dedup" not in self.config.model_fields_set:
            return None
        return Scheme.from_threshold(self.config.dedup.threshold)

    def open(self, *, create: bool = False, as_is: bool = False) -> "SqlStore":
        """The store. A threshold that the settings file states must be the store's own, unless the
        store is taken as it is: see `storage.open_store`."""
        from dedup.scheme import Scheme
        from storage import open_store

        scheme = None if as_is else self.stated_scheme
        if create and scheme is None:
            scheme = Scheme.from_threshold(self.config.dedup.threshold)
        related = self.config.store.related_folder(self.url)
        return open_store(
            self.url, scheme=scheme, create=create, related_folder=related, as_is=as_is
        )


def place(config: Path | None, store: str | None) -> Place:
    """What ``--config`` and ``--store`` lead to. Raises ConfigError."""
    from crawler.config import load_config, settings_file, store_url

    settings = load_config(config, os.environ)
    file = settings_file(config, os.environ)
    return Place(settings, store_url(store, os.environ, settings), file)


def check_web(url: str) -> None:
    """Raise UsageError for what is no http(s) address."""
    from crawler.config import check_address

    if not url.lower().startswith(("http://", "https://")):
        raise UsageError(f"{url}: is no web address; write one that begins with http")
    try:
        check_address(url)
    except ValueError as error:
        raise UsageError(str(error)) from error


def check_place(out: Path, found: Place, database: str | None) -> None:
    """Raise UsageError where no file may be put: on folders and devices, in a folder that is not
    there, and over the store, the settings or the archive. `database`: the file of the store.
    """
    if not out.parent.is_dir() or (out.exists() and not out.is_file()):
        raise UsageError(f"{out}: is no place for a file; name a file in a folder that exists")
    owner = _owner(out.resolve(), found, database)
    if owner is not None:
        raise UsageError(f"{out}: {owner} is in the way; name another file")


def _owner(target: Path, found: Place, database: str | None) -> str | None:
    """What of ours stands, or will stand, at a resolved path."""
    if database:
        store = Path(database.removeprefix("file:")).resolve()
        beside = target.parent == store.parent
        # SQLite's journals and our locks stand beside the store, under its name
        if target == store or (
            beside and target.name.startswith((f"{store.name}-", f"{store.name}.lock-"))
        ):
            return "the store"
        if target.is_relative_to(f"{store}-related"):
            return "the index of related literature"
    related = found.config.store.related_folder(found.url)
    if related and target.is_relative_to(Path(related).resolve()):
        return "the index of related literature"
    if target == found.file.resolve():
        return "the settings file"
    starts = [
        Path(source.start_file).resolve() for source in found.config.source if source.start_file
    ]
    if target in starts:
        return "the start_file of a source"
    archive = found.config.store.archive
    if archive and target.is_relative_to(Path(archive).resolve()):
        return "the archive"
    return None
