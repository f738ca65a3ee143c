"""Ways in which sites print a list of records: one function a layout."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One record as its page prints it."""

    title: str
    url: str
    authors: tuple[str, ...]
    venue: str
    year: int
    snippet: str | None
    """None: the layout prints none."""


class Pen:
    """Draws class names once a page, and what differs from record to record."""

    def __init__(self, rng: random.Random, *, named: float = 0.8) -> None:
        self.rng = rng
        self._named = named
        self._names: dict[str, str] = {}

    def name(self, of: str) -> str:
        """The class attribute of one kind of element; of some kinds, none."""
        if of not in self._names:
            letters = self.rng.choices("abcdefghijklmnopqrstuvwxyz", k=self.rng.randint(2, 9))
            named = f' class="{"".join(letters)}"' if self.rng.random() < self._named else ""
            self._names[of] = named
        return self._names[of]

    def sometimes(self, html: str, share: float = 0.5) -> str:
        return html if self.rng.random() < share else ""


FACETS = "Article Book Thesis Report Review Dataset Open 2019 2020 2021 English Chinese".split()
"""Words that lists are narrowed by."""


def _link(work: Listed) -> str:
    return f'<a href="{work.url}">{escape(work.title)}</a>'


def _marked(pen: Pen, text: str) -> str:
    """Text with some words marked, as those that were searched for are."""
    mark = pen.rng.choice(("em", "b", "mark"))
    words = escape(text).split(" ")
    return " ".join(
        f"<{mark}>{word}</{mark}>" if pen.rng.random() < 0.06 else word for word in words
    )


def _snippet(pen: Pen, work: Listed) -> str:
    return _marked(pen, work.snippet or "")


def _people(work: Listed) -> str:
    return escape("; ".join(work.authors))


def _meta(pen: Pen, work: Listed) -> str:
    return (
        f"<span{pen.name('by')}>{_people(work)}</span> "
        f"<span{pen.name('in')}>{escape(work.venue)}, {work.year}</span>"
    )


def _advert(pen: Pen, tag: str = "div") -> str:
    return pen.sometimes(
        f'<{tag} class="{"".join(pen.rng.choices("pqrst", k=6))}"><p><b>Sponsored</b> '
        '<img src="/a.png"> Buy now and save on all subscriptions this week</p></' + tag + ">",
        0.08,
    )


def _cards(pen: Pen, works: tuple[Listed, ...]) -> str:
    cards = [
        f"<div{pen.name('card')}>{pen.sometimes('<span>New</span>', 0.2)}<h3>{_link(work)}</h3>"
        f"<p{pen.name('text')}>{_snippet(pen, work)}</p><div{pen.name('meta')}>"
        f"{_meta(pen, work)}</div></div>{_advert(pen)}"
        for work in works
    ]
    return f"<div{pen.name('list')}>{''.join(cards)}</div>"


def _items(pen: Pen, works: tuple[Listed, ...]) -> str:
    tag = pen.rng.choice(("ol", "ul"))
    items = [
        f"<li{pen.name('item')}>{_link(work)}<div{pen.name('meta')}>{_meta(pen, work)}</div>"
        f"<div{pen.name('text')}>{_snippet(pen, work)}</div>"
        f'{pen.sometimes(f"""<a href="{work.url}.pdf">PDF</a>""")}</li>{_advert(pen, "li")}'
        for work in works
    ]
    return f"<{tag}>{''.join(items)}</{tag}>"


def _odd_and_even(pen: Pen, works: tuple[Listed, ...]) -> str:
    rows = [
        f'<div class="{("odd", "even")[place % 2]}"><div><div>{_link(work)}</div></div>'
        f"<p>{_snippet(pen, work)}</p></div>"
        for place, work in enumerate(works)
    ]
    return f"<div><div>{''.join(rows)}</div></div>"


def _rows(pen: Pen, works: tuple[Listed, ...]) -> str:
    rows = [
        f"<tr><td>{place}</td><td{pen.name('title')}>{_link(work)}</td><td>{_people(work)}</td>"
        f"<td>{escape(work.venue)}</td><td>{work.year}</td></tr>"
        for place, work in enumerate(works, start=1)
    ]
    head = "<tr><th>#</th><th>Title</th><th>Authors</th><th>Source</th><th>Year</th></tr>"
    return f"<table{pen.name('table')}>{head}{''.join(rows)}</table>"


def _three_rows(pen: Pen, works: tuple[Listed, ...]) -> str:
    rows = [
        f"<tr><td rowspan=2>{place}.</td><td>{_link(work)}<br>{_people(work)}</td></tr>"
        f"<tr><td>{_snippet(pen, work)}</td></tr><tr><td colspan=2><hr></td></tr>"
        for place, work in enumerate(works, start=1)
    ]
    return f"<table width=98%>{''.join(rows)}</table>"


