"""``glean doctor``: what is wrong with an installation, or will be, and what to do about it."""

import platform
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.endings import DONE, FAILED, GATE
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, place
from cli.terminal import counted, print_json, tell
from records import ConfigError, GleaningsError, as_json
from records.finding import SEVERITIES, Finding

if TYPE_CHECKING:
    from storage import SqlStore

_PACKAGES = ("gleanings", "scrapy", "twisted", "sqlalchemy", "psycopg", "numba", "tantivy")


def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Ask the sites of all sources for their robots.txt.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Look at versions, settings, store, disks, clock and schedules; say what to do about each."""
    versions = _versions()
    findings = [*_findings(config, store, online=online)]
    counts = Counter(each.severity for each in findings)
    if json:
        said = {name: counts[name] for name in SEVERITIES}
        print_json({"versions": versions, "counts": said, "findings": as_json(findings)})
    else:
        _tell(versions, findings)
    if counts["fault"]:
        return FAILED
    return GATE if counts["warning"] else DONE


def _versions() -> dict[str, str | None]:
    """Of each package that matters, None: it is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _findings(config: Path | None, store: str | None, *, online: bool) -> Iterator[Finding]:
    try:
        found = place(config, store)
    except ConfigError as error:
        for line in str(error).split("\n"):
            yield Finding(severity="fault", what=line, where="settings", next="mend the file")
        return
    there = found.file.exists()
    yield Finding(
        severity="ok" if there else "note",
        what="read" if there else "there are none: everything has its default",
        where=f"settings: {found.file}",
        next=None if there else "glean init makes one",
    )
    from crawler.examining import examine_settings, examine_sites

    yield from examine_settings(found.config)
    try:
        opened = found.open()
    except GleaningsError as error:
        yield from _without_store(found, error)
    else:
        with opened:
            yield from _with_store(found, opened)
    if online:
        yield from examine_sites(found.config)


def _without_store(found: Place, error: GleaningsError) -> Iterator[Finding]:
    from crawler.examining import examine_folders
    from scheduling.examining import examine_schedules

    what, _, remedy = str(error).rpartition("; ")
    is_new = "there is no store" in what
    severity = "note" if is_new else "fault"
    yield Finding(severity=severity, what=what or remedy, where="store", next=remedy)  # type: ignore[arg-type]
    yield from examine_folders(found.config, _file_of(found), found.file, 0)
    yield from examine_schedules(found.config, None)


def _with_store(found: Place, opened: "SqlStore") -> Iterator[Finding]:
    from crawler.examining import examine_folders
    from scheduling.examining import examine_schedules
    from storage.examining import examine
    from storage.growth import growth

    shares = {each.name: each.quarantine for each in found.config.source}
    yield from examine(opened, shares)
    with opened.database.read() as connection:
        grows = growth(connection, now=opened.database.now()).archive_bytes
    yield from examine_folders(found.config, _file_of(found), found.file, grows)
    yield from examine_schedules(found.config, opened.database)


def _file_of(found: Place) -> Path | None:
    """The file of a store. None: a server has it, or memory."""
    path = found.url.removeprefix("sqlite:///")
    return Path(path) if path not in (found.url, "", ":memory:") else None


def _tell(versions: dict[str, str | None], findings: list[Finding]) -> None:
    tell(", ".join(f"{name} {number or 'not installed'}" for name, number in versions.items()))
    tell()
    for each in sorted(findings, key=lambda each: -SEVERITIES.index(each.severity)):
        tell(f"{each.severity:<9}{each.where}: {each.what}")
        if each.next is not None:
            tell(f"{'':9}{each.next}")
    counts = Counter(each.severity for each in findings)
    tell()
    tell(", ".join(counted(counts[name], name) for name in ("fault", "warning", "note")))
