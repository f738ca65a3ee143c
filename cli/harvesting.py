"""``glean harvest``: pages from the web."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.endings import FAILED, PARTLY, merged
from cli.importing import bring
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, check_web, place
from cli.running import ending_of, summary_of, tell_what_is_left
from cli.suspended import say_hosts
from cli.terminal import counted, print_json, say, tell
from cli.walking import tell_walks_of
from records import Run, UsageError, as_json

if TYPE_CHECKING:
    from crawler.config import Config, Source
    from storage.overview import GivenUp


def harvest(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Else every source there is.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="U", help="Harvest this address instead.")
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth",
            min=0,
            help="With --url: how many steps of links to follow. Else 1; of a listing all.",
        ),
    ] = None,
    max_pages: Annotated[
        int | None, typer.Option("--max-pages", min=1, help="Page budget of the run.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin a new run, with everything due again.")
    ] = False,
    from_warc: Annotated[
        list[Path] | None,
        typer.Option("--from-warc", metavar="FILE...", help="Take pages of WARC files instead."),
    ] = None,
    from_files: Annotated[
        Path | None, typer.Option("--from-files", metavar="DIR", help="Take saved pages instead.")
    ] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Fetch what is due of each source, store what the pages say, find the duplicates."""
    found = place(config, store)
    if from_warc or from_files is not None:
        if url is not None or depth is not None:
            raise UsageError("--url and --depth say what to fetch; --from-… fetches nothing")
        brought = from_warc or [], from_files
        return bring(found, sources or [], *brought, fresh=fresh, budget=max_pages, json=json)
    chosen = _chosen(found.config, sources or [], url, depth, max_pages)
    if len(chosen) == 1:
        run = _harvest_here(found, chosen[0], fresh=fresh, budget=max_pages)
        _tell_run(found, run, json=json)
        ending = ending_of(run)
        if run.reason == "hosts suspended":
            say_hosts(found, run.source)
        elif ending == FAILED:
            say(f"glean: {run.source}: nothing could be fetched: {_why(found, run.source)}")
        return ending
    options = _options(config, store, max_pages, fresh=fresh, debug=debug)
    return _harvest_each(found, [each.name for each in chosen], options, json=json)


def _chosen(
    config: "Config", names: list[str], url: str | None, depth: int | None, max_pages: int | None
) -> "list[Source]":
    """The sources that a command line means."""
    if url is None and depth is not None:
        raise UsageError("--depth goes with --url; a source has its depth in glean.toml")
    if url is None:
        return _named(config, names)
    if names:
        raise UsageError("give sources or --url, not both")
    return [_source_of(url, depth, max_pages)]


def _named(config: "Config", names: list[str]) -> "list[Source]":
    known = config.sources
    if not known:
        raise UsageError(
            "there is no source: write one into glean.toml (glean init makes the file), or give "
            "--url"
        )
    for name in names:
        if name not in known:
            raise UsageError(f"{name}: no such source; there are: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def _source_of(url: str, depth: int | None, max_pages: int | None) -> "Source":
    """A source that one address makes, named after its host: of similar literature where it is such
    an address, else a listing."""
    from crawler.config import Source
    from spiders.pages import address_of

    check_web(url)
    host = urlsplit(url).netloc.rpartition("@")[2].lower()
    name = re.sub(r"[^\w.-]+", "-", host).strip("-._")[:56]
    if not name:
        raise UsageError(f"{url}: names no host")
    bounds = {"depth": depth, "pages": max_pages}
    given = {bound: value for bound, value in bounds.items() if value is not None}
    if address_of(url) is None:
        return Source.model_validate(
            {"name": f"{name}-listing", "spider": "listing", "start": [url], **given}
        )
    return Source.model_validate({"name": name, "start": [url], **given})


def _harvest_here(found: Place, source: "Source", *, fresh: bool, budget: int | None) -> Run:
    from cli.progress import HarvestMeter
    from crawler.run import harvest as harvest_source
    from crawler.run import spider_of

    try:
        spider_of(source).addresses([*source.addresses()])  # told before anything starts
    except UsageError as error:
        if source.name not in found.config.sources:
            raise
        raise UsageError(
            f"{found.file}: source {source.name}: start: {error}; write the address of a page of "
            'similar literature, as your browser shows it, or spider = "listing" for other result '
            "pages"
        ) from error
    with HarvestMeter(source.name) as meter:
        return harvest_source(
            found.config,
            source,
            store_url=found.url,
            fresh=fresh,
            budget=budget,
            progress=meter.update,
        )


def _why(found: Place, source: str) -> str:
    """Why addresses of a source were given up; one reason stands for them all."""
    from storage import overview

    with found.open() as opened, opened.database.read() as connection:
        given_up = overview.failures(connection, limit=1, source=source)
    return "; ".join(f"{each.url}: {each.reason}; {_remedy(each)}" for each in given_up)


def _remedy(given_up: "GivenUp") -> str:
    """What to do about an address that was given up."""
    parts = urlsplit(given_up.url)
    if "@" in parts.netloc:
        return "take user name and password out of the address"
    if given_up.reason.startswith("address refused"):
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        host = parts.netloc.removesuffix(f":{parts.port}").lower()
        return (
            "to ask a machine of your own network, write "
            f'allow = ["{host}:{port}"] under [network] in glean.toml'
        )
    if "robots.txt" in given_up.reason:
        return "nothing is fetched of a site whose robots.txt does not allow it"
    return "glean status lists what failed, and the same command tries it again"


def _tell_run(found: Place, run: Run, *, json: bool) -> None:
    if json:
        print_json(run)
        return
    _tell_figures(found, as_json(run))


def _tell_figures(found: Place, run: dict[str, Any]) -> None:
    tell(summary_of(run))
    tell_walks_of(found, run["run"])
    if run["quarantined"] or run["failed"]:
        waiting = counted(run["quarantined"], "page")
        tell(f"{waiting} in quarantine, {run['failed']:,} given up: glean status says why")
    tell_what_is_left(run)


def _options(
    config: Path | None, store: str | None, max_pages: int | None, *, fresh: bool, debug: bool
) -> list[str]:
    """The options of this command, for the harvest of one source."""
    options = []
    if config is not None:
        options += ["--config", str(config)]
    if store is not None:
        options += ["--store", store]
    if max_pages is not None:
        options += ["--max-pages", str(max_pages)]
    return options + ["--fresh"] * fresh + ["--debug"] * debug


def _harvest_each(found: Place, names: list[str], options: list[str], *, json: bool) -> int:
    """One source after another, each in a process of its own: a reactor does not start twice."""
    import json as reader

    from cli.children import run_glean

    figures, statuses = [], []
    for name in names:
        ended = run_glean(["harvest", name, "--json", *options])
        statuses.append(ended.status)
        if ended.output.strip():
            figures.append(reader.loads(ended.output))
            if not json:
                _tell_figures(found, figures[-1])
        if ended.interrupted:
            statuses.append(PARTLY)
            say("stopped; the sources after this one were not begun")
            break
    if json:
        print_json({"runs": figures})
    return merged(statuses)
