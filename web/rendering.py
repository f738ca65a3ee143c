"""Templates to pages. Whatever is printed is escaped, and shown without what a browser obeys."""

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from reports.labels import labels_of
from reports.page import environment_in
from web.labels import label

FOLDER = Path(__file__).parent
_TAG = re.compile(r"[a-z]{2,3}")


def render(template: str, language: str, said: Mapping[str, Any]) -> str:
    """A whole page. `language`: of its labels."""
    return _environment(language).get_template(template).render(said)


@cache
def _environment(language: str) -> Environment:
    labels = labels_of(language, FOLDER)
    environment = environment_in(FOLDER / "templates", labels, kept=FOLDER / "__pycache__")
    environment.filters |= {"tag": language_tag, "minute": minute, "clipped": clipped}
    environment.globals |= {"query": query, "t": partial(label, language=language), "ui": language}
    return environment


def query(path: str, **values: object) -> str:
    """An address of this page, as it stands in one; what is None or empty is left out.

    >>> query("/record", id="a&b", p=None)
    '/record?id=a%26b'
    """
    said = {name: value for name, value in values.items() if value not in (None, "", (), [])}
    return f"{path}?{urlencode(said, doseq=True, errors='replace')}" if said else path


def language_tag(language: str | None) -> str | None:
    """A record's language as an attribute may say it. None: it is not told.

    >>> language_tag("zh"), language_tag('x" onload="'), language_tag(None)
    ('zh', None, None)
    """
    return language if language and _TAG.fullmatch(language) else None


def minute(moment: str | None) -> str:
    """
    >>> minute("2026-11-23T21:05:44.1Z"), minute(None)
    ('2026-11-23 21:05', '')
    """
    return "" if moment is None else moment[:16].replace("T", " ")


def clipped(text: str, most: int) -> str:
    """
    >>> clipped("a long title", 6), clipped("short", 6)
    ('a long …', 'short')
    """
    return text if len(text) <= most else text[:most].rstrip() + " …"
