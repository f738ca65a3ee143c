"""Pages made from invented works: a reconstruction, every mark-up in it a guess.

No HTML of the site family is at hand. What the pages show is what its flattened pages show;
tags, attributes, nesting, white space and encoding are drawn at random, so that a reader can rest
on none of them. The same truth comes out of every mark-up.
"""

import html
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.spiders.pages.works import Work, aid

OPERATOR = "北京拾叶信息技术有限公司"
LICENCE = "京ICP备10203040号"
FOOT_WORDS = ("设为首页", "免责声明", "关于拾叶", "加入收藏")
HEAD_WORDS = ("首页", "本学科首页", "官方微博", "高级检索")
BASE = "http://lake.example.org/journals/"
PAGE_AID = "00112233445566778899AABBCCDDEEFF"
PAGE_URL = f"{BASE}relate_search.aspx?aid={PAGE_AID}&pcid=5B3AB970F71A803D"
CHARSETS = ("utf-8", "gb18030", "gbk", "utf-16", "utf-8-sig")


@dataclass(frozen=True)
class Pen:
    """Writes text as HTML, each time differently."""

    dice: random.Random
    calm: bool = False
    """Without added elements: for what is minified."""

    def ink(self, text: str) -> str:
        """Text whose single spaces may become any white space, and whose characters may become
        entities."""
        out = []
        for char in text:
            if char == " " and self.dice.random() < 0.1:
                out.append(self.dice.choice(("\n", "\n\t\t", "  \n", "\t")))
            elif self.dice.random() < 0.01:
                out.append(f"&#{ord(char)};" if self.dice.random() < 0.5 else f"&#x{ord(char):X};")
            else:
                out.append(html.escape(char, quote=self.dice.random() < 0.5))
        return "".join(out)

    def marked(self, text: str) -> str:
        """Text of which some pieces stand in elements of their own."""
        if self.calm or self.dice.random() < 0.5 or len(text) < 3:
            return self.ink(text)
        cuts = sorted(self.dice.sample(range(len(text) + 1), 2))
        tag = self.dice.choice(("em", "font color=red", "span", "B", "i", "mark", "strong", "u"))
        inner = self.ink(text[cuts[0] : cuts[1]])
        noise = self.dice.choice(("", "", "<!-- x -->", "<wbr>", "<script>var r='<b>1.';</script>"))
        return (
            f"{self.ink(text[: cuts[0]])}<{tag}{self.attributes()}>{inner}</{tag.split()[0]}>"
            f"{noise}{self.ink(text[cuts[1] :])}"
        )

    def gap(self, least: int = 2) -> str:
        """At least so many spaces, as layout makes them."""
        spaces = ("&nbsp;", " ", "&#160;", "&#xA0;", "\u00a0")
        return "".join(self.dice.choices(spaces, k=self.dice.randrange(least, least + 2)))

    def attributes(self) -> str:
        names = ("class", "id", "style", "align", "data-x", "title", "onclick", "nowrap")
        values = (
            "footer",
            "record",
            "rank",
            "abstract",
            "nav",
            "color:#333",
            "a b",
            "相似文献",
            "1.",
        )
        out = []
        for name in self.dice.sample(names, self.dice.randrange(0, 3)):
            value = self.dice.choice(values)
            quote = self.dice.choice(('"', "'"))
            out.append(f" {name}={quote}{value}{quote}" if name != "nowrap" else " nowrap")
        return "".join(out)

    def link(self, href: str, inner: str) -> str:
        href = html.escape(href) if self.dice.random() < 0.7 else href
        wrap = "" if self.calm else self.dice.choice(("", "", "b", "span", "font"))
        inner = f"<{wrap}>{inner}</{wrap}>" if wrap and self.dice.random() < 0.5 else inner
        made = f'<a{self.attributes()} href="{href}" target=_blank>{inner}</a>'
        return f"<{wrap}>{made}</{wrap}>" if wrap else made

    def noise(self) -> str:
        """What is on the page and not shown."""
        if self.calm:
            return ""
        hidden = (
            f"99.<a href='view_abstract.aspx?aid={aid(self.dice)}'>Hidden title</a>总被引:1,自引:0,"
            f"他引:1 hidden words <a href='relate_search.aspx?aid={aid(self.dice)}'>相似文献</a>"
        )
        return self.dice.choice(
            (
                *("", "\n", "  ", "\n\t"),
                "<!-- <a href='relate_search.aspx?aid=0'>相似文献</a> -->",
                "<script>document.write('<td>1.</td>相似文献');</script>",
                "<style>.a{display:none}</style>",
                f'<div style="color:red; display : none">{hidden}</div>',
                f"<span hidden>{hidden}</span>",
                "<input type=hidden value='相似文献'><img src=x.gif alt='1.'>",
                "<span></span>",
            )
        )


