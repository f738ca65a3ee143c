"""What renderers share: escaping, links, the frame of a document.

No HTML of the real site is at hand; whatever a renderer adds to the site's words and addresses is
a reconstruction, and every page says so in a comment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from crawler.sample.dice import Dice
from crawler.sample.layout import NBSP, Entry, Layout, Line

RECONSTRUCTION = "synthetic records; this mark-up is a reconstruction, not the site's own"


@dataclass(frozen=True, slots=True)
class Paint:
    """What a renderer needs beside the layout."""

    charset: str | None
    """To declare in the page. None: declared nowhere in it."""
    dice: Dice
    """Seeded by page and mark-up."""


Renderer = Callable[[Layout, Paint], str]


def escaped(text: str) -> str:
    """
    >>> escaped("p < 0.05\\u00a0& more")
    'p &lt; 0.05&nbsp;&amp; more'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace(NBSP, "&nbsp;")


def link(href: str, inner: str) -> str:
    return f'<a href="{href.replace("&", "&amp;")}">{inner}</a>'


def inline(line: Line) -> str:
    """A line as text and links."""
    return "".join(
        escaped(piece.text) if piece.href is None else link(piece.href, escaped(piece.text))
        for piece in line
    )


def ranked(entry: Entry) -> tuple[str | None, tuple[Line, ...]]:
    """An entry's rank, None where it has none, and its other lines."""
    first = entry.lines[0]
    if first[0].role == "rank":
        return first[0].text, entry.lines[1:]
    return None, entry.lines


@cache
def head_noise(rows: int) -> str:
    """Style and script as old pages carry them; some of it looks like records."""
    styles = "".join(
        f".c{at} {{ font-size: {10 + at % 7}px; color: #{at * 4099:06x}; }}\n" for at in range(rows)
    )
    calls = "".join(
        f"  if (box[{at}]) {{ box[{at}].value = '相似文献 {at}'; }}\n" for at in range(rows)
    )
    return (
        f'<style type="text/css">\n{styles}</style>\n'
        f'<script type="text/javascript">\nfunction fill(box) {{\n{calls}}}\n</script>\n'
    )


def document(layout: Layout, paint: Paint, body: str, *, noise: int = 0) -> str:
    """A whole page; ``noise`` is the number of rows of style and script in its head."""
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={paint.charset}" />\n'
        if paint.charset
        else ""
    )
    return (
        f"<!DOCTYPE html>\n<!-- {RECONSTRUCTION} -->\n<html>\n<head>\n{meta}"
        f"<title>{escaped(layout.title)}</title>\n{head_noise(noise) if noise else ''}"
        f"</head>\n<body>\n{body}</body>\n</html>\n"
    )
