"""Result pages of sites that do not exist: one list of papers, printed in many layouts.

Layout, class names, what stands around the list and what stands between its records are drawn at
random. What a page holds is known, so that a reader of any page can be measured.
"""

import random
from dataclasses import dataclass, replace

from benchmarks.corpora.layouts import FACETS, LAYOUTS, WITHOUT_SNIPPET, Listed, Pen
from benchmarks.corpora.papers import Paper, paper
from benchmarks.corpora.prose import Language, chinese, english


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page, and what it holds."""

    layout: str
    html: str
    records: tuple[Listed, ...]
    total: int
    next_url: str | None


def listing(rng: random.Random, layout: str | None = None) -> Listing:
    """A page of 5 to 40 records; ``layout`` is one of `LAYOUTS`, None draws one."""
    name = layout or rng.choice(list(LAYOUTS))
    language = rng.choice((english(), english(), chinese()))
    pen = Pen(rng, named=rng.choice((0.0, 0.8, 1.0)))
    works = tuple(_listed(paper(language, rng), rng) for _ in range(rng.randint(5, 40)))
    if name in WITHOUT_SNIPPET:
        works = tuple(replace(work, snippet=None) for work in works)
    total = rng.choice((len(works), rng.randint(len(works) + 1, 90_000)))
    next_url = f"/find?p={rng.randint(2, 9)}" if total > len(works) else None
    body = LAYOUTS[name](pen, works)
    page = _page(pen, language, body, len(works), total, next_url)
    return Listing(layout=name, html=page, records=works, total=total, next_url=next_url)


def _listed(work: Paper, rng: random.Random) -> Listed:
    cut = rng.randint(90, 400)
    text = work.abstract
    return Listed(
        title=work.title,
        url=f"/item/{rng.getrandbits(40):x}",
        authors=tuple(work.authors),
        venue=work.venue or "",
        year=work.year or 2000,
        snippet=text if len(text) <= cut else text[:cut].rstrip() + "…",
    )


_MENU = "Home About Browse Help Contact Services News Login Journals Topics Alerts Policies".split()


def _menu(pen: Pen, of: str) -> str:
    words = pen.rng.sample(_MENU, pen.rng.randint(4, 12))
    items = "".join(f'<li><a href="/{word.lower()}">{word}</a></li>' for word in words)
    tag = pen.rng.choice(("nav", "div", "div"))
    return f"<{tag}{pen.name(of)}><ul>{items}</ul></{tag}>"


def _map(pen: Pen) -> str:
    """A menu that is a map of the site, open on a pointer's touch."""
    parts = "".join(
        f"<li><a href='#{part}'>Part {part}</a><ul>"
        + "".join(f"<li><a href=/{part}/{n}>Subject {part}.{n}</a></li>" for n in range(12))
        + "</ul></li>"
        for part in range(pen.rng.randint(6, 20))
    )
    return f"<div{pen.name('map')}><ul>{parts}</ul></div>"


def _recommended(pen: Pen) -> str:
    """Cards like those of the list, with less in them."""
    cards = "".join(
        f"<div{pen.name('card')}><a href=/r{n}><img src=/r.png></a><h3><a href=/r{n}>Pick {n}</a>"
        "</h3></div>"
        for n in range(pen.rng.randint(3, 8))
    )
    return f"<div{pen.name('picks')}><h2>You may also like what others read</h2>{cards}</div>"


def _facets(pen: Pen) -> str:
    rows = [
        f'<li><a href="/f?{word}">{word}</a> ({pen.rng.randint(1, 900)})</li>'
        for word in pen.rng.sample(FACETS, pen.rng.randint(5, 12))
    ]
    return f"<div{pen.name('side')}><h4>Filter</h4><ul>{''.join(rows)}</ul></div>"


def _statement(pen: Pen, language: Language, shown: int, total: int) -> str:
    if language.name == "zh":
        forms = (
            f"共找到 <b>{total:,}</b> 条结果",
            f"找到相关结果约{total:,}个",
            f"共 {total} 条记录",
        )
    else:
        forms = (
            f"<b>1</b> - <b>{shown}</b> of <b>{total:,}</b> results",
            f"{total:,} results",
            f"Showing 1 to {shown} of {total} entries",
            f"About {total:,} results (0.31 seconds)",
        )
    return f"<div{pen.name('total')}>{pen.rng.choice(forms)}</div>"


def _pager(pen: Pen, language: Language, next_url: str | None) -> str:
    if next_url is None:
        return ""
    at = int(next_url.rpartition("=")[2])
    numbers = " ".join(
        f"<b>{n}</b>" if n == at - 1 else f'<a href="/find?p={n}">{n}</a>' for n in range(1, at + 4)
    )
    words = ("下一页", "下页 »") if language.name == "zh" else ("Next", "Next page »", "next &gt;")
    step = f'<a href="{next_url}">{pen.rng.choice(words)}</a>'
    return f"<div{pen.name('pager')}>{numbers} {pen.sometimes(step, 0.8)}</div>"


def _page(
    pen: Pen, language: Language, body: str, shown: int, total: int, next_url: str | None
) -> str:
    statement, pager = _statement(pen, language, shown, total), _pager(pen, language, next_url)
    side = pen.sometimes(_facets(pen), 0.6)
    foot = '<a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a> © 2024 Example Press'
    tag = pen.rng.choice(("footer", "div"))
    return (
        "<!DOCTYPE html><html><head><title>Search</title><style>a{color:red}</style></head><body>"
        f"{_menu(pen, 'menu')}{pen.sometimes(_map(pen), 0.2)}"
        "<form><input type=text name=q value=query></form>"
        f"{side}{statement}<div{pen.name('main')}>{body}</div>{pager}"
        f"{pen.sometimes(_recommended(pen), 0.3)}"
        f"<{tag}{pen.name('foot')}>{foot}</{tag}></body></html>"
    )
