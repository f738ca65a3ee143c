"""One layout in many mark-ups: a renderer is one function and one row of `MARKUPS`.

No HTML of the real site is at hand; whatever stands here beyond the words and the addresses is
a reconstruction, and every page says so in a comment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from crawler.sample.dice import Dice
from crawler.sample.layout import NBSP, Layout, Line, Piece

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


@cache
def _head_noise(rows: int) -> str:
    """Style and script as old pages carry them."""
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
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={paint.charset}" />\n'
        if paint.charset
        else ""
    )
    return (
        f"<!DOCTYPE html>\n<!-- {RECONSTRUCTION} -->\n<html>\n<head>\n{meta}"
        f"<title>{escaped(layout.title)}</title>\n{_head_noise(noise) if noise else ''}"
        f"</head>\n<body>\n{body}</body>\n</html>\n"
    )


_FONTS = {
    "title": '<font size="3" color="#0033cc"><b>{}</b></font>',
    "cited": '<font size="2" color="#666666">{}</font>',
    "pdf": '<font size="2" color="red">{}</font>',
    "author": '<font size="2" color="#008000">{}</font>',
    "abstract": '<font size="2" face="宋体, Arial, Helvetica, sans-serif">{}</font>',
}


def _font(piece: Piece) -> str:
    inner = escaped(piece.text)
    if piece.href is not None:
        inner = link(piece.href, inner)
    return _FONTS.get(piece.role, "{}").format(inner) if piece.role in _FONTS else inner


def table(layout: Layout, paint: Paint) -> str:
    """Layout tables with ``font`` and ``&nbsp;``, as sites of that age have them."""
    cell = '<td align="left" valign="top" height="22" bgcolor="#ffffff" class="c7">'
    frame = '<table width="960" border="0" align="center" cellpadding="0" cellspacing="0">'
    rows = []
    for line in layout.header:
        rows.append(f'<tr>\n<td colspan="2" height="28">{inline(line)}</td>\n</tr>\n')
    for entry in layout.entries:
        rank, lines = "&nbsp;", entry.lines
        if lines[0][0].role == "rank":
            rank, lines = escaped(lines[0][0].text), lines[1:]
        inner = "".join(f"<tr>\n{cell}{''.join(map(_font, line))}</td>\n</tr>\n" for line in lines)
        rows.append(
            f'<tr>\n<td width="40" align="center" valign="top">{rank}</td>\n<td width="920">\n'
            f'<table width="100%" border="0" cellpadding="2" cellspacing="0">\n{inner}</table>\n'
            '</td>\n</tr>\n<tr>\n<td colspan="2" height="9">&nbsp;</td>\n</tr>\n'
        )
    feet = "".join(
        f'<tr>\n<td align="center" height="30">{inline(line)}</td>\n</tr>\n'
        for line in layout.footer
    )
    body = f"{frame}\n{''.join(rows)}</table>\n{frame}\n{feet}</table>\n"
    return document(layout, paint, body, noise=24)


def div(layout: Layout, paint: Paint) -> str:
    """Nested divs and spans."""
    out = ['<div class="top">\n']
    out += [f"<div>{inline(line)}</div>\n" for line in layout.header]
    out.append('</div>\n<div class="list">\n')
    for entry in layout.entries:
        out.append('<div class="item">\n')
        for line in entry.lines:
            spans = "".join(
                piece_text if piece.role == "gap" else f"<span>{piece_text}</span>"
                for piece in line
                for piece_text in (inline((piece,)),)
            )
            out.append(f"<div>{spans}</div>\n")
        out.append("</div>\n")
    out.append('</div>\n<div class="bottom">\n')
    out += [f"<div>{inline(line)}</div>\n" for line in layout.footer]
    out.append("</div>\n")
    return document(layout, paint, "".join(out), noise=8)


MARKUPS: dict[str, Renderer] = {
    "table": table,
    "div": div,
}
"""By the name that a portal is given. To add one: a function and a row."""
PLAIN: frozenset[str] = frozenset()
"""Of these, the ones that are plain text, always UTF-8."""
