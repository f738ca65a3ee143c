"""One layout in many mark-ups: a renderer is one function and one row of `MARKUPS`."""

from itertools import chain

from crawler.sample.elements import (
    RECONSTRUCTION,
    Paint,
    Renderer,
    document,
    escaped,
    inline,
    link,
    ranked,
)
from crawler.sample.layout import NBSP, Entry, Layout, Line, Piece, Role
from crawler.sample.scrambled import scrambled

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
    return _FONTS[piece.role].format(inner) if piece.role in _FONTS else inner


def table(layout: Layout, paint: Paint) -> str:
    """Layout tables with ``font`` and ``&nbsp;``, as sites of that age have them."""
    cell = '<td align="left" valign="top" height="22" bgcolor="#ffffff" class="c7">'
    frame = '<table width="960" border="0" align="center" cellpadding="0" cellspacing="0">'
    rows = []
    for line in layout.header:
        rows.append(f'<tr>\n<td colspan="2" height="28">{inline(line)}</td>\n</tr>\n')
    for entry in layout.entries:
        rank, lines = ranked(entry)
        inner = "".join(f"<tr>\n{cell}{''.join(map(_font, line))}</td>\n</tr>\n" for line in lines)
        rows.append(
            f'<tr>\n<td width="40" align="center" valign="top">{rank or "&nbsp;"}</td>\n'
            '<td width="920">\n<table width="100%" border="0" cellpadding="2" cellspacing="0">\n'
            f'{inner}</table>\n</td>\n</tr>\n<tr>\n<td colspan="2" height="9">&nbsp;</td>\n</tr>\n'
        )
    feet = "".join(
        f'<tr>\n<td align="center" height="30">{inline(line)}</td>\n</tr>\n'
        for line in layout.footer
    )
    body = f"{frame}\n{''.join(rows)}</table>\n{frame}\n{feet}</table>\n"
    return document(layout, paint, body, noise=24)


def _spans(line: Line) -> str:
    return "".join(
        inline((piece,)) if piece.role == "gap" else f"<span>{inline((piece,))}</span>"
        for piece in line
    )


def div(layout: Layout, paint: Paint) -> str:
    """Nested divs and spans."""
    out = ['<div class="top">\n']
    out += [f"<div>{inline(line)}</div>\n" for line in layout.header]
    out.append('</div>\n<div class="list">\n')
    for entry in layout.entries:
        out.append('<div class="item">\n')
        out += [f"<div>{_spans(line)}</div>\n" for line in entry.lines]
        out.append("</div>\n")
    out.append('</div>\n<div class="bottom">\n')
    out += [f"<div>{inline(line)}</div>\n" for line in layout.footer]
    out.append("</div>\n")
    return document(layout, paint, "".join(out), noise=8)


def dl(layout: Layout, paint: Paint) -> str:
    """A definition list: rank and title are terms, all else descriptions."""
    out = [f"<p>{inline(line)}</p>\n" for line in layout.header]
    out.append("<dl>\n")
    for entry in layout.entries:
        for line in entry.lines:
            tag = "dt" if line[0].role in ("rank", "title") else "dd"
            out.append(f"  <{tag}>{inline(line)}</{tag}>\n")
    out.append("</dl>\n<address>\n")
    out += [f"{inline(line)}<br>\n" for line in layout.footer]
    out.append("</address>\n")
    return document(layout, paint, "".join(out), noise=4)


def br(layout: Layout, paint: Paint) -> str:
    """One block, its lines ended by ``<br>``."""
    lines = [
        *layout.header,
        *chain.from_iterable((*entry.lines, ()) for entry in layout.entries),
        *layout.footer,
    ]
    body = "".join(f"{inline(line)}<br>\n" for line in lines)
    return document(layout, paint, f"<div>\n{body}</div>\n")


def minified(layout: Layout, paint: Paint) -> str:
    """No needless byte: unclosed tags, upper case, unquoted attributes, no frame."""

    def bare(line: Line) -> str:
        return "".join(
            escaped(piece.text)
            if piece.href is None
            else f"<A HREF={piece.href}>{escaped(piece.text)}</A>"
            for piece in line
        )

    meta = f"<META CHARSET={paint.charset}>" if paint.charset else ""
    out = [f"<!doctype html><!--{RECONSTRUCTION}-->{meta}<TITLE>{escaped(layout.title)}</TITLE>"]
    out += [f"<P>{bare(line)}" for line in layout.header]
    out.append("<TABLE WIDTH=100% BORDER=0>")
    for entry in layout.entries:
        rank, lines = ranked(entry)
        cells = "<P>".join(bare(line) for line in lines)
        out.append(f"<TR><TD VALIGN=top>{rank or ''}<TD>{cells}")
    out.append("</TABLE>")
    out += [f"<P ALIGN=center>{bare(line)}" for line in layout.footer]
    return "".join(out)


def _flat(line: Line) -> str:
    return "".join(piece.text for piece in line)


def text(layout: Layout, paint: Paint) -> str:
    """Flattened by a text extractor, every line kept."""
    lines = [*map(_flat, layout.header)]
    for entry in layout.entries:
        lines += [*map(_flat, entry.lines), ""]
    return "\n".join([*lines, *map(_flat, layout.footer)]) + "\n"


def _role(entry: Entry, role: Role) -> str:
    """All text of one role, a line a piece."""
    return "\n".join(piece.text for line in entry.lines for piece in line if piece.role == role)


def bare(layout: Layout, paint: Paint) -> str:
    """Flattened by an extractor that drops ranks, titles, authors and links: abstracts
    alone, and where there is none the title.
    """
    if layout.stated_total is None:
        return text(layout, paint)
    end = f"{NBSP}{NBSP}相似文献 {NBSP}{NBSP}"
    lines = [*map(_flat, layout.header)]
    for entry in layout.entries:
        kept = [_role(entry, "abstract"), _role(entry, "title")]
        lines += [next(filter(None, kept), "") + end, ""]
    return "\n".join([*lines, *map(_flat, layout.footer)]) + "\n"


MARKUPS: dict[str, Renderer] = {
    "table": table,
    "div": div,
    "dl": dl,
    "br": br,
    "minified": minified,
    "random": scrambled,
    "text": text,
    "bare": bare,
}
"""By the name that a portal is given. To add one: a function and a row."""

PLAIN = frozenset({"text", "bare"})
"""Of these, the ones that are plain text, always UTF-8: no addresses, so no links to follow."""
