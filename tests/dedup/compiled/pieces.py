"""Texts glued together from what real ones are made of, in an order that no source would print.

A piece alone is seldom odd; what stands beside it is: a label behind a bracket, a mark behind a
letter that takes it, a copyright line behind a cut.
"""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

ENGLISH = """
we sowed two fields and counted what came up|The results were confirmed in 2019|p < 0.05|Methods|
In this paper, a new approach is proposed|TNF-α and β-cells|
the patients were followed for 12 weeks|state-of-the-art|naïve Bayes|Sjögren's syndrome|
e.g. in vitro|(n = 40)|x|a b c|CD4+ T-cells|copyright law in practice|full text search|
published by hand|open access|DOI 10|keyword search|an abstract of the matter|summary|
licence agreement|springer|wiley|subject terms differ|key findings
""".replace("\n", "").split("|")
CHINESE = """
本文分析了两块田地的出苗情况|结果表明|目的在于探讨|方法简便|研究对象为患者|权係數兩塊|関係|
資料与方法|关键问题|主题明确|版权|下载量|未经处理|收稿|讨论了结果|第3次|摘要|提出了建议|在2019年|
目|的|体|裡
""".replace("\n", "").split("|")
STOPS = [
    *(
        ". ",
        "; ",
        "! ",
        "? ",
        ", ",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u2028",
        "\u2029",
        "\x85",
        "\x0b",
    ),
    *(
        "。",
        "；",
        "，",
        "、",
        "！",
        "？",
        "：",
        "．",
        ".",
        ";",
        ":",
        "-",
        "—",
        "–",
        "/",
        "&",
        "…",
        "...",
    ),
    *(". . .", "\u00a0", "\u3000", "\u2009", "..", "․", "‥", '" ', "') ", ") ", "]"),
]
LABELS = """
METHODS:|Aims and objectives: |BACKGROUND—|Results –|Conclusions:|objective |Aim/Methods:|
Introduction & aims:|Data sources: |main outcome measures:|Methods, results: |[Objective]|
[ Results ]:|【目的】|目的 |目的:|方法：|研究方法 |【目的/意义】|[结果]|〔方法〕|〖结论〗|
研究目的与方法：|结果、结论：|【方法 】|创新点 |【研究 目的】|目的和方法:|Trial registration:|
[Methods|目的】|【摘要】|methods and materials and results:
""".replace("\n", "").split("|")
HEADINGS = """
Abstract|ABSTRACT: |A B S T R A C T |Summary: |Summary|Resumen |摘要：|摘 要 |【摘要】|内容提要：|
文 摘|요약|초록 |抄録|要旨|Аннотация: |Copyright © 2019 The Authors. |(C) 2020 X. |© 2018 |
中文摘要 |*Abstract*|(c) 1999 |copyright
""".replace("\n", "").split("|")
ENDS = """
© 2019 A Publisher Ltd.| (C) 2020 A. B.V.. All rights reserved.| Keywords: field; seed; count|
 Key words - field, seed|关键词：田地；出苗|【关键词】田地| 版权所有 © 2016 编辑部|
 This is an open access article that permits unrestricted use.| Published by Some House.|
未经许可不得转载。|欢迎关注本刊公众号。| To read on, log in on our website.| Copyright 2019 by X|
 copyright|©|(c) the authors| [Keywords] a, b|；主题词 x| doi: 10.1000/182|
 https://doi.org/10.1/x|…|...| [...]| ... (more)|……| …更多|...全文| Read more|. . .|… |...\n|
 (PsycINFO Database Record (c) 2016 APA, all rights reserved)| © |℗ 1999 Y|.©2001 Z. a|
. Index terms: a| MeSH terms - b|. subject terms| keyword| ...]|.. .|. ...x| [Read more]
""".replace("\n", "").split("|")
MARKUP = r"""
&amp;|&nbsp;|&#97;|&#x4e2d;|&amp;lt;i&amp;gt;|&lt;|AT&T|& |R&D|&alpha;|&bogus|<i>x</i>|<p>|</p>|
<jats:p>|<!-- n -->|<b id='x'>|a<b, c > d|<|>|]]>|<![CDATA[|<3|\alpha|\Beta|\textit{x}|\'e|\"{o}|
\c{c}|\v|$x$|$|CO$_{2}$|x_{i}|x^2|_{|^{|{|}|\\|\%|\&|\#|\$|\_|\,|\;|\!|\ |\mu m|\alpha{|\alphax|
$\beta$|a_b|a__b|x^|(x)_i|\pi\pi|\,\alpha|\*|\alpha*|^|_|\omega_0|α_{1}|x_\alpha|x_é|{\'i}|\=o|
&R|&Reink),|&CO2|&copy|&copyx|&lt|&notit;|&ampx|& a;|&#x|x^\circ|x^{\top}|x_\mu|)^\%|a^\'e|a_\\|
\~n|\.z|\H{o}|\u{g}|\k a|\k{a}|\begin{equation}|$$|\(x\)|\[y\]|\textbf
""".replace("\n", "").split("|")
SCRIPTS = [
    *(
        "Ｆｕｌｌ　ｗｉｄｔｈ",
        "（１２）",
        "ｶﾞｷﾞ",
        "か\u3099",
        "ﾊ\u309a",
        "ガギグ",
        "ひらがな",
        "々〇",
    ),
    *(
        "e\u0301",
        "a\u0323\u0301",
        "\u0301",
        "\u0345",
        "n\u0303",
        "ﬁ",
        "ß",
        "ẞ",
        "İ",
        "ı",
        "ſ",
        "ŉ",
        "ǰ",
    ),
    *("сева\u0301 поле", "й", "и\u0306", "Ё", "ґ", "ø", "Đ", "Ł", "Æ", "œ", "ð", "Þ"),
    *(
        "α",
        "β",
        "Ω",
        "Ω",
        "µ",
        "ς",
        "σ",
        "αβ",
        "ελληνικά",
        "α-β",
        "αx",
        "ϕ",
        "ϑ",
        "ά",
        "ᾳ",
        "ΐ",
        "ΟΔΟΣ",
        "Σ",
    ),
    *(
        "한국어",
        "각",
        "\u1100\u1161",
        "\u1100\u1161\u11a8",
        "가\u11a8",
        "\u1161",
        "ㄱ",
        "ﾡ",
        "한국 어",
    ),
    *("ข้าว", "น้ำ", "ลาว", "ကို", "ខ្មែរ", "བོད", "नमस्ते", "क़", "বাংলা", "تَعْلِيم", "ﷺ", "לָ", "ﬡ"),
    *(
        "\U0001f600",
        "👩\u200d🔬",
        "\U0001f1e8\U0001f1f3",
        "\U00020000",
        "\U0002f800",
        "\U0003fffd",
        "\U00040000",
    ),
    *(
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u200d",
        "\u2060",
        "\u202e",
        "\u034f",
        "\u180e",
        "\u115f",
        "\u3164",
    ),
    *("\x00", "\x01", "\x1f", "\x7f", "\ufffd", "\ue000", "\uffff", "\U0010ffff", "\U000e0041"),
    *("Ⅳ", "ⅷ", "ⅻ", "①", "½", "²", "㍿", "㎏", "℃", "™", "№", "٣", "१२", "๓", "𝟗", "𝐀", "１", "٫"),
    *(
        "″",
        "⁓",
        "′",
        "‐",
        "‑",
        "−",
        "－",
        "·",
        "・",
        "｡",
        "､",
        "〜",
        "【",
        "】",
        "〔",
        "『",
        "「",
        "（",
        "［",
        "］",
        "_",
        "＿",
    ),
    *(
        "ᾀ",
        "ὒ",
        "῎",
        "\u0344",
        "\u0f73",
        "\u0fb2\u0f71\u0f80",
        "\u2126",
        "\u212b",
        "𝅗𝅥",
        "ｰ",
        "゙",
        "゛",
    ),
    *(
        "\u0300\u0315",
        "\u05b0\u05bc",
        "\u0e38",
        "\u0eb8",
        "\u302a",
        "\u20d0",
        "\ufe20",
        "\u1dc0",
        "\U00011099\U000110ba",
    ),
]
BREAKS = [
    "mod-\nels",
    "mod- els",
    "mod-  els",
    "mod-\r\nels",
    "mod- \n els",
    "表-\n面",
    "3-\n4",
    "-\nx",
    "a-\n\nb",
    "x-\u00a0\u00a0y",
    "_-\nx",
    "α-\nβ",
    "é-\ny",
    "co-\n\tz",
    "a-\u2028b",
    "٣-\nx",
]
LONG = [
    "x" * 70,
    "é" * 300,
    "田" * 200,
    "word " * 60,
    "字，" * 150,
    "a1" * 40,
    "ab. " * 130,
    " " * 90,
    "\n" * 90,
]
LABEL_PARTS = [
    *"""
研究 目的 方法 结果 创新点 与 和 及 、 / & : ： — , aims and objective objectives methods main
results of the [ ] 【 】 〔 〕 . 。 ) ; review purpose
""".split(),
    *(" ", " ", "\n", "\u3000", ". ", "\t"),
]
END_PARTS = [
    *"""
copyright © (c) ℗ the by 2019 all rights reserved keywords key words 关键词 主题词 : - — 【 】 [
] ( ) . 。 ; … ... read more 更多 全文 未经 许可 转载 published version full text elsevier 版权
版权所有 _ a 的 doi 10.1/x " and phrases 关键 词 主题 著作 权 扫描 二维码 下载 阅读 supplementary
material open access article articles online version of this final (a) x1 (b) naïveα
""".split(),
    *(" ", " ", " ", "\n", "\u3000", ". ", "  ", "word " * 50),
]
TITLES = """
On ants, part II|Part 2|: IV. |Erratum: |Reply to |[Article]|(abstract)|(panel session)|Editorial|
Front Matter|editor's note|Book review|[On ants]|(II)|（上）|之二|第一部分|第3期|勘误|更正：|商榷|
Vol. 3|No. 12|i|v|x|xx|xxi|iii|mix|comment on|2001|1990-2000|Introduction to the special issue|
News from|[in Chinese]|【论文】|(in press)|*|†|. |Rain in Peru|and Chile|: a randomised trial|
authors' reply|Retraction of|withdrawn|calendar|index|目录|前言|书评
""".replace("\n", "").split("|")

