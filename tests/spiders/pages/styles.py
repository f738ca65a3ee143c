"""Eighteen more ways to mark a result page up, drawn once the reader was done.

Reconstructions like the others, and less like one another: what stands in one element here is
spread over five there, and what surrounds the records is different each time.
"""

import html
import random
from collections.abc import Callable

from tests.spiders.pages.renderer import FOOT_WORDS, HEAD_WORDS, LICENCE, OPERATOR, citation, halves
from tests.spiders.pages.works import Work

escape = html.escape


class Told:
    """One work's parts as HTML text; empty where the page leaves it out."""

    def __init__(self, work: Work, dice: random.Random) -> None:
        self.rank, self.aid, self.title = work.rank, work.aid, work.title or ""
        parts = [part for name in work.authors for part in halves(name)]
        self.names = "&nbsp;&nbsp;".join(escape(part) for part in parts)
        self.cite = escape(citation(work, dice))
        self.cited = "总被引:{},自引:{},他引:{}".format(*work.cited) if work.cited else ""
        self.pdf = "下载免费PDF全文" if work.pdf else ""
        self.paragraphs = [escape(paragraph) for paragraph in work.paragraphs]
        self.article = f"view_abstract.aspx?pcid=5B&amp;aid={work.aid}"
        self.kin = f'<a href="relate_search.aspx?aid={work.aid}&amp;pcid=5B">相似文献</a>'


def rank_in_the_link(told: Told) -> str:
    return (
        f"<p><a href='{told.article}'>{told.rank}. {escape(told.title)}</a> <span>{told.cited}"
        f"</span> <span>{told.pdf}</span><br><span>{told.names}</span> <span>{told.cite}</span><br>"
        f"{'<br>'.join(told.paragraphs)} [{told.kin}]</p>"
    )


def kin_before_the_abstract(told: Told) -> str:
    body = "".join(f"<details open>{one}</details>" for one in told.paragraphs)
    return (
        f"<div><b>{told.rank}</b> <a href='{told.article}'>{escape(told.title)}</a> {told.cited} "
        f"{told.pdf}</div><div>{told.names} {told.cite}</div><div>{told.kin}</div>{body}"
    )


def list_items(told: Told) -> str:
    """No rank is printed; the title is two links; another link leads to the details."""
    half = len(told.title) // 2
    first, second = escape(told.title[:half]), escape(told.title[half:])
    return (
        f"<li value={told.rank}><a href='{told.article}'>{first}</a><a href='{told.article}'><b>"
        f"{second}</b></a> {told.cited} {told.pdf}<p>{told.names} {told.cite}</p><blockquote>"
        f"{'<br>'.join(told.paragraphs)} <a href='{told.article}'>[详细]</a></blockquote>{told.kin}"
        "</li>"
    )


def preformatted(told: Told) -> str:
    body = "\n".join(told.paragraphs)
    return (
        f"{told.rank}.\n<a href='{told.article}'>{escape(told.title)}</a>   {told.cited}  "
        f"{told.pdf}\n{told.names} {told.cite}\n{body}  {told.kin}  \n\n"
    )


def columns(told: Told) -> str:
    return (
        f"<tr><td>{told.rank}<td><a href='{told.article}'>{escape(told.title)}</a><td>{told.names} "
        f"{told.cite}<td>{told.cited}<td>{told.pdf}<td>{'<p>'.join(told.paragraphs)}<td>{told.kin}"
    )


def a_row_of_tools(told: Told) -> str:
    """A box to tick before the rank; other links beside the kin link."""
    article = f"VIEW_ABSTRACT.ASPX?AID={told.aid}&amp;amp;pcid=1"
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<div><input type=checkbox value=1><label>{told.rank}.</label> <a href='{article}'>"
        f"{escape(told.title)}</a>&nbsp;{told.cited}&nbsp;&nbsp;{told.pdf}</div><div>{told.names}"
        f"&nbsp;{told.cite}</div>{body}<div><a href='#'>引用</a> | {told.kin} | "
        "<a href='#'>收藏</a> | <a href='#'>分享</a></div>"
    )


