"""A page before mark-up: lines of pieces in the order of the site, the source of all mark-ups."""

from dataclasses import dataclass
from typing import Literal

from crawler.sample.addresses import (
    article_address,
    hex_id,
    similar_address,
    start_address,
    subject_id,
)
from crawler.sample.corpus import Corpus
from crawler.sample.dice import Dice
from crawler.sample.papers import Paper

Role = Literal[
    "nav", "total", "rank", "title", "cited", "pdf", "author", "venue", "cite", "abstract",
    "similar", "label", "foot", "gap",
]  # fmt: skip
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one role, perhaps a link."""

    text: str
    role: Role
    href: str | None = None


Line = tuple[Piece, ...]
"""What stands on one line of the page; never empty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a page. The rank, if any, is a line of its own."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A page from top to bottom."""

    title: str
    header: tuple[Line, ...]
    entries: tuple[Entry, ...]
    footer: tuple[Line, ...]
    stated_total: int | None = None
    """None: an article's page."""
    stated_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the hosts of some subjects; invented."""

    name: str
    short: str
    licence: str


OPERATORS = (
    Operator("北京拾穗样例科技有限公司", "拾穗", "京ICP备00000017号"),
    Operator("上海穗海示范信息技术有限公司", "穗海", "沪ICP备00000029号-3"),
    Operator("吉林省禾页虚构文献服务中心", "禾页", "吉ICP备00000031号"),
)


def operator_of(subject: int) -> Operator:
    return OPERATORS[subject % len(OPERATORS)]


def _footer(subject: int) -> tuple[Line, ...]:
    runs = operator_of(subject)
    names = ("设为首页", "免责声明", f"关于{runs.short}", "加入收藏")
    links: list[Piece] = []
    for at, name in enumerate(names):
        if links:
            links.append(Piece(" | ", "gap"))
        links.append(Piece(name, "foot", f"/about.aspx?page={at}"))
    words = f"Copyright©{runs.name}{NBSP}{NBSP}{runs.licence}"
    return tuple(links), (Piece(words, "foot"),)


def _header(corpus: Corpus, subject: int) -> Line:
    """The main host's words on the first subject, a subject host's on the others."""
    pcid = subject_id(corpus.seed, subject)
    middle = "本学科首页" if subject else "官方网站"
    board = "官方微博" if subject else "微博"
    return (
        Piece("首页", "nav", "/"),
        Piece(" | ", "gap"),
        Piece(middle, "nav", f"/subject?pcid={pcid}"),
        Piece(f" {NBSP} ", "gap"),
        Piece(board, "nav", "/about.aspx?page=8"),
        Piece(" | ", "gap"),
        Piece("高级检索", "nav", "/about.aspx?page=9"),
    )


def _byline(paper: Paper, dice: Dice) -> Line:
    gap = Piece(dice.pick(("  ", NBSP * 2)), "gap")
    pieces: list[Piece] = []
    for name in paper.names:
        # Surname and initials stand two spaces apart too, as the site prints them.
        pieces += [Piece(gap.text.join(name), "author"), gap]
    if paper.venue is None:
        return tuple(pieces[:-1])
    if pieces:
        pieces[-1] = Piece(" ", "gap")
    return (*pieces, *_citation(paper))


def _citation(paper: Paper) -> Line:
    volume = paper.volume or ""
    issue = f"({paper.issue})" if paper.issue else ""
    where = f"{paper.year},{volume}{issue}:{paper.pages}"
    journal = f"/journal.aspx?jid={hex_id('journal', paper.venue, digits=32)}"
    return Piece(f"《{paper.venue}》", "venue", journal), Piece(where, "cite")


def _title_line(corpus: Corpus, index: int, paper: Paper) -> Line:
    href = article_address(corpus.seed, index, paper.subject, paper.venue, paper.year)
    line = [] if paper.title is None else [Piece(paper.title, "title", href)]
    if paper.cited is not None:
        own, others = paper.cited
        counts = f"总被引:{own + others},自引:{own},他引:{others}"
        line += [Piece(NBSP * 3, "gap"), Piece(counts, "cited")]
    if paper.free_pdf:
        pdf = f"/getpdf.aspx?id={hex_id('pdf', corpus.seed, index)}"
        line += [Piece(NBSP * 2, "gap"), Piece("下载免费PDF全文", "pdf", pdf)]
    return tuple(line)


def _abstract_lines(paper: Paper) -> list[Line]:
    lines: list[Line] = []
    if paper.headed and paper.abstract:
        heading = "Abstract" if paper.language == "en" else "摘要"
        lines.append((Piece(heading, "label"),))
    return lines + [(Piece(text, "abstract"),) for text in paper.abstract]


def _entry(corpus: Corpus, index: int, rank: int, page: int) -> Entry:
    paper = corpus.paper(index)
    dice = Dice(corpus.seed, "link", page, index)
    lines: list[Line] = [(Piece(f"{rank}.", "rank"),), _title_line(corpus, index, paper)]
    lines += [_byline(paper, dice), *_abstract_lines(paper)]
    href = similar_address(corpus.seed, index, paper.subject, paper.language, dice)
    end = (
        Piece(NBSP * 2, "gap"),
        Piece("相似文献", "similar", href),
        Piece(f" {NBSP}{NBSP}", "gap"),
    )
    if paper.abstract and dice.chance(0.5):
        lines[-1] += end
    else:
        lines.append(end)
    return Entry(tuple(line for line in lines if line))


def result_layout(corpus: Corpus, index: int, stated: int | None = None) -> Layout:
    """The page that lists a record's kin. ``stated``: a total other than the true one."""
    kin = corpus.plan.kin(index)
    dice = Dice(corpus.seed, "page", index)
    subject = corpus.plan.subject[index]
    ms = dice.between(15, 562)
    total = len(kin) if stated is None else stated
    header: list[Line] = [_header(corpus, subject)]
    if dice.chance(0.3):
        header.append((Piece("相似文献", "nav"),))
    header.append((Piece(f"{NBSP}共查询到{total}条相似文献,搜索用时 {ms} 毫秒", "total"),))
    entries = (_entry(corpus, other, rank, index) for rank, other in enumerate(kin, 1))
    return Layout(
        title=f"相似文献 - {corpus.subject_name(subject)}",
        header=tuple(header),
        entries=tuple(entries),
        footer=_footer(subject),
        stated_total=total,
        stated_ms=ms,
    )


