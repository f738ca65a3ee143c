"""One page of results in five layouts, as different from each other as sites are.

Whatever a layout adds (adverts, blocks of other kinds, a pager, a foot) is synthetic too.
"""

from collections.abc import Callable, Iterator

from crawler.sample.elements import escaped
from crawler.sample.search import Hit, Results

_ADVERTS = (
    ("Reference managers, compared", "Find the one that fits your laboratory."),
    ("Posters printed overnight", "Any size, any number, delivered to the congress."),
    ("Second-hand microscopes", "Inspected and with a year of warranty."),
)


def _page(title: str, body: str, results: Results) -> str:
    foot = (
        f'<div id="foot"><a href="/">Home</a> | <a href="/about">About</a> '
        f"Copyright© {escaped(results.operator)} {escaped(results.licence)}</div>"
    )
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n'
        '<body>\n<div id="head"><a href="/">Home</a> <a href="/subject">Subjects</a>'
        f'<form action="/search"><input type="text" name="q" value=""></form></div>\n'
        f"{body}\n{foot}\n</body></html>\n"
    )


def _next(results: Results) -> str | None:
    """Relative to the page itself."""
    return f"?page={results.page + 1}" if results.page < results.pages else None


def items(results: Results) -> str:
    """A list of items with headings; the word Next."""
    entries = "".join(
        f'<li class="hit"><h3 class="title"><a href="{hit.href}">{escaped(hit.title)}</a></h3>\n'
        f'<div class="authors">{escaped("; ".join(hit.authors))}</div>\n'
        f'<div class="source">Published in: <cite>{escaped(hit.venue)}</cite></div>\n'
        f'<div class="year">{hit.year}</div>\n'
        f'<p class="abstract">{escaped(hit.abstract)}</p></li>\n'
        for hit in results.hits
    )
    onward = f'<a class="next" href="{_next(results)}">Next</a>' if _next(results) else ""
    said = (
        f"Results {results.first} - {results.last} of {results.total} "
        f"({results.ms / 1000:.2f} seconds)"
    )
    body = f'<p id="count">{said}</p>\n<ol class="hits" start="{results.first}">\n{entries}</ol>\n'
    return _page("Search", f'{body}<p class="pager">Page {results.page} {onward}</p>', results)


def table(results: Results) -> str:
    """A table with a header row; the number of the page is no link, the one after it is."""
    rows = "".join(
        f'<tr><td>{number}</td><td><a href="{hit.href}">{escaped(hit.title)}</a></td>'
        f"<td>{escaped('; '.join(hit.authors))}</td><td>{escaped(hit.venue)}</td>"
        f"<td>{hit.year}</td><td>{escaped(hit.abstract)}</td></tr>\n"
        for number, hit in enumerate(results.hits, results.first)
    )
    columns = ("No.", "Title", "Authors", "Journal", "Year", "Abstract")
    head = "".join(f"<th>{name}</th>" for name in columns)
    numbers = " ".join(
        f"<b>{each}</b>" if each == results.page else f'<a href="?page={each}">{each}</a>'
        for each in range(1, results.pages + 1)
    )
    body = (
        f'<div class="bar">{results.total} records found, showing '
        f"{results.first} to {results.last} of {results.total}</div>\n"
        f'<table id="list" border="1"><tr>{head}</tr>\n{rows}</table>\n'
        f'<div class="pages">{numbers}</div>'
    )
    return _page("Catalogue", body, results)


def siblings(results: Results) -> str:
    """Several elements a record, and nothing around them; the Chinese words."""
    entries = "".join(
        f'<h4 class="tt"><a href="{hit.href}">{escaped(hit.title)}</a></h4>\n'
        f'<p class="au">作者：{escaped("; ".join(hit.authors))}</p>\n'
        f'<p class="so">来源：《{escaped(hit.venue)}》{hit.year}</p>\n'
        f'<p class="ab">{escaped(hit.abstract)}</p>\n<hr>\n'
        for hit in results.hits
    )
    onward = f'<a class="xia" href="{_next(results)}">下一页</a>' if _next(results) else ""
    body = (
        f'<p class="zs">第 {results.first}-{results.last} 条，共 {results.total} 条</p>\n'
        f'<div class="main">\n{entries}</div>\n<p class="fy">{onward}</p>'
    )
    return _page("检索结果", body, results)


def terms(results: Results) -> str:
    """A definition list; an arrow with a relation."""
    entries = "".join(
        f'<dt><a href="{hit.href}">{escaped(hit.title)}</a></dt>\n'
        f'<dd class="who">{escaped("; ".join(hit.authors))}</dd>\n'
        f'<dd class="where">Journal: <em>{escaped(hit.venue)}</em></dd>\n'
        f'<dd class="when">{hit.year}</dd>\n'
        f'<dd class="what">{escaped(hit.abstract)}</dd>\n'
        for hit in results.hits
    )
    onward = f'<a rel="next" href="{_next(results)}">»</a>' if _next(results) else ""
    body = (
        f'<h2 class="n">{results.first}–{results.last} of {results.total} articles</h2>\n'
        f"<dl>\n{entries}</dl>\n<nav>{onward}</nav>"
    )
    return _page("Index", body, results)


def _card(hit: Hit, kind: str) -> str:
    return (
        f'<div class="card {kind}"><div class="inner"><div class="top">'
        f'<a class="name" href="{hit.href}">{escaped(hit.title)}</a></div>\n'
        f'<div class="people">{escaped("; ".join(hit.authors))}</div>\n'
        f'<div class="source">Journal: <span>{escaped(hit.venue)}</span></div>\n'
        f'<div class="date">Year: {hit.year}</div>\n'
        f'<div class="text">{escaped(hit.abstract)}</div></div></div>\n'
    )


def _cards(results: Results) -> Iterator[str]:
    """The cards with adverts and a block of pictures between, the first and the last one odd."""
    last = len(results.hits) - 1
    for place, hit in enumerate(results.hits):
        yield _card(hit, "first" if place == 0 else "last" if place == last else "plain")
        if place % 4 == 2:
            title, words = _ADVERTS[(results.page + place) % len(_ADVERTS)]
            yield (
                '<div class="advert"><span>Advertisement</span>'
                f'<h3 class="title"><a href="/go?to={place}">{title}</a></h3><p>{words}</p></div>\n'
            )
        if place == 4:
            pictures = "".join(
                f'<a href="/figure/{at}"><img src="/f{at}.png" alt=""></a>' for at in range(4)
            )
            yield f'<div class="vertical"><h5>Figures</h5>{pictures}</div>\n'


def cards(results: Results) -> str:
    """Nested blocks with adverts between; a picture that says it leads on."""
    onward = (
        f'<a class="more" href="{_next(results)}"><img src="/next.png" alt="next page"></a>'
        if _next(results)
        else ""
    )
    body = (
        f'<div class="summary">{results.total} results</div>\n'
        f'<div class="cards">\n{"".join(_cards(results))}</div>\n<div class="foot">{onward}</div>'
    )
    return _page("Discover", body, results)


SERVICES: dict[str, Callable[[Results], str]] = {
    "items": items,
    "table": table,
    "siblings": siblings,
    "terms": terms,
    "cards": cards,
}
"""By the name that a portal is given, which is the last part of its address too."""