def titles_by_script(told: Told) -> str:
    """The title's link goes nowhere that can be read."""
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<div>{told.rank}.</div><div><a href=\"javascript:show('{told.aid}')\">"
        f"{escape(told.title)}</a>&nbsp;&nbsp;{told.cited}&nbsp;&nbsp;{told.pdf}</div><div>"
        f"{told.names}&nbsp;{told.cite}</div>{body}{told.kin}"
    )


def cells_for_everything(told: Told) -> str:
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<table><tr><td>{told.rank}、</td><td><font><a href='{told.article}'><font color=red>"
        f"</font>{escape(told.title)}</a></font></td><td>{told.cited}</td><td>{told.pdf}</td></tr>"
        f"<tr><td><td>{told.names}</td><td>{told.cite}</td></tr></table>{body}{told.kin}"
    )


def linked_names(told: Told) -> str:
    """Every name and the venue are links; the marks stand in the last line."""
    names = "&nbsp;&nbsp;".join(
        f"<a href='author.aspx?n={i}'>{part}</a>"
        for i, part in enumerate(told.names.split("&nbsp;&nbsp;"))
        if part
    )
    cite = told.cite.replace("《", "《<a href='venue.aspx'>").replace("》", "</a>》")
    return (
        f"<article><span>{told.rank}.</span><a href='{told.article}'><h4>{escape(told.title)}</h4>"
        f"</a><section>{names}&nbsp;{cite}</section><section>{'<hr>'.join(told.paragraphs)}"
        f"</section><footer>{told.cited} {told.pdf} {told.kin}</footer></article>"
    )


def open_ended(told: Told) -> str:
    """Nothing is closed, not even the title's link."""
    return (
        f"<LI><B>{told.rank}.</B> <A HREF={told.article}>{escape(told.title)}<BR>{told.names} "
        f"{told.cite}<BR>{'<BR>'.join(told.paragraphs)}<P>{told.cited} {told.pdf}<P>{told.kin}<P>"
    )


def pretty_printed(told: Told) -> str:
    """Every tag and every piece of text on a line of its own, indented."""
    names = "&nbsp;&nbsp;\n\t\t".join(told.names.split("&nbsp;&nbsp;"))
    body = "".join(f"\n\t<p>\n\t\t{one}\n\t</p>" for one in told.paragraphs)
    return (
        f"\n<div>\n\t<span>\n\t\t{told.rank}.\n\t</span>\n\t<a\n\t\thref='{told.article}'\n\t>"
        f"\n\t\t{escape(told.title)}\n\t</a>\n\t&nbsp;&nbsp;\n\t{told.cited}\n\t&nbsp;\n\t"
        f"<span>\n\t{told.pdf}\n\t</span>\n\t<div>\n\t\t{names}\n\t\t&nbsp;\n\t\t{told.cite}\n\t"
        f"</div>{body}\n\t&nbsp;&nbsp;\n\t{told.kin}\n\t&nbsp;\n</div>\n"
    )


def kin_by_picture(told: Told) -> str:
    """The kin link has no words, and so has another link to the article."""
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<div><a href='{told.article}'><img src=doc.gif alt='1.'></a> {told.rank}. "
        f"<a href='{told.article}'>{escape(told.title)}</a>&nbsp;&nbsp;{told.cited} {told.pdf}"
        f"<div>{told.names} {told.cite}</div>{body}"
        f"<a href='relate_search.aspx?aid={told.aid}'><img src=kin.gif alt=相似文献></a>"
    )


def kin_twice(told: Told) -> str:
    """A kin link beside the marks, and one that ends the record."""
    return (
        f"<tr><td>{told.rank}.<td><a href='{told.article}'>{escape(told.title)}</a>&nbsp;&nbsp;"
        f"{told.cited} {told.pdf}<tr><td><td>{told.names} {told.cite}<tr><td>{told.kin}<td>"
        f"{'<br>'.join(told.paragraphs)}&nbsp;&nbsp;{told.kin}"
    )


