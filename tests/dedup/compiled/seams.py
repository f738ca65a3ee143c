"""Texts in which what folding takes away stands beside whatever may change where it ends.

`pieces` leaves to chance what stands beside what. Here each piece has its place: the end of a
sentence, white space, a label, what joins it to the next, what ends it, and in any of them what
looks like it and is none.
"""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from dedup.boilerplate import CHINESE_LABELS, CLOSING_WORDS, CUE_WORDS, ENGLISH_LABELS

Slots = Sequence[Sequence[str]]

SAID = ["", "", "", "we see", "本文分析", "x", "the results", "目的", "a. b", "\n", "3", "b c; d"]
STOPS = [
    *(
        "",
        "",
        ". ",
        "。",
        ";",
        "；",
        "!",
        "！",
        "?",
        "？",
        ".",
        ")",
        "）",
        "\n",
        ".\n",
        ";\n",
        "，",
    ),
    *(
        ",",
        "、",
        "/",
        "／",
        "&",
        "＆",
        ":",
        "：",
        "—",
        "–",
        "-",
        "…",
        "...",
        "]",
        "】",
        "'",
        '"',
        '."',
    ),
    *(
        "[",
        "［",
        "【",
        "〔",
        "〖",
        "(",
        "（",
        "《",
        "<",
        "*",
        "#",
        "|",
        ".)",
        "?]",
        "｡",
        "․",
        "‼",
        "⁇",
    ),
]
BLANKS = [
    *("", "", "", "", " ", " ", "\n", "  ", " \n", "\n ", "\n\n", "\t", "\r\n", "\u3000", "\u00a0"),
    *("\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\x1f", "\u1680", "\u200b", "\ufeff", "\u2009"),
]
ODD = [
    *(
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "_",
        "＿",
        "3",
        "３",
        "²",
        "①",
        "٣",
        "x",
        "s",
        "ſ",
        "é",
        "α",
        "λ",
    ),
    *(
        "的",
        "研",
        "究",
        "与",
        "和",
        "々",
        "〇",
        "ー",
        "가",
        "ก",
        "\u0301",
        "\u20d0",
        "\u302a",
        "\ufe20",
    ),
    *(
        "\u200d",
        "\u00ad",
        "\U0003fffd",
        "\U00020000",
        "\U00040000",
        "\U000e0100",
        "\U0001f600",
        "\x00",
    ),
    *(
        "©",
        "℗",
        "®",
        "™",
        "Ⓒ",
        "ⓒ",
        "(c)",
        "㏄",
        "’",
        "”",
        "·",
        "・",
        "~",
        "\uffff",
        "\u09cc",
        "'",
        '"',
    ),
]
JOINTS = [
    *(
        "",
        "",
        "",
        "",
        "",
        "",
        " and ",
        " and\n",
        "\nand ",
        "and",
        " And ",
        ", ",
        "/",
        " / ",
        "/\n",
        ",",
    ),
    *(
        "&",
        " & ",
        "\n& ",
        "与",
        "和",
        "及",
        " 与",
        "与 ",
        "\n与",
        "与\n",
        "、",
        "、\n",
        "／",
        "＆",
        "；",
        "或",
    ),
]
ENDERS = [
    *(
        ":",
        ":",
        "：",
        "：",
        "—",
        "–",
        "-",
        "--",
        "﹕",
        "︰",
        "∶",
        ";",
        ".",
        "",
        "",
        "",
        "]",
        "】",
        "〕",
        "〗",
    ),
    *("］", "]:", "】：", "】 :", ")", "）", "||", "...", "…", " ...", "[", "/", "、", " 与", "．"),
]
LABELS = [
    *ENGLISH_LABELS,
    *(label for label in CHINESE_LABELS for _ in range(3)),
    *(f"研究{label}" for label in CHINESE_LABELS),
    *(
        "METHODS",
        "Ｍｅｔｈｏｄｓ",
        "Ｒesults",
        "main\noutcome measure",
        "aim  and scope",
        "研究 目的",
    ),
    *(
        "創新點",
        "方\u200b法",
        "创新 点",
        "method s",
        "results\u0301",
        "目\n的",
        "methods and",
        "of results",
    ),
]
NO_LABEL = ["", "", "", "", ""]
"""In half of all cases there is one only."""