@dataclass(frozen=True)
class Pieces:
    """The parts of one record as HTML without line breaks; empty where the record lacks one."""

    rank: str
    title: str
    marks: str
    """How often it was cited, and the free PDF."""
    people: str
    """Authors and citation."""
    paragraphs: list[str]
    kin: str


def citation(work: Work, dice: random.Random) -> str:
    """``《…》year,vol(issue):pages``, in narrow or full-width punctuation."""
    if not work.venue:
        return ""
    text = f"{work.year}"
    if work.volume:
        text += f",{work.volume}"
    if work.issue:
        text += f"({work.issue})"
    if work.pages:
        text += f":{work.pages}"
    wide = dice.random() < 0.2 and "," not in (work.pages or "")
    table = {",": "，", "(": "（", ")": "）", ":": "："}
    return f"《{work.venue}》" + ("".join(table.get(c, c) for c in text) if wide else text)


def address(kind: str, work_aid: str, dice: random.Random) -> str:
    """An address of the family, its parameters in any order."""
    given = [("pcid", "5B3AB970F71A803D"), ("aid", work_aid)]
    if kind == "relate_search.aspx":
        given += [("language", "1")]
    else:
        given += [("jid", "0F"), ("yid", "2B"), ("referenced_num", "3")]
    dice.shuffle(given)
    return kind + "?" + "&".join(f"{name}={value}" for name, value in given)


def pieces(work: Work, pen: Pen, links: dict[str, tuple[str, str]]) -> Pieces:
    dice = pen.dice
    article = address("view_abstract.aspx", work.aid, dice)
    kin = address("relate_search.aspx", work.aid, dice)
    links[work.aid] = (article, kin)
    rank = dice.choice(("{}.", "{}.", "{}.", "{}、", "[{}]", "{}")).format(work.rank)
    rank = dice.choice(("{}", "<b>{}</b>", "<font size=2>{}&nbsp;</font>")).format(rank)
    marks = ""
    if work.cited:
        total, own, others = work.cited
        words = f"总被引:{total},自引:{own},他引:{others}"
        marks += pen.gap() + dice.choice(("{}", "<font color=gray>{}</font>")).format(words)
    if work.pdf:
        words = dice.choice(("下载免费PDF全文", pen.link("pdf.aspx?x=1", "下载免费PDF全文")))
        marks += pen.gap(1) + words
    parts = [html.escape(part) for name in work.authors for part in halves(name)]
    names = "".join(f"{part}{pen.gap()}" for part in parts[:-1]) + "".join(parts[-1:])
    cite = pen.marked(citation(work, dice))
    kin_words = dice.choice(("相似文献", "<b>相似</b>文献", "相似文献"))
    return Pieces(
        rank=rank,
        title=pen.link(article, pen.marked(work.title or "")),
        marks=marks,
        people=names + pen.gap(1) + cite if names else cite,
        paragraphs=([work.heading] if work.heading else [])
        + [pen.marked(paragraph) for paragraph in work.paragraphs],
        kin=pen.gap() + pen.link(kin, kin_words) + pen.gap(1),
    )


