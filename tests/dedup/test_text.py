import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.hashing import shingle_hashes, token_hashes
from dedup.scheme import DEFAULT
from dedup.text import fold, is_truncated, plain, shingles, simplified, tokens

ENGLISH = "we sowed two fields and counted what came up"
CHINESE = "本文分析了两块田地的出苗情况并提出建议"

SAME_ENGLISH = {
    "case": ENGLISH.upper(),
    "title case": ENGLISH.title(),
    "entity": "we&nbsp;sowed two fields &#97;nd counted what came up",
    "doubled entity": "we sowed&amp;nbsp;two fields &amp;#97;nd counted what came up",
    "tags": "<jats:p>we <i>sowed</i> two fields and counted what <b id='x'>came</b> up</p>",
    "comment": "we sowed <!-- note -->two fields and counted what came up",
    "full-width": "ｗｅ ｓｏｗｅｄ two fields and counted what came up",
    "ligature": "we sowed two ﬁelds and counted what came up",
    "accent lost": "wé sowed two fiélds and counted what came up",
    "combining": "we\u0301 sowed two fields and counted what came up",
    "zero-width": "we so\u200bwed two fie\u00adlds and counted what came\ufeff up",
    "odd spaces": "we\u00a0sowed\u3000two  fields\n and\tcounted what\u2028came up",
    "line break": "we sowed two fie-\nlds and coun-\n  ted what came up",
    "quotes": "we “sowed” two 'fields' and counted what came up",
    "abstract": "Abstract we sowed two fields and counted what came up",
    "abstract colon": "ABSTRACT: we sowed two fields and counted what came up",
    "summary": "Summary. we sowed two fields and counted what came up",
    "label": "BACKGROUND: we sowed two fields and counted what came up",
    "labels": "Aims and objectives: we sowed two fields and counted what came up",
    "dash label": "Background— we sowed two fields and counted what came up",
    "keywords": "we sowed two fields and counted what came up. Keywords: field; seed; count",
    "key words": "we sowed two fields and counted what came up. Key words - field, seed",
    "copyright": "we sowed two fields and counted what came up. © 2019 A Publisher Ltd.",
    "copyright c": "we sowed two fields and counted what came up. (C) 2020 A. B.V.. All rights "
    "reserved.",
    "copyright first": "Copyright © 2019 The Authors. we sowed two fields and counted what came up",
    "published by": "we sowed two fields and counted what came up. Published by Some House.",
    "open access": "we sowed two fields and counted what came up. This is an open access article "
    "distributed under the terms of some licence.",
    "log in": "we sowed two fields and counted what came up. To read on, log in on our website.",
    "latex": r"we \textbf{sowed} two f{\'i}elds and $counted$ what came up",
    "both ends": "Abstract: we sowed two fields and counted what came up. Keywords: a. © 2020 X.",
}

SAME_CHINESE = {
    "traditional": "本文分析了兩塊田地的出苗情況並提出建議",
    "full stop": CHINESE + "。",
    "spaces": "本文 分析了两块 田地的　出苗情况 并提出建议",
    "zero-width": "本文分析\u200b了两块田地的出苗情况并提出建议",
    "heading": "摘要：" + CHINESE,
    "spaced heading": "摘 要: " + CHINESE,
    "bracketed heading": "【摘要】" + CHINESE,
    "contents heading": "内容提要：" + CHINESE,
    "label": "【目的】" + CHINESE,
    "square label": "[目的/意义] " + CHINESE,
    "bare label": "目的:" + CHINESE,
    "spaced label": "目的 " + CHINESE,
    "keywords": CHINESE + "。关键词：田地；出苗",
    "bracketed keywords": CHINESE + "。【关键词】田地；出苗",
    "copyright": CHINESE + "。© 2016 编辑部. 保留所有权利.",
    "notice": CHINESE + "。未经许可不得转载。",
    "account": CHINESE + "。欢迎关注本刊公众号。",
    "entity": CHINESE[:6] + "&nbsp;" + CHINESE[6:],
    "tags": "<p>" + CHINESE + "</p>",
}


@pytest.mark.parametrize("printed", SAME_ENGLISH.values(), ids=SAME_ENGLISH)
def test_english_printings_fold_to_one_text(printed):
    assert tokens(fold(printed)) == tokens(fold(ENGLISH))