def empty_layout(corpus: Corpus, index: int) -> Layout:
    """A result page that states a total of 0 and lists nothing."""
    subject = corpus.plan.subject[index]
    total = (Piece(f"{NBSP}共查询到0条相似文献,搜索用时 15 毫秒", "total"),)
    return Layout(
        title=f"相似文献 - {corpus.subject_name(subject)}",
        header=(_header(corpus, subject), total),
        entries=(),
        footer=_footer(subject),
        stated_total=0,
        stated_ms=15,
    )


def article_layout(corpus: Corpus, index: int) -> Layout:
    """One record's own page."""
    paper = corpus.paper(index)
    title = paper.title or ""
    lines: list[Line] = [(Piece(title, "title"),)] if title else []
    if paper.venue:
        people = ",".join(paper.authors)
        cite = f"{people}{'.' if people else ''}{title}[J].{paper.venue},{_citation(paper)[1].text}"
        lines.append((Piece("引用本文:", "label"), Piece(cite, "cite")))
    if paper.names:
        names: list[Piece] = [Piece("作者姓名:", "label")]
        for name in paper.names:
            names += [Piece((NBSP * 2).join(name), "author"), Piece(NBSP * 2, "gap")]
        lines.append(tuple(names[:-1]))
        lines.append((Piece("作者单位:", "label"), Piece(paper.institute, "author")))
    if paper.abstract:
        first, *rest = paper.abstract
        lines.append((Piece(f"摘{NBSP * 4}要:", "label"), Piece(first, "abstract")))
        lines += [(Piece(text, "abstract"),) for text in rest]
    words = (NBSP * 2).join(paper.keywords)
    lines.append((Piece(f"关{NBSP}键{NBSP}词:", "label"), Piece(words, "cite")))
    href = start_address(corpus.seed, index, paper.subject, paper.language)
    lines.append((Piece("本文献已被 维普 等数据库收录!", "label"),))
    lines.append((Piece("相似文献", "similar", href),))
    return Layout(
        title=title or corpus.subject_name(paper.subject),
        header=(_header(corpus, paper.subject),),
        entries=(Entry(tuple(lines)),),
        footer=_footer(paper.subject),
    )
