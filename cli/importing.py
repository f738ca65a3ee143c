"""``glean harvest --from-warc`` and ``--from-files``: pages that others archived or saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.place import Place
from cli.running import ending_of, summary_of, tell_what_is_left
from cli.terminal import counted, print_json, say, tell
from records import UsageError, as_json

if TYPE_CHECKING:
    from crawler.importing import Imported, Input

_WARC = (".warc", ".warc.gz", ".warc.zst", ".wet", ".wet.gz")


def bring(
    found: Place,
    words: Sequence[str],
    archives: Sequence[Path],
    folder: Path | None,
    *,
    fresh: bool,
    budget: int | None,
    json: bool,
) -> int:
    """Store the pages of archives or of a folder as a run of a source; the exit status.

    `words`: the source, and the files that a shell put behind the first one.
    """
    from cli.progress import HarvestMeter
    from crawler.importing import import_pages

    names = [word for word in words if folder is not None or not _is_archive(word)]
    files = [*archives, *(Path(word) for word in words if word not in names)]
    source = _source(found, names)
    with HarvestMeter(source) as meter:
        told = import_pages(
            found.config,
            source,
            _input(found, files, folder),
            store_url=found.url,
            fresh=fresh,
            budget=budget,
            progress=meter.update,
        )
    _tell(told, json=json)
    return ending_of(told.run)


def _is_archive(word: str) -> bool:
    return word.lower().endswith(_WARC) or Path(word).is_file()


def _source(found: Place, names: Sequence[str]) -> str:
    """The one source that is named, of the settings or a new one; else the only one there is."""
    from crawler.importing import check_source

    known = [*found.config.sources]
    names = names or (known if len(known) == 1 else [])
    if len(names) != 1:
        raise UsageError(
            "name one source that the pages are of, before the files: one of glean.toml, or any "
            "other name"
        )
    return check_source(names[0])


def _input(found: Place, files: Sequence[Path], folder: Path | None) -> "Input":
    from crawler.archived import from_warc
    from crawler.saved import from_files

    most = found.config.network.max_bytes
    if folder is None:
        return from_warc(files, max_bytes=most)
    if files:
        raise UsageError("give --from-warc or --from-files, not both")
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; name one with saved pages in it")
    return from_files(folder, max_bytes=most)


def _tell(told: "Imported", *, json: bool) -> None:
    run = told.run
    if json:
        print_json(as_json(run))
    else:
        tell(summary_of(as_json(run)))
        if run.quarantined:
            tell(f"{counted(run.quarantined, 'page')} in quarantine: glean status says why")
        tell_what_is_left(as_json(run))
    if told.skipped:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(told.skipped.items()))
        say(f"skipped: {kinds}")
    for each in told.named:
        say(f"glean: {each.where}: {each.reason}")
    if told.broken > len(told.named):
        say(f"glean: and {told.broken - len(told.named):,} more that cannot be used")
