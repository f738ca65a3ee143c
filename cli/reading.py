"""``glean read``: what pages say, from files, standard input or the web. Stores nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.bodies import Body, Missing, bodies_of
from cli.endings import DONE, FAILED, GATE, PARTLY, least
from cli.options import ConfigFile, Debug
from cli.place import check_web
from cli.terminal import counted, print_json, print_table, say, tell
from records import Problem, ResultPage, UsageError, as_json

if TYPE_CHECKING:
    from spiders.pages.known import Profiles


def read(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH_OR_URL...", help="Files, addresses, - for stdin.")
    ],
    url: Annotated[
        str | None, typer.Option("--url", metavar="U", help="The address the one file came from.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="NAME", help="Which site's pages they are, or its file; auto: any."
        ),
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object a page.")] = False,
    config: ConfigFile = None,
    debug: Debug = False,
) -> int:
    """Read result pages and print what they say; store nothing."""
    if url is not None and len(paths) != 1:
        raise UsageError("--url says where one page came from: give exactly one path with it")
    if url is not None:
        check_web(url)
    known, profile = _profiles(config, profile)
    statuses = []
    for path, body in zip(paths, bodies_of(paths, config, known), strict=True):
        page = _page(body, url, profile, known)
        statuses.append(_status(page))
        if jsonl:
            print_json({"path": path, **as_json(page)})
        else:
            _show(path, page)
    if all(status == FAILED for status in statuses):
        return FAILED
    return least(PARTLY if status == FAILED else status for status in statuses)


def _profiles(config: Path | None, profile: str | None) -> "tuple[Profiles, str | None]":
    """The profiles to choose from, and the name of the one that is asked for: of a file, its own.

    Raises ConfigError for what is no profile, UsageError for an unknown name.
    """
    import os

    from crawler.config import load_config
    from spiders.pages.known import profiles_of
    from spiders.pages.profile import AUTOMATIC

    known = profiles_of(load_config(config, os.environ).reading.profiles)
    if profile is not None and profile.endswith(".toml"):
        file = Path(profile)
        known, profile = known.with_files([file]), file.stem
    elif profile is not None and profile != AUTOMATIC:
        known.named(profile)
    return known, profile


def _page(
    body: Body | Missing, url: str | None, profile: str | None, known: "Profiles"
) -> ResultPage:
    from spiders.pages import read as read_page

    if isinstance(body, Missing):
        problem = Problem(code=body.code, severity="error", message=body.why)
        return ResultPage(
            url=url,
            profile=profile or "auto",
            confidence=0.0,
            encoding="",
            replaced=0,
            problems=(problem,),
        )
    day = None
    if body.fetched_at is not None:
        day = datetime.fromtimestamp(body.fetched_at / 1e6, UTC).date()
    return read_page(
        body.content,
        url=url or body.url,
        profile=profile,
        charset=body.charset,
        fetched=day,
        profiles=known,
    )


def _status(page: ResultPage) -> int:
    """A page that says anything was read, if not all of it; one with nothing but errors was not."""
    if page.ok:
        return DONE
    return GATE if page.records else FAILED


def _show(path: str, page: ResultPage) -> None:
    """A page for people."""
    stated = "" if page.stated_total is None else f" of {page.stated_total} stated"
    taken = "" if page.stated_ms is None else f", {page.stated_ms} ms stated"
    known = ", ".join(each for each in (page.profile, page.encoding) if each)
    tell(f"{path}: {counted(len(page.records), 'record')}{stated}{taken}, {known}")
    if page.records:
        print_table(
            ("#rank", "~title or abstract", "~authors", "#year", "lang"),
            (
                (
                    each.rank,
                    each.title or each.abstract or each.text,
                    ", ".join(each.authors),
                    str(each.year or ""),
                    each.language,
                )
                for each in page.records
            ),
            below=[each.key for each in page.records],
        )
    if page.footer is not None:
        said = [each for each in (page.footer.operator, page.footer.licence) if each]
        tell("footer: " + (", ".join(said) or "without operator and licence"))
    for problem in page.problems:
        where = "" if problem.rank is None else f", rank {problem.rank}"
        message = problem.message.removeprefix(f"{path}: ")
        say(f"{path}: {problem.severity} {problem.code}{where}: {message}")