def _own_tables(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<table><tr><td>{place}.</td><td><b>{_link(work)}</b></td></tr><tr><td></td><td>"
        f"{_meta(pen, work)}</td></tr><tr><td></td><td>{_snippet(pen, work)}</td></tr></table>"
        for place, work in enumerate(works, start=1)
    )


def _definitions(pen: Pen, works: tuple[Listed, ...]) -> str:
    parts = [
        f"<dt>{_link(work)}</dt><dd{pen.name('text')}>{_snippet(pen, work)}</dd>"
        f"<dd>{_meta(pen, work)}</dd>"
        for work in works
    ]
    return f"<dl>{''.join(parts)}</dl>"


def _headings(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<h3>{_link(work)}</h3><div{pen.name('meta')}>{_meta(pen, work)}</div>"
        f"<p>{_snippet(pen, work)}</p>{pen.sometimes('<hr>', 0.9)}"
        for work in works
    )


def _grid(pen: Pen, works: tuple[Listed, ...]) -> str:
    cells = [
        f"<div{pen.name('cell')}><a href={work.url}><img src=/c.png></a><h4>{_link(work)}</h4>"
        f"<p>{_people(work)}</p><p{pen.name('text')}>{_snippet(pen, work)}</p></div>"
        for work in works
    ]
    across = pen.rng.choice((2, 3, 4))
    return "".join(
        f"<div{pen.name('row')}>{''.join(cells[at : at + across])}</div>"
        for at in range(0, len(cells), across)
    )


