"""What somebody should know of settings, folders and disks; and, where the network may be asked, of
the sites."""

import asyncio
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from crawler.config import Config, Source, require_contact
from crawler.rules import require_allowed, rules_of
from crawler.visitor import Visitor
from records import GleaningsError
from records.finding import Finding
from spiders.pages.known import profiles_of
from storage import manifest

_STARTS = 1_000
"""Of a start_file that are looked at."""
_LEAST_FREE = 1 << 30
_NEXT_TO_NONE = 100 << 20
_WEEKS = 8
"""For which a disk should have room."""


def examine_settings(config: Config) -> Iterator[Finding]:
    """Sources that cannot be harvested, and why."""
    if not config.source:
        yield Finding(
            severity="note",
            what="no source is defined",
            where="settings",
            next="write a [[source]]; glean init makes an example",
        )
    try:
        rules_of(config)
    except GleaningsError as error:
        yield _fault(error, "profiles")
    for source in config.source:
        try:
            starts = [*islice(source.addresses(), _STARTS)]
            require_allowed(profiles_of(config.reading.profiles), starts)
            require_contact(config, starts)
        except GleaningsError as error:
            yield _fault(error, f"source {source.name}")
        else:
            yield Finding(severity="ok", what="may be harvested", where=f"source {source.name}")
    if config.source and not config.store.archive:
        yield Finding(
            severity="note",
            what="nothing is archived: no page can be read again",
            where="store.archive",
            next='write archive = "archive"',
        )


def _fault(error: GleaningsError, where: str) -> Finding:
    what, _, remedy = str(error).rpartition("; ")
    return Finding(
        severity="fault", what=what or remedy, where=where, next=remedy if what else None
    )


def examine_folders(
    config: Config, store_file: Path | None, settings_file: Path, grows: int
) -> Iterator[Finding]:
    """Whether what has to be written can be, and for how long there is room. `store_file`: None: a
    server has it. `grows`: bytes a week."""
    wanted = {"archive": config.store.archive, "logs": config.scheduler.logs}
    folders = {name: Path(folder) for name, folder in wanted.items() if folder}
    if store_file is not None:
        folders["store"] = store_file.absolute().parent
    if not config.schedules:
        folders.pop("logs", None)
    for name, folder in folders.items():
        yield _writable(name, folder)
    seen = set()
    for name in ("store", "archive"):
        there = _there(folders[name]) if name in folders else None
        if there is not None and there.stat().st_dev not in seen:
            seen.add(there.stat().st_dev)
            yield _room(there, grows)
    archive = folders.get("archive")
    if archive is not None and archive.is_dir():
        yield from _archive(archive)
    yield from _secrets(config, settings_file)


def _there(folder: Path) -> Path:
    """The folder, or the first above it that there is."""
    folder = folder.absolute()
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _writable(name: str, folder: Path) -> Finding:
    there = _there(folder)
    if os.access(there, os.W_OK | os.X_OK):
        return Finding(severity="ok", what="may be written", where=f"{name}: {folder}")
    return Finding(
        severity="fault",
        what="may not be written by this user",
        where=f"{name}: {folder}",
        next=f"give this user {there}, or name another",
    )


def _room(folder: Path, grows: int) -> Finding:
    free = shutil.disk_usage(folder).free
    what = f"{_size(free)} free"
    if grows:
        what += f", {_size(grows)} a week are written"
    if free < _NEXT_TO_NONE:
        return Finding(severity="fault", what=what, where=f"disk of {folder}", next="make room")
    if free < max(_LEAST_FREE, _WEEKS * grows):
        return Finding(
            severity="warning",
            what=what,
            where=f"disk of {folder}",
            next="make room, or let go what [retention] may: glean retain",
        )
    return Finding(severity="ok", what=what, where=f"disk of {folder}")


def _size(count: int) -> str:
    """
    >>> _size(999), _size(12_345_678), _size(5_000_000_000)
    ('0 MB', '12 MB', '5.0 GB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _archive(archive: Path) -> Iterator[Finding]:
    try:
        listed = manifest.load(archive)
    except OSError as error:
        yield Finding(
            severity="fault",
            what=f"cannot be read: {error.strerror}",
            where=str(archive / manifest.NAME),
            next="make it readable",
        )
        return
    there = {path.name for path in archive.glob("*.warc.gz")}
    if lost := sorted(listed.keys() - there):
        yield Finding(
            severity="fault",
            what=f"{len(lost):,} files are gone, {lost[0]} first",
            where=f"archive: {archive}",
            next="glean verify; bring them back from a backup",
        )
    if files := [*archive.glob("*.warc.gz.open")]:
        yield Finding(
            severity="note",
            what=f"{len(files):,} files are open",
            where=f"archive: {archive}",
            next="glean retain closes those of harvests that died",
        )


def _secrets(config: Config, file: Path) -> Iterator[Finding]:
    if "@" not in urlsplit(config.store.url).netloc or not file.exists():
        return
    if ":" in urlsplit(config.store.url).netloc.rpartition("@")[0]:
        mode = file.stat().st_mode
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            yield Finding(
                severity="warning",
                what="holds a password, and others may read it",
                where=str(file),
                next=f"chmod 600 {file}",
            )


def examine_sites(config: Config) -> list[Finding]:
    """What robots.txt of each source's sites says. Asks the network: one request a site.

    Not to be called where an event loop runs.
    """
    return asyncio.run(_sites(config))


async def _sites(config: Config) -> list[Finding]:
    found = []
    async with Visitor(config.network) as visitor:
        for source in config.source:
            starts = _a_start_a_site(source)
            try:
                require_contact(config, starts)
            except GleaningsError:
                continue  # said already
            found += [await _site(visitor, config, source, url) for url in starts]
    return found


def _a_start_a_site(source: Source) -> Sequence[str]:
    try:
        starts = [*islice(source.addresses(), _STARTS)]
    except GleaningsError:
        return []
    return [*{urlsplit(url).netloc: url for url in reversed(starts)}.values()][::-1]


async def _site(visitor: Visitor, config: Config, source: Source, url: str) -> Finding:
    where = f"source {source.name}: {urlsplit(url).netloc}"
    try:
        rules = await visitor.rules(url)
    except GleaningsError as error:
        return Finding(
            severity="fault",
            what=f"robots.txt: {error}",
            where=where,
            next="nothing of it is fetched until its robots.txt can be had",
        )
    if not rules.allow(url):
        return Finding(
            severity="fault",
            what="its robots.txt forbids the start address",
            where=where,
            next="leave the source out, or start elsewhere",
        )
    delay, most = rules.crawl_delay or 0.0, config.network.max_delay
    if delay > most:
        return Finding(
            severity="warning",
            where=where,
            what=f"asks for a Crawl-delay of {delay:g} s; {most:g} s are kept",
            next=f"write max_delay = {delay:.1f} under [network]",
        )
    if delay > config.network.delay:
        return Finding(
            severity="note",
            what=f"asks for a Crawl-delay of {delay:g} s, which is kept",
            where=where,
        )
    return Finding(severity="ok", what="its robots.txt allows the start address", where=where)