def halves(name: str) -> list[str]:
    """What of a name stands two spaces apart: a Western one's surname and initials."""
    words = name.split(" ")
    at = next((i for i, word in enumerate(words) if word.endswith(".")), len(words))
    return [" ".join(part) for part in (words[:at], words[at:]) if part]


def tables(p: Pieces, pen: Pen) -> str:
    dice = pen.dice
    rows = [f"<td{pen.attributes()}>{p.rank}</td><td>{p.title}{p.marks}</td>"]
    if dice.random() < 0.3:
        rows = [f"<td colspan=2>{p.rank} {p.title}</td>", f"<td></td><td>{p.marks}</td>"]
    if p.people:
        rows.append(f"<td>&nbsp;</td><td><font size=2>{p.people}</font></td>")
    body = "".join(f"<p>{one}</p>" for one in p.paragraphs)
    if dice.random() < 0.3:
        body = f"<table><tr><td>{body}</table>"
    if dice.random() < 0.5:
        rows.append(f"<td></td><td>{body}{p.kin}</td>")
    else:
        rows += [f"<td></td><td>{body}</td>", f"<td colspan=2 align=right>{p.kin}</td>"]
    inner = "".join(f"<tr{pen.attributes()}>{row}</tr>{_outside_rows(pen)}" for row in rows)
    return f"<TABLE width=98%{pen.attributes()}>{inner}</TABLE>{pen.noise()}"


def _outside_rows(pen: Pen) -> str:
    return pen.dice.choice(("", "\n", "<!-- row -->"))


def divs(p: Pieces, pen: Pen) -> str:
    dice = pen.dice
    head = f"<h3{pen.attributes()}><span>{p.rank}</span> {p.title}</h3><div>{p.marks}</div>"
    if dice.random() < 0.5:
        head = f"<div{pen.attributes()}>{p.rank}</div><div>{p.title}{p.marks}</div>"
    people = f"<div{pen.attributes()}>{p.people}</div>" if p.people else ""
    body = "".join(f"<div>{one}</div>{pen.noise()}" for one in p.paragraphs)
    kin = dice.choice(("{}", "<div>{}</div>", "<p>{}")).format(p.kin)
    return f"<div{pen.attributes()}>{pen.noise()}{head}{pen.noise()}{people}{body}{kin}</div>"


def definitions(p: Pieces, pen: Pen) -> str:
    people = f"<dd>{p.people}</dd>" if p.people else ""
    body = "<br/>".join(p.paragraphs)
    return (
        f"<dt{pen.attributes()}>{p.rank} {p.title}{p.marks}</dt>{people}"
        f"<dd{pen.attributes()}>{body}{p.kin}</dd>"
    )


def breaks(p: Pieces, pen: Pen) -> str:
    lines = [f"{p.rank}", f"{p.title}{p.marks}"]
    if pen.dice.random() < 0.5:
        lines = [f"{p.rank}&nbsp;{p.title}{p.marks}"]
    lines += [p.people] if p.people else []
    lines += p.paragraphs
    broken = pen.dice.choice(("<br>", "<BR/>\n", "<br clear=all><br>")).join(lines)
    return f"{broken}{p.kin}<br>"


def minified(p: Pieces, pen: Pen) -> str:
    people = f"<p>{p.people}" if p.people else ""
    body = "".join(f"<p>{one}" for one in p.paragraphs)
    return f"<tr><td>{p.rank}<td>{p.title}{p.marks}{people}{body}{p.kin}"


Layout = Callable[[Pieces, Pen], str]
LAYOUTS: dict[str, tuple[Layout, str, str]] = {
    "tables": (tables, "", ""),
    "divs": (divs, "<div class=list>", "</div>"),
    "definitions": (definitions, "<dl>", "</dl>"),
    "breaks": (breaks, "<td valign=top>", "</td>"),
    "minified": (minified, "<table>", "</table>"),
}


