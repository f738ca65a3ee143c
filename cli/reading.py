"""``glean read``: what pages say, from files, standard input or the web. Stores nothing."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.endings import DONE, FAILED, GATE, PARTLY, least
from cli.options import ConfigFile, Debug
from cli.place import check_web
from cli.terminal import counted, print_json, print_table, say, tell
from records import GleaningsError, Problem, ResultPage, UsageError, as_json

if TYPE_CHECKING:
    from crawler.capture import Fetched
    from spiders.pages.known import Profiles

UNREAD = {
    "unreadable": "the file cannot be read",
    "not-fetched": "the address gave no page",
}
"""Codes of problems, all errors, that keep a page from being read at all."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?=//)|(?:file|data|javascript|mailto):")
_LIKE_WEB = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?/|localhost(:\d+)?/|[\w.-]+:\d+(/|$)")
"""A host with a path, or with a port, where an address lacks its scheme."""


@dataclass(frozen=True, slots=True)
class _Body:
    """A page as it came."""

    content: bytes
    url: str | None = None
    charset: str | None = None
    fetched_at: int | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    """Why there is no page; `code` is one of `UNREAD`."""

    code: str
    why: str


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
    _check(paths)
    bodies = _bodies(paths, config, known)
    statuses = []
    for path, body in zip(paths, bodies, strict=True):
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


def _check(paths: Sequence[str]) -> None:
    """Raise UsageError for what is no path, ``-`` or web address."""
    for path in paths:
        scheme = _SCHEME.match(path)
        if scheme and not _is_web(path):
            raise UsageError(f"{path}: give a path, - or an address that begins with http")
    if paths.count("-") > 1:
        raise UsageError("-: standard input can be read once")


def _is_web(path: str) -> bool:
    return path.lower().startswith(("http://", "https://"))


def _bodies(paths: Sequence[str], config: Path | None, known: "Profiles") -> list[_Body | _Missing]:
    """What each path holds, in order, or what kept it from us."""
    fetched = iter(_fetch([path for path in paths if _is_web(path)], config, known))
    return [next(fetched) if _is_web(path) else _load(path) for path in paths]


def _load(path: str) -> _Body | _Missing:
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = f"; if it is an address, write http://{path}" if _LIKE_WEB.match(path) else ""
        return _Missing("unreadable", f"cannot be read: {reason}{hint}")
    return _Body(content)


def _fetch(urls: Sequence[str], config: Path | None, known: "Profiles") -> list[_Body | _Missing]:
    if not urls:
        return []
    import os

    from crawler.config import load_config
    from crawler.fetch import fetch_pages
    from crawler.rules import require_allowed

    require_allowed(known, urls)
    return [_fetched(each) for each in fetch_pages(urls, load_config(config, os.environ))]


def _fetched(each: "Fetched | GleaningsError") -> _Body | _Missing:
    if isinstance(each, GleaningsError):
        return _Missing("not-fetched", str(each))
    if each.failure is not None:
        return _Missing("not-fetched", str(each.failure))
    if not 200 <= each.status < 300:
        answer = f"{each.status} {each.reason}".strip()
        return _Missing("not-fetched", f"answered {answer}")
    return _Body(each.body, each.url, each.charset, each.fetched_at)


def _page(
    body: _Body | _Missing, url: str | None, profile: str | None, known: "Profiles"
) -> ResultPage:
    from spiders.pages import read as read_page

    if isinstance(body, _Missing):
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