ABSTRACT = [
    ENGLISH,
    CHINESE,
    STOPS,
    STOPS,
    LABELS,
    HEADINGS,
    ENDS,
    ENDS,
    MARKUP,
    SCRIPTS,
    BREAKS,
    LONG,
]
JOINTS = [LABEL_PARTS, LABEL_PARTS, END_PARTS]
SENTENCES = [
    *"""
we see. |and. |so it was! |as was asked? |于是。|结果如下；|但是.|elsevier |版权 |(c) the |
© |keywords: |copyright |open access |published by |full text |supplementary material |
keyword-based |;目的\n|;结果 |【方法】\n|[aim]\n|. methods:\n|;\nresults: |目的 |more|全文|
...|doi |10.|methods/results: |aims, methods and results: |目的和方法:|方法、结果：|
方法/results:|材料与方法 |methods and aims and scope: |of results: |results, of: |\n|) |。
""".replace("\n", "")
    .replace("\\n", "\n")
    .split("|"),
    "word " * 30,
    "word " * 130,
    "字" * 300,
]
"""Sentences short and long, and what in the last of them would not be kept."""
PLAIN = [ENGLISH, CHINESE, STOPS, STOPS, LABELS, ENDS]
TITLE = [ENGLISH, CHINESE, STOPS, STOPS, TITLES, TITLES, TITLES, SCRIPTS, MARKUP, BREAKS]


def glued(tables: Sequence[Sequence[str]], most: int = 14) -> st.SearchStrategy[str]:
    """Texts of pieces of these tables, and now and then of any character."""
    odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
    piece = st.one_of(*(st.sampled_from(table) for table in tables), odd)
    return st.lists(piece, max_size=most).map("".join)


def drawn(dice: random.Random, tables: Sequence[Sequence[str]], most: int = 14) -> str:
    """One such text, by dice: a hundred times as fast, and not made smaller when it fails."""
    pieces = [dice.choice(dice.choice(tables)) for _ in range(dice.randint(0, most))]
    if dice.random() < 0.2:
        place = dice.randrange(len(pieces) + 1)
        pieces.insert(
            place, chr(dice.choice((dice.randrange(0xD800), dice.randrange(0xE000, 0x33000))))
        )
    return "".join(pieces)
