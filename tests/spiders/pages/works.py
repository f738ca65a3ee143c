"""Invented works, with what trips readers in their texts: the truth that pages are made of."""

import random
from dataclasses import dataclass
from typing import Any

_ZH = (
    "政府 数据 治理 档案 公众 传播 平台 湖泊 沉积 流变 "
    "土壤 水稻 地震 波速 语料 检索 模型 机制 影响 差异"
)
_EN = (
    "river basin sediment archive citizen platform policy polymer melt shear survey model "
    "government media network retrieval corpus wheat soil fault velocity"
)
_GLUE = "of the in and for with under between on".split()
_SURNAMES = (
    "McAdams Williams O'Hara Müller de\u00a0Souza van\u00a0Dijk Park Li Okonkwo Žižek".split()
)
_HAN_SURNAMES = "朱 袁 李 欧阳 司马 陈 王 阿"
_HAN_GIVEN = "某彪 某 晓 丽乐 二 建国 小雨"
_TRAPS_ZH = (
    "各相似文献之间差别不大。",
    "检索词为“相似文献”,共查询到128条相似文献后逐条核对。",
    "数据取自《湖区统计年鉴》2016年卷。",
    "参见《湖泊科学》2015,27(3):1-12一文的方法。",
    "网站的免责声明、加入收藏与设为首页等栏目不计。",
    "总被引频次为26,自引率低。",
    "显著水平p<0.05,且q>2&r≠0。",
    "1.样本;2.方法;3.结果。",
    "其式为[Fe(CN)6]3-,见文[12]。",
    "作者单位:某研究所;摘要:略。",
    "首页与高级检索的点击量相当。",
    "前段\u2028后段。",
)
_TRAPS_EN = (
    "Values of p < 0.05 & q > 2 were kept; see [12].",
    "Copyright © 2017 Example Press Ltd. All rights reserved.",
    "It compares 1. cost, 2. time and 3. loss.",
    "The word 相似文献 stands on every page.",
    "The <b>bold</b> tag and &amp; entity are shown literally.",
    "Cited in 《Lake Review》 2015, among others.",
    "One line\u2028and another.",
    "Abstract models differ from tables.",
    "No disclaimer | no favourites.",
)
_LABELS = (("【", "】"), ("[", "]"))
_PARTS = (("目的", "方法", "结果"), ("目的/意义", "方法/过程", "结果/结论"), ("背景", "局限"))
_NOTES = ("(责任编辑 某某)", "[编者按:本文为连载之二]", "(Edited by N. N.)")

_ROUGH_ZH = (
    "版权所有 © 2017 某某出版社。",
    "关于拾叶 | 加入收藏一栏另文讨论。",
    "免责声明、加入收藏与设为首页等栏目不计。",
    "总被引:3,自引:1,他引:2 一行是引文数。",
    "首页 | 高级检索",
    "略。",
    "作者姓名:某某。",
    "[1] 某某. 湖泊研究[J]. 湖泊科学, 2015, 27(3): 1-12.",
    "《湖泊科学》2015,27(3):1-12",
    "网址中的&nbsp;与&lt;p&gt;照录。",
)
_ROUGH_EN = (
    "Copyright © 2017 Example Press Ltd. All rights reserved.",
    "(c) 2015 N. N. and others; see www.example.org/disclaimer.",
    "See &nbsp; and &lt;p&gt; in the source.",
    "相似文献 are literature.",
    "https://www.example.org/view_abstract.aspx?aid=1",
    "Keywords are left to the reader.",
)
"""Paragraphs that stand for something else on another page."""
_ROUGH_TITLES_ZH = (
    "1998年以来湖泊研究的进展",
    "评《湖泊科学》2015年第3期",
    "论湖",
    "共查询到20条相似文献的启示",
    "关于湖泊",
    "某湖调查报告(摘要)",
)
_ROUGH_TITLES_EN = (
    "What is a lake?",
    "Copyright © in the age of lakes",
    "A < B & C > D: \"quoted\" 'titles' of the lakes",
    "a title in small letters, and of the lake.",
)


@dataclass
class Work:
    """One record as a page lists it; None and empty where the page leaves it out."""

    rank: int
    aid: str
    title: str | None
    authors: list[str]
    venue: str | None
    year: int | None
    volume: str | None
    issue: str | None
    pages: str | None
    paragraphs: list[str]
    sections: list[dict[str, str]]
    cited: tuple[int, int, int] | None
    pdf: bool
    heading: str | None
    """What the page prints above the abstract."""
    language: str | None

    @property
    def abstract(self) -> str | None:
        return "\n".join(self.paragraphs) or None

    def expected(self) -> dict[str, Any]:
        """What a reader should say of it, without addresses and identity."""
        cited = self.cited and dict(zip(("total", "self", "others"), self.cited, strict=True))
        fields = ("rank", "title", "authors", "venue", "year", "volume", "issue", "pages")
        return {
            **{name: getattr(self, name) for name in (*fields, "abstract", "sections")},
            "cited_by": cited,
            "free_pdf": self.pdf,
            "language": self.language,
        }


def aid(dice: random.Random) -> str:
    digits = f"{dice.getrandbits(128):032x}"
    return digits.upper() if dice.random() < 0.5 else digits