def nested_tables(told: Told) -> str:
    """Each paragraph in a table of its own, and adverts between the records."""
    rows = "".join(f"<table><tr><td>　　{one}</table>" for one in told.paragraphs)
    return (
        f"<table><tr><td rowspan=3>{told.rank}<td><table><tr><td><a href='{told.article}'>"
        f"{escape(told.title)}</a><td>{told.cited}<td>{told.pdf}</table><tr><td>{told.names}&nbsp;"
        f"&nbsp;{told.cite}<tr><td>{rows}<iframe src=ad></iframe>{told.kin}</table>"
        "<center><a href='http://ad.example.com/'>某某软件,限时优惠,欢迎选购。</a></center>"
    )


def footer_in_the_list(told: Told) -> str:
    """No element that ends a line stands behind the last kin link, nor between rank and title."""
    return (
        f"<br><span>{told.rank}.</span> <a href='{told.article}'>{escape(told.title)}</a> "
        f"{told.cited} {told.pdf}<br>{told.names} {told.cite}<br>{'<br>'.join(told.paragraphs)}"
        f"&nbsp;&nbsp;{told.kin}&nbsp;&nbsp;"
    )


def whole_record_linked(told: Told) -> str:
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<li><a href='{told.article}'><b>{told.rank}.</b><h3>{escape(told.title)}</h3>"
        f"<p>{told.cited} {told.pdf}</p><p>{told.names} {told.cite}</p>{body}</a>{told.kin}</li>"
    )


def text_unfolds(told: Told) -> str:
    """A link that goes nowhere ends the abstract."""
    more = " <a href='javascript:void(0)'>展开</a>" if told.paragraphs else ""
    return (
        f"<div>{told.rank}. <a href='{told.article}'>{escape(told.title)}</a> {told.cited} "
        f"{told.pdf}</div><div>{told.names} {told.cite}</div>"
        f"<div>{'<br>'.join(told.paragraphs)}{more}</div><div>{told.kin}</div>"
    )


def tools_behind(told: Told) -> str:
    """Behind the kin link stands what is the same for every record."""
    body = "".join(f"<p>{one}</p>" for one in told.paragraphs)
    return (
        f"<div>{told.rank}. <a href='{told.article}'>{escape(told.title)}</a> {told.cited} "
        f"{told.pdf}</div><div>{told.names} {told.cite}</div>{body}"
        f"<div>{told.kin} <a href='#'>引用</a> <span>收藏</span> | 分享</div>"
    )


Style = Callable[[Told], str]
STYLES: tuple[tuple[Style, str, str], ...] = (
    (rank_in_the_link, "<center>", "</center>"),
    (kin_before_the_abstract, "<main>", "</main>"),
    (list_items, "<ol>", "</ol>"),
    (preformatted, "<pre>", "</pre>"),
    (columns, "<table><tr><th>序号<th>题名<th>出处<th>被引<th>全文<th>摘要<th>", "</table>"),
    (a_row_of_tools, "<form>", "</form>"),
    (titles_by_script, "<td>", "</td>"),
    (cells_for_everything, "", ""),
    (linked_names, "<div hidden>1. 相似文献</div>", ""),
    (open_ended, "<UL>", ""),
    (pretty_printed, "<div>", "</div>"),
    (kin_by_picture, "<section>", "</section>"),
    (kin_twice, "<table>", "</table>"),
    (nested_tables, "<table><tr><td>", "</table>"),
    (footer_in_the_list, "<div>", ""),
    (whole_record_linked, "<ul>", "</ul>"),
    (text_unfolds, "<div>", "</div>"),
    (tools_behind, "<div>", "</div>"),
)


def styled_page(works: list[Work], dice: random.Random, style: Style) -> str:
    """A result page of these works in one of `STYLES`."""
    opening, closing = next(around for made, *around in STYLES if made is style)
    head = " | ".join(f"<a href=h{i}.aspx>{word}</a>" for i, word in enumerate(HEAD_WORDS))
    foot = " | ".join(f"<a href=f{i}.aspx>{word}</a>" for i, word in enumerate(FOOT_WORDS))
    body = "".join(style(Told(work, dice)) for work in works)
    part = "span" if style is footer_in_the_list else "div"
    return (
        f"<html><body><div>{head}</div><p>共查询到{len(works)}条相似文献,搜索用时 31 毫秒</p>"
        f"{opening}{body}{closing}<{part}>{foot}</{part}><div>Copyright&copy;{OPERATOR}&nbsp;&nbsp;"
        f"{LICENCE}</div></body></html>"
    )