@dataclass(frozen=True)
class Page:
    """A page, and what its records' links are as it writes them."""

    markup: str
    links: dict[str, tuple[str, str]]
    """Article and kin address by aid."""


def result_page(
    works: list[Work],
    dice: random.Random,
    layout: str,
    *,
    stated: int | None = None,
    declared: str | None = "utf-8",
) -> Page:
    """A result page in one of `LAYOUTS`."""
    record, opening, closing = LAYOUTS[layout]
    pen = Pen(dice, calm=layout == "minified")
    links: dict[str, tuple[str, str]] = {}
    body = "".join(record(pieces(work, pen, links), pen) for work in works)
    head = "<title>相似文献_拾叶</title>"
    if declared:
        head = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>" + head
    markup = (
        f"{dice.choice(('<!DOCTYPE html>', '', '<!-- a page -->'))}<HTML><head>{head}</head>"
        f"<body{pen.attributes()}>{_header(pen, stated if stated is not None else len(works))}"
        f"{opening}{body}{closing}{_footer(pen)}"
    )
    return Page(markup + dice.choice(("</body></html>", "", "</html>\n")), links)


def _header(pen: Pen, total: int) -> str:
    words = " | ".join(pen.link(f"n{i}.aspx", word) for i, word in enumerate(HEAD_WORDS))
    line = pen.dice.choice(("", "<h2>相似文献</h2>", "<p>相似文献</p>"))
    stated = pen.dice.choice(
        (
            "&nbsp;共查询到{}条相似文献,搜索用时 31 毫秒",
            "共查询到<b>{}</b>条相似文献，搜索用时&nbsp;<font color=red>31</font>&nbsp;毫秒",
            "<span>共查询到 {} 条相似文献</span>,<span>搜索用时 31 毫秒</span>",
        )
    ).format(total)
    return f"<div>{words}</div>{line}{pen.noise()}<div>{stated}</div>"


def _footer(pen: Pen) -> str:
    words = " | ".join(pen.link(f"f{i}.aspx", word) for i, word in enumerate(FOOT_WORDS))
    licence = pen.dice.choice((LICENCE, f"<a href='http://icp.example.org/'>{LICENCE}</a>"))
    return (
        f"<div{pen.attributes()}>{words}</div>{pen.noise()}"
        f"<p>Copyright&copy;{OPERATOR}{pen.gap()}{licence}</p>"
    )


def flattened(works: list[Work], dice: random.Random, *, stated: int | None = None) -> str:
    """The page as a text extractor leaves it, in the form that was seen."""
    out = ["首页 | 本学科首页 \u00a0 官方微博 | 高级检索 \u00a0"]
    out += ["相似文献"] if dice.random() < 0.5 else []
    total = stated if stated is not None else len(works)
    out.append(f"\u00a0共查询到{total}条相似文献,搜索用时 31 毫秒")
    for work in works:
        gap = dice.choice(("  ", "\u00a0\u00a0", "\u00a0 "))
        line = work.title or ""
        if work.cited:
            line += "   总被引:{},自引:{},他引:{}".format(*work.cited)
        line += "  下载免费PDF全文" if work.pdf else ""
        names = gap.join(part for name in work.authors for part in halves(name))
        out += [f"{work.rank}.", line, f"{names} {citation(work, dice)}".strip()]
        out += ([work.heading] if work.heading else []) + work.paragraphs
        if work.paragraphs or dice.random() < 0.5:
            out[-1] += "\u00a0\u00a0相似文献 \u00a0\u00a0"
        else:
            out.append("\u00a0\u00a0相似文献 \u00a0\u00a0")
        out.append("")
    out += [" | ".join(FOOT_WORDS), "", f"Copyright©{OPERATOR}\u00a0\u00a0{LICENCE}"]
    return "\n".join(line for line in out if line is not None)