def a_work(dice: random.Random, rank: int) -> Work:
    zh = dice.random() < 0.5
    cited = None
    if dice.random() < 0.5:
        own, others = dice.randrange(4), dice.randrange(60)
        cited = (own + others, own, others)
    has_venue = dice.random() < 0.8
    work = Work(
        rank=rank,
        aid=aid(dice),
        title=_title(dice, zh),
        authors=_authors(dice, zh) if dice.random() < 0.85 else [],
        venue=dice.choice(("湖泊科学", "某大学学报(社会科学版)", "Rheologica Acta", "Lake & River"))
        if has_venue
        else None,
        year=dice.randrange(1950, 2027) if has_venue else None,
        volume=dice.choice((None, "60", "12A", "3")) if has_venue else None,
        issue=dice.choice((None, "10", "3-4", "Z1", "增刊1")) if has_venue else None,
        pages=dice.choice((None, "3832-3843", "102-109", "e12", "5-9,17", "S1-S7"))
        if has_venue
        else None,
        paragraphs=[],
        sections=[],
        cited=cited,
        pdf=dice.random() < 0.4,
        heading=None,
        language="zh" if zh else "en",
    )
    if dice.random() < 0.85:
        _fill_abstract(dice, work, zh)
    return work


def _title(dice: random.Random, zh: bool) -> str:
    if zh:
        words = "".join(dice.choices(_ZH.split(), k=dice.randrange(4, 9)))
        form = dice.choice(("{}研究", "论《史记》与{}", "{}——以某湖为例", "{}(1):综述", "2.5维{}"))
        return form.format(words)
    words = " ".join(
        f"{word} {dice.choice(_GLUE)}" for word in dice.choices(_EN.split(), k=dice.randrange(3, 8))
    )
    form = dice.choice(
        ("{} a review", "{} 相似文献: an aside", "Part 1. {} it", "On the {} <i>x</i>")
    )
    return form.format(words)


def _authors(dice: random.Random, zh: bool) -> list[str]:
    count = dice.randrange(1, 6)
    if zh:
        return [
            dice.choice(_HAN_SURNAMES.split()) + dice.choice(_HAN_GIVEN.split())
            for _ in range(count)
        ]
    initials = ("J. E.", "M.", "A.-B.", "C. D. E.")
    return [
        f"{dice.choice(_SURNAMES)} {dice.choice(initials)}".replace("\u00a0", " ")
        for _ in range(count)
    ]


def _sentences(dice: random.Random, zh: bool, least: int) -> str:
    found = []
    for _ in range(dice.randrange(least, least + 4)):
        if dice.random() < 0.3:
            found.append(dice.choice(_TRAPS_ZH if zh else _TRAPS_EN))
        elif zh:
            found.append("".join(dice.choices(_ZH.split(), k=dice.randrange(5, 15))) + "。")
        else:
            words = " ".join(
                f"{dice.choice(_GLUE)} {word}"
                for word in dice.choices(_EN.split(), k=dice.randrange(5, 15))
            )
            found.append(f"{words.capitalize()}.")
    return ("" if zh else " ").join(found)


def _fill_abstract(dice: random.Random, work: Work, zh: bool) -> None:
    opening = "本文讨论湖泊与数据的关系。" if zh else "We study the basin and the survey in full."
    if zh and dice.random() < 0.4:
        left, right = dice.choice(_LABELS)
        for label in dice.choice(_PARTS):
            body = "湖泊数据如何治理。" + _sentences(dice, zh, 1)
            work.sections.append({"label": label, "text": body})
        joined = "".join(f"{left}{p['label']}{right}{p['text']}" for p in work.sections)
        work.paragraphs = [joined]
    else:
        work.paragraphs = [opening + ("" if zh else " ") + _sentences(dice, zh, 2)]
        for _ in range(dice.choice((0, 0, 0, 1, 2))):
            first = dice.choice(("", "1. ", "(2) ", "《导论》指出:" if zh else "2. "))
            work.paragraphs.append(first + _sentences(dice, zh, 1))
        if dice.random() < 0.2:
            work.paragraphs.append(dice.choice(_NOTES))
    if dice.random() < 0.4:
        work.heading = dice.choice(("Abstract", "摘要", "Abstract:", "摘    要:", "ABSTRACT"))


def works(dice: random.Random, count: int, *, rough: bool = False) -> list[Work]:
    """``rough``: with more of what a page's landmarks could be mistaken for."""
    made = [a_work(dice, rank) for rank in range(1, count + 1)]
    if rough:
        for work in made:
            _roughen(dice, work)
    return made


def _roughen(dice: random.Random, work: Work) -> None:
    zh = work.language == "zh"
    if dice.random() < 0.2:
        work.title = dice.choice(_ROUGH_TITLES_ZH if zh else _ROUGH_TITLES_EN)
    if work.paragraphs and not work.sections:
        for _ in range(dice.choice((0, 0, 1, 2))):
            rough = dice.choice(_ROUGH_ZH if zh else _ROUGH_EN)
            if dice.random() < 0.2:
                rough = f"{work.rank + 1}. {rough}"
            work.paragraphs.insert(dice.randrange(1, len(work.paragraphs) + 1), rough)
        if dice.random() < 0.1:
            work.paragraphs = ["湖。" if zh else "We study the lake."]
    if zh and dice.random() < 0.1:
        work.authors = [*work.authors, "买买提·艾力", "某某课题组"][: dice.randrange(1, 40)]
    if dice.random() < 0.1:
        work.authors *= dice.randrange(1, 9)
    long = len(work.abstract or "") > 40
    long = long and (len(work.authors) > 1 or len(work.paragraphs[0]) > 300)
    if long and len(work.authors) != 1 and dice.random() < 0.1:
        work.title = None
