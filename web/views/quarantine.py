"""Pages that wait for somebody, each with its words as text: nothing of it is shown as a page."""

from html.parser import HTMLParser
from typing import Any

from records import GleaningsError, UsageError, as_json, iso_time
from storage import captures
from storage.answers import waiting_json
from storage.captures import Captured
from web.asked import Asked
from web.site import Shown, Site

MOST_TEXT = 200_000
"""Characters of a page that are shown."""
_UNSEEN = ("script", "style", "template", "noscript", "head")
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol option p pre section table td th tr ul".split()
)


def quarantine(site: Site, _asked: Asked) -> Shown:
    """The lists ``quarantine`` and ``failures`` of ``glean status --failed --json``."""
    held = site.held.get()
    return Shown(
        {
            "quarantine": [waiting_json(each) for each in held.waiting] if held else [],
            "failures": as_json(held.given_up) if held else [],
        },
        {"is_counted": held is not None},
    )


def page(site: Site, asked: Asked) -> Shown:
    """One page in quarantine: its problems, and its words."""
    found = _captured(site, asked)
    text, markup, missing = _read(site, found)
    said = {
        "page": found.id,
        "source": found.source,
        "run": found.run,
        "url": found.url,
        "status": found.status,
        "fetched_at": iso_time(found.fetched_at),
        "charset": found.charset,
        "problems": as_json(found.problems),
        "text": text,
        "missing": missing,
    }
    return Shown(said, {"markup": markup, "most": MOST_TEXT})


def archived(site: Site, asked: Asked) -> tuple[str, bytes]:
    """A name for the file, and the body of a page in quarantine as it was archived."""
    found = _captured(site, asked)
    if site.bodies is None:
        raise UsageError(f"page {found.id}: no archive is known here; name it under [store]")
    return f"page-{found.id}.bin", site.bodies(found)


def _captured(site: Site, asked: Asked) -> Captured:
    number = asked.needed("id")
    found: list[Any] = []
    if number.isascii() and number.isdecimal():
        with site.store.database.read() as connection:
            found = captures.waiting(connection, number)
    if not found:
        raise UsageError(f"{number}: no page of this number is in quarantine")
    captured: Captured = found[0]
    return captured


def _read(site: Site, found: Captured) -> tuple[str | None, str | None, str | None]:
    """Its words, its source, and why there is neither."""
    if site.bodies is None:
        return None, None, "no archive is known here; name it as archive under [store]"
    try:
        body = site.bodies(found)
    except GleaningsError as error:
        return None, None, str(error)
    markup = _decoded(body, found.charset)[:MOST_TEXT]
    return words_of(markup), markup, None


def _decoded(body: bytes, charset: str | None) -> str:
    """As its header says it, else as UTF-8, else as the charset of most Chinese pages."""
    for name in (charset, "utf-8", "gb18030"):
        try:
            return body.decode(name or "utf-8")
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def words_of(markup: str) -> str:
    """The words of a page, a line a block.

    >>> words_of("<h1>One</h1><script>evil()</script><p>Two <b>three</b>")
    'One\\nTwo three'
    """
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = ("".join(reader.said)).split("\n")
    return "\n".join(line for each in lines if (line := " ".join(each.split())))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self.said.append("\n")
        if tag == "body":
            self._unseen.clear()

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)