@pytest.mark.parametrize("printed", SAME_CHINESE.values(), ids=SAME_CHINESE)
def test_chinese_printings_fold_to_one_text(printed):
    assert tokens(fold(printed)) == tokens(fold(CHINESE))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("growth where p<0.05 and q > 3", "p<0.05 and q > 3"),
        ("the results show more. the methods differ", "the methods differ"),
        ("结果表明该方法有效", "结果表明该方法有效"),
        ("costs of $5 and $6 a day", "5 and"),
        ("© 2019 all we have", "all we have"),
    ],
)
def test_what_belongs_to_a_text_is_kept(text, kept):
    assert kept in fold(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("we show that…", True),
        ("we show that ...", True),
        ("we show that [...]", True),
        ("we show that... (more)", True),
        ("本文提出了…", True),
        ("we show that.", False),
        ("first... then more of it follows here.", False),
        ("", False),
    ],
)
def test_a_cut_text_is_noticed(text, cut):
    assert is_truncated(text) is cut
    assert "…" not in fold(text)


def test_an_abstract_that_is_only_boilerplate_is_not_emptied():
    assert fold("This document is copyright. All rights reserved.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第3次cd4 t-cell", ["第", "3", "次", "cd4", "t", "cell"]),
        ("сева́ поле", ["сева\u0301", "поле"]),
        ("ข้าว", list("ข้าว")),
        ("カナ漢字", list("カナ漢字")),
        ("한국 어", list("한국어")),
        ("\U00020000\U00020001", ["\U00020000", "\U00020001"]),
        ("a_b.c", ["a", "b", "c"]),
        ("a\x00b\ud800c", ["a", "b", "c"]),
        ("", []),
        ("…—!", []),
    ],
)
def test_tokens_are_words_and_single_characters(text, expected):
    assert tokens(text) == expected


def test_greek_letters_that_stand_alone_are_spelt_out():
    assert tokens(plain("TNF-α and β-cells")) == "tnf alpha and beta cells".split()
    assert tokens(plain("ελληνικά")) == ["ελληνικα"]


def test_the_table_is_one_character_to_one():
    assert len(simplified()) > 4000
    assert all(len(simple) == 1 for simple in simplified().values())
    assert not {ord(simple) for simple in simplified().values()} & simplified().keys()


@given(st.text())
def test_every_token_has_one_hash(text):
    found, hashes = tokens(text), token_hashes(text)
    assert hashes.dtype == np.uint32
    assert len(found) == len(hashes)
    by_token = dict(zip(found, hashes.tolist(), strict=True))
    assert [by_token[token] for token in found] == hashes.tolist()


@given(st.text(), st.text())
def test_different_texts_have_different_hashes(a, b):
    same = tokens(a) == tokens(b)
    assert (token_hashes(a).tolist() == token_hashes(b).tolist()) is same


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 5))
def test_shingles_are_the_runs_of_tokens(numbers, length):
    words = [f"w{number}" for number in numbers]
    hashes = shingle_hashes(token_hashes(" ".join(words)), length)
    runs = {tuple(words[i : i + length]) for i in range(max(1, len(words) - length + 1))}
    assert len(hashes) == (len(runs) if words else 0)
    assert (np.diff(hashes.astype(np.int64)) > 0).all()


@given(st.text(max_size=200))
def test_folding_is_stable_and_collapsed(text):
    once = fold(text)
    assert once == " ".join(once.split())
    assert fold(text) == once


def test_shingles_are_the_same_in_every_process():
    script = (
        "import json; from dedup.text import fold, shingles;"
        f"print(json.dumps(shingles(fold({ENGLISH + CHINESE!r})).tolist()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(told) == shingles(fold(ENGLISH + CHINESE), DEFAULT).tolist()
    assert token_hashes("field 田").tolist() == [2694513384, 143402925]


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 100_000,
        "<a " * 100_000,
        "&amp;" * 100_000,
        "\n" * 300_000 + "x",
        "..." + " " * 300_000 + "x",
        "©" * 100_000,
        "\\alpha{" * 50_000,
        "- \n" * 100_000,
        "。" * 300_000,
        "x" * 1_000_000,
        "田" * 1_000_000,
        "\x00\ud800" * 100_000,
    ],
    ids=lambda text: text[:6].encode("unicode_escape").decode(),
)
def test_a_hostile_megabyte_is_folded(text):
    assert shingles(fold(text)).size < 400_000
