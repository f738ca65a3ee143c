"""Pages that a command line names: files, standard input, addresses."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from records import GleaningsError, UsageError

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
class Body:
    """A page as it came."""

    content: bytes
    url: str | None = None
    """That answered; None: it was not fetched."""
    charset: str | None = None
    """Of the HTTP header."""
    fetched_at: int | None = None
    """Microseconds UTC; None: it was not fetched."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no page; `code` is one of `UNREAD`."""

    code: str
    why: str


def bodies_of(paths: Sequence[str], config: Path | None, known: "Profiles") -> list[Body | Missing]:
    """What each path, ``-`` or address holds, in order, or what kept it from us; what profiles do
    not allow is not fetched. Raises UsageError for what is none of these, ConfigError."""
    _check(paths)
    fetched = iter(_fetch([path for path in paths if _is_web(path)], config, known))
    return [next(fetched) if _is_web(path) else _load(path) for path in paths]


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


def _load(path: str) -> Body | Missing:
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = f"; if it is an address, write http://{path}" if _LIKE_WEB.match(path) else ""
        return Missing("unreadable", f"cannot be read: {reason}{hint}")
    return Body(content)


def _fetch(urls: Sequence[str], config: Path | None, known: "Profiles") -> list[Body | Missing]:
    if not urls:
        return []
    import os

    from crawler.config import load_config
    from crawler.fetch import fetch_pages
    from crawler.rules import require_allowed

    require_allowed(known, urls)
    return [_fetched(each) for each in fetch_pages(urls, load_config(config, os.environ))]


def _fetched(each: "Fetched | GleaningsError") -> Body | Missing:
    if isinstance(each, GleaningsError):
        return Missing("not-fetched", str(each))
    if each.failure is not None:
        return Missing("not-fetched", str(each.failure))
    if not 200 <= each.status < 300:
        answer = f"{each.status} {each.reason}".strip()
        return Missing("not-fetched", f"answered {answer}")
    return Body(each.body, each.url, each.charset, each.fetched_at)