def _pairs_in_rows(pen: Pen, works: tuple[Listed, ...]) -> str:
    cells = [
        f"<td><img src=/c.png></td><td>{_link(work)}<div>{_snippet(pen, work)}</div></td>"
        for work in works
    ]
    rows = (f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return f"<table>{''.join(rows)}</table>"


def _wrapped(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<section{pen.name('outer')}><div><div{pen.name('inner')}><h2>{_link(work)}</h2></div>"
        f"<div><p>{_snippet(pen, work)}</p>{pen.sometimes(_meta(pen, work))}</div></div>"
        f"{pen.sometimes('<ul><li><a href=/x>Save</a><li><a href=/y>Cite</a></ul>', 0.7)}</section>"
        for work in works
    )


def _broken_lines(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<p>{_link(work)}<br>{_people(work)}<br><i>{escape(work.venue)}</i> {work.year}<br>"
        f"{_snippet(pen, work)}</p>"
        for work in works
    )


def _whole_links(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f'<a{pen.name("card")} href="{work.url}"><h3>{escape(work.title)}</h3>'
        f"<p>{_snippet(pen, work)}</p><span>{work.year}</span></a>"
        for work in works
    )


def _in_sections(pen: Pen, works: tuple[Listed, ...]) -> str:
    size = max(3, len(works) // 3)
    parts = []
    for at in range(0, len(works), size):
        items = "".join(
            f"<li>{_link(work)}<p>{_snippet(pen, work)}</p></li>" for work in works[at : at + size]
        )
        parts.append(f"<div{pen.name('part')}><h2>Part {at}</h2><ul>{items}</ul></div>")
    return "".join(parts)


def _bare_lines(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "<br><br>".join(
        f"{_link(work)}<br>{_people(work)}<br>{_snippet(pen, work)}" for work in works
    )


def _old_fonts(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<p><font size=2><b>{place}. <a href={work.url}><font color=blue>{escape(work.title)}"
        f"</font></a></b></font><br><font color=#333333>{_snippet(pen, work)}</font><br>"
        f"<font color=green>{escape(work.venue)}, {work.year}</font></p>"
        for place, work in enumerate(works, start=1)
    )


def _first_featured(pen: Pen, works: tuple[Listed, ...]) -> str:
    card = pen.name("card")
    rest = "".join(
        f"<article{card}><h3>{_link(work)}</h3><p>{_snippet(pen, work)}</p></article>"
        for work in works[1:]
    )
    first = works[0]
    return (
        f'<div><article class="top {card[8:-1]}"><div><img src=/t.png></div><h3>{_link(first)}</h3>'
        f"<p>{_snippet(pen, first)}</p><span>Best match</span></article>{rest}</div>"
    )


def _many_tags(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<div{pen.name('card')}><h2>{_link(work)}</h2><p>{_snippet(pen, work)}</p>"
        f"<ul{pen.name('tags')}>{_tags(pen)}</ul></div>"
        for work in works
    )


def _tags(pen: Pen) -> str:
    words = pen.rng.sample(FACETS, pen.rng.randint(2, 8))
    return "".join(f'<li><a href="/t/{word}">{word}</a></li>' for word in words)


def _sorted_columns(pen: Pen, works: tuple[Listed, ...]) -> str:
    """With links that sort in the head, and a row of pages at the foot."""
    columns = "".join(
        f'<td><a href="?s={name}">{name}</a></td>' for name in ("Title", "By", "Year")
    )
    rows = "".join(
        f'<tr><td><input type=checkbox></td><td>{_link(work)}</td><td><a href="/by/{place}">'
        f"{escape(work.authors[0])}</a></td><td>{work.year}</td></tr>"
        for place, work in enumerate(works)
    )
    foot = "<tr><td colspan=4><a href=/1>1</a> <a href=/2>2</a></td></tr>"
    return f"<table><tr><td></td>{columns}</tr>{rows}{pen.sometimes(foot)}</table>"


def _by_number(pen: Pen, works: tuple[Listed, ...]) -> str:
    """Elements of one name and no class, so many to each record."""
    return "".join(
        f"<div>{_link(work)}</div><div>{_snippet(pen, work)}</div><div><a href={work.url}/cite>"
        f"Cite</a> <a href={work.url}/pdf>PDF</a></div>"
        for work in works
    )


def _striped_pairs(pen: Pen, works: tuple[Listed, ...]) -> str:
    """Two rows a record, both of one class, and of another for the next record."""
    rows = [
        f"<tr{name}><td>{place}</td><td>{_link(work)}</td><td>{work.year}</td></tr>"
        f"<tr{name}><td></td><td colspan=2>{_snippet(pen, work)}</td></tr>"
        for place, work in enumerate(works, start=1)
        for name in [(' class="a"', ' class="b"')[place % 2]]
    ]
    return f"<table{pen.name('table')}>{''.join(rows)}</table>"


def _two_columns(pen: Pen, works: tuple[Listed, ...]) -> str:
    hits = [
        f"<div{pen.name('hit')}><h4>{_link(work)}</h4><p>{_snippet(pen, work)}</p></div>"
        for work in works
    ]
    half = (len(hits) + 1) // 2
    left, right = "".join(hits[:half]), "".join(hits[half:])
    return f"<div{pen.name('left')}>{left}</div><div{pen.name('right')}>{right}</div>"


def _partly_hidden(pen: Pen, works: tuple[Listed, ...]) -> str:
    return "".join(
        f"<div{pen.name('card')}>{_link(work)}<p>{_snippet(pen, work)}</p>"
        f'<div style="display: none"><a href="/share">Share</a><p>Copy the address of {place}'
        "</p></div></div>"
        for place, work in enumerate(works)
    )


def _bodies(pen: Pen, works: tuple[Listed, ...]) -> str:
    """A table with a body a record."""
    bodies = "".join(
        f"<tbody><tr><td>{_link(work)}</td><td>{escape(work.venue)}</td></tr>"
        f"<tr><td colspan=2>{_snippet(pen, work)}</td></tr></tbody>"
        for work in works
    )
    return f"<table><thead><tr><th>Title</th><th>Source</th></tr></thead>{bodies}</table>"


def _by_year(pen: Pen, works: tuple[Listed, ...]) -> str:
    """With a heading before each record of another year than the last."""
    parts, year = [], 0
    for work in works:
        if work.year != year:
            parts.append(f"<h2>{work.year}</h2>")
            year = work.year
        parts.append(
            f"<div{pen.name('hit')}><h3>{_link(work)}</h3><p>{_snippet(pen, work)}</p></div>"
        )
    return "".join(parts)


LAYOUTS: dict[str, Callable[[Pen, tuple[Listed, ...]], str]] = {
    "cards": _cards,
    "items": _items,
    "odd and even": _odd_and_even,
    "rows": _rows,
    "three rows": _three_rows,
    "own tables": _own_tables,
    "definitions": _definitions,
    "headings": _headings,
    "grid": _grid,
    "pairs in rows": _pairs_in_rows,
    "wrapped": _wrapped,
    "broken lines": _broken_lines,
    "whole links": _whole_links,
    "in sections": _in_sections,
    "bare lines": _bare_lines,
    "old fonts": _old_fonts,
    "first featured": _first_featured,
    "many tags": _many_tags,
    "sorted columns": _sorted_columns,
    "by number": _by_number,
    "striped pairs": _striped_pairs,
    "two columns": _two_columns,
    "partly hidden": _partly_hidden,
    "bodies": _bodies,
    "by year": _by_year,
}
"""How a list of records may be printed, by name."""
WITHOUT_SNIPPET = frozenset({"rows", "sorted columns"})
"""Layouts that print no abstract."""