_TOKENS = sorted({word.replace("+", " ") for word in CLOSING_WORDS | CUE_WORDS})
CLOSINGS = [
    *_TOKENS,
    *(word.replace(" ", gap) for word in _TOKENS for gap in ("-", "\n", "_") if " " in word),
    *("copyright", "Copyright", "©", "℗", "(c)", "( c )", "(C) 20", "(c) the", "(c) by", "(c)\n19"),
    *(
        "copyright ©",
        "copyright (c) 2019",
        "©2001",
        "关 键 词",
        "关\n键字",
        "主题 词",
        "版权 所有",
        "版权所有",
    ),
    *(
        "key words and phrases",
        "keyword",
        "著作权",
        "[keywords]",
        "【关键词】",
        "(index terms)",
        "keywords and",
    ),
    *(
        "doi: 10.1/x",
        "doi 10.",
        "https://doi.org/10",
        "https://dx.doi.org",
        "未经我们的许可",
        "copyrights",
    ),
    *(
        "published online by",
        "full-text",
        "cc-by",
        "cc by",
        "log in",
        "elsevier",
        "wiley-liss",
        "xwiley",
    ),
]
SIGNS = [
    "copyright",
    "copyright",
    "©",
    "©",
    "℗",
    "(c) by",
    "(c)20",
    "版权所有",
    "著作权",
    "keywords:",
    "关键词",
]
ENDS = [
    *(
        "",
        "",
        "",
        "",
        ".",
        "。",
        "...",
        " ...",
        "…",
        "[...]",
        "(…)",
        "... (",
        ". . .",
        "....",
        "[",
        ")",
        "]",
    ),
    *(
        "... more",
        "…全文",
        "...[Read more]",
        ". more",
        "…查看全文",
        "... show more)",
        "more",
        "\n",
        "\n\n",
    ),
]
FILL = [
    *(
        "",
        "",
        "",
        "",
        "",
        " x",
        " 字",
        " we see. It was",
        "。于是",
        "; 于是",
        ".于是",
        "! ",
        '." So',
        "\nand ",
    ),
    *(f"{stop}{'y' * length}" for length in (225, *range(234, 243)) for stop in (" ", "。")),
    *(f" {'ab ' * count}c" for count in (70, 76, 79, 80, 81, 155, 157, 159, 160, 161, 190)),
    *(f"{'字' * length}" for length in (220, 236, 240, 244, 470, 478, 480, 482, 560)),
    *(f" {'ab  , ' * count}" for count in (40, 60, 80, 100)),
]

LABEL_SEAM: Slots = [
    *(SAID, ODD, STOPS, BLANKS, ODD, LABELS, ODD, BLANKS),
    *(JOINTS, BLANKS, [*LABELS, *NO_LABEL * len(LABELS)], BLANKS, ENDERS, BLANKS, ODD),
]
"""One sentence, or the beginning of one."""
JOINED_SEAM: Slots = [
    STOPS,
    *([LABELS, BLANKS, JOINTS, BLANKS] * 3),
    LABELS,
    BLANKS,
    ENDERS,
    BLANKS,
]
TAIL_SEAM: Slots = [SAID, STOPS, BLANKS, ODD, CLOSINGS, ODD, BLANKS, ENDERS, BLANKS, FILL]
END_SEAM: Slots = [CLOSINGS, ODD, BLANKS, ENDS]
LONG_SEAM: Slots = [["x ", "x. ", "。", "x(", "a\n"], SIGNS, FILL, ENDS]
"""What just is, or is no more, near enough to the end."""

LABEL_SEAMS = [LABEL_SEAM, LABEL_SEAM, JOINED_SEAM]
TAIL_SEAMS = [TAIL_SEAM, TAIL_SEAM, END_SEAM, LONG_SEAM, LONG_SEAM, [FILL, STOPS, BLANKS], [ENDS]]
ALL_SEAMS = [*LABEL_SEAMS, *TAIL_SEAMS]


def glued(seams: Sequence[Slots], most: int = 4) -> st.SearchStrategy[str]:
    """Texts of a few seams of these."""
    seam = st.one_of(*(st.tuples(*map(st.sampled_from, slots)).map("".join) for slots in seams))
    return st.lists(seam, min_size=1, max_size=most).map("".join)


def drawn(dice: random.Random, seams: Sequence[Slots], most: int = 4) -> str:
    """One such text, by dice; now and then with any character anywhere."""
    chosen = (dice.choice(seams) for _ in range(dice.randint(1, most)))
    pieces = [dice.choice(slot) for slots in chosen for slot in slots]
    if dice.random() < 0.2:
        point = dice.choice((dice.randrange(0xD800), dice.randrange(0xE000, 0x40100)))
        pieces.insert(dice.randrange(len(pieces) + 1), chr(point))
    return "".join(pieces)
