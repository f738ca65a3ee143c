"""Kernels that read texts, against the plain code that says what they must give."""

import random
import re
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from benchmarks.corpora.papers import paper
from benchmarks.corpora.prose import chinese, english
from dedup.boilerplate import _LABEL, _without_tail
from dedup.hashing import token_hashes
from dedup.text import _BROKEN_WORD, fold, is_truncated, plain
from dedup.titles import fold_title
from dedup.words import chain
from tests.dedup.compiled import called, pieces, seams

CASES = settings(max_examples=700)


def check_characters(text: str) -> None:
    found = called.characters(text)
    if found is not None:
        assert _BROKEN_WORD.sub("", found) == plain(text)


def check_abstract(text: str) -> None:
    for found in (called.abstract(text), called.abstract_with_care(text)):
        if found is not None:
            assert found == (token_hashes(fold(text)).tolist(), is_truncated(text))


def check_labels(text: str) -> None:
    found = called.without_labels(text)
    if found is not None:
        left = _LABEL.sub(" ", joined_lines(text))
        assert white_space_alike(found[0]) == white_space_alike(left)
        assert found[1] == token_hashes(left).tolist()


def check_tail(text: str) -> None:
    found = called.without_tail(text)
    if found is not None:
        assert found == token_hashes(_without_tail(joined_lines(text))).tolist()


def joined_lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in plain(text).split("\n"))
    return "\n".join(filter(None, lines))


def white_space_alike(text: str) -> str:
    return re.sub(r"\s+", lambda gap: "\n" if "\n" in gap[0] else " ", text).strip()


def check_titles(*texts: str) -> None:
    for text, found in zip(texts, called.titles(list(texts)), strict=True):
        if found is None:
            continue
        title = fold_title(text)
        hashes = token_hashes(" ".join(title.tokens)).tolist()
        assert found.tokens == hashes, text
        assert found.places == list(accumulate(map(len, title.tokens))), text
        assert found.chains == (chain(hashes), chain(map(ord, title.compact))), text
        assert (found.latin, found.weight) == (title.latin, title.weight), text
        assert found.notice or not title.notice, text
        assert found.part or not (title.part or title.numbers), text


@CASES
@given(pieces.glued(pieces.ABSTRACT))
@example("\\omega_0")
@example("\\$x^_-")
@example("\\&alpha;")
@example("5 ㎛")
def test_characters_are_those_of_plain_text(text: str) -> None:
    check_characters(text)


@given(pieces.glued(pieces.ABSTRACT, 4))
def test_a_text_is_read_alike_whatever_stands_beside_it(text: str) -> None:
    alone = called.characters(text)
    assert called.characters(text, "α".encode(), "ω{".encode()) == alone
    assert called.characters(text, b"\\", b"_{;]]>") == alone


@CASES
@given(pieces.glued(pieces.ABSTRACT))
@example("【研究 目的】")
@example("创新 /目的和方法:")
@example("objective\n:")
@example("方法\n/ 创新点:")
@example("方法 \n/ 创新点:")
@example("的copyright摘")
@example("..．")
@example(". \x0b..")
@example("๓\U000103ad")
@example(f"有©{'word ' * 60}x©2001 Z. a! ..{'田' * 271}")
def test_tokens_of_an_abstract_are_those_of_its_folded_text(text: str) -> None:
    check_abstract(text)


@CASES
@given(pieces.glued(pieces.JOINTS, 30))
def test_labels_and_ends_in_pieces_are_taken_away_as_folding_does(text: str) -> None:
    check_abstract(text)


@CASES
@given(pieces.glued([pieces.SENTENCES], 20))
@example(f"a. 版权 b;目的\n{'word ' * 130}")
@example(f"a. 版权 b【目的】\n{'word ' * 130}")
@example("a. doi【方法】10.")
@example("a. b (c)methods: the c")
@example("a. keywords【方法】- b")
@example(f"We see. Elsevier of x. Copyright. Methods: {'word ' * 130}")
@example("a. copyright\U0003fffd、的\u2028b.")
def test_a_publishers_sentence_is_known_by_where_the_last_begins(text: str) -> None:
    check_abstract(text)


@CASES
@given(seams.glued(seams.LABEL_SEAMS))
@example("design, setting, participants: a")
@example("材料 与\n观点:")
@example("methods/\nresults:")
@example("目的 /方法/ 结果:x")
@example("[目的 / 方法]\n:结果 ")
def test_labels_are_found_where_their_pattern_finds_them(text: str) -> None:
    check_labels(text)


@CASES
@given(seams.glued(seams.TAIL_SEAMS))
@example(f"。copyright。{'y' * 235}[x © x.")
@example("a. key\x0bwords: b")
def test_a_tail_is_taken_off_where_its_patterns_do(text: str) -> None:
    check_tail(text)


@CASES
@given(seams.glued(seams.ALL_SEAMS))
@example("a\x0bb s t r a c t: we")
@example(f"a\ncopyright。{'y' * 238}... (")
def test_an_abstract_of_seams_is_read_as_folding_does(text: str) -> None:
    check_abstract(text)


@CASES
@given(pieces.glued(pieces.TITLE))
@example("\u09ccErratum")
@example("⓹")
@example("❼")
@example("\\pi\\pi^m")
def test_what_is_told_of_a_title_is_what_folding_it_tells(text: str) -> None:
    check_titles(text, f"{text} {text}", f"On ants {text}")


@pytest.mark.parametrize("first", range(0, 0x34000, 0x2000), ids=hex)
def test_every_character_is_read_as_plain_text_reads_it(first: int) -> None:
    titles = []
    for point in range(first, first + 0x2000):
        if 0xD800 <= point < 0xE000:
            continue
        found = called.characters(chr(point))
        assert found is None or found == plain(chr(point)), hex(point)
        one_of_many = 0x3400 <= point < 0xD7A4 or point >= 0x20000
        if not one_of_many or point % 16 == 0:
            check_abstract(f"x{chr(point)}y")
            titles.append(f"x{chr(point)}y")
    check_titles(*titles)


def share_read(texts: list[str]) -> float:
    return sum(called.abstract(text) is not None for text in texts) / len(texts)


@pytest.mark.parametrize("language", [english, chinese], ids=["english", "chinese"])
def test_ordinary_abstracts_and_titles_are_read_by_the_kernels(language) -> None:
    dice = random.Random(5)
    papers = [paper(language(), dice) for _ in range(400)]
    abstracts = [one.abstract for one in papers]
    assert share_read(abstracts) > 0.99
    assert share_read([f"{text[:200]}…" for text in abstracts]) > 0.98
    assert share_read(["\n".join(text.split(" ")) for text in abstracts]) > 0.98
    titles = called.titles([one.title for one in papers])
    assert sum(found is not None for found in titles) > 0.98 * len(titles)


LABELLED = [
    ("BACKGROUND: {} METHODS: {} RESULTS: {} CONCLUSIONS: {}", english),
    ("【目的】{}【方法】{}【结果】{}【结论】{}", chinese),
    ("目的 {}方法 {}结果 {}结论 {}", chinese),
    (
        "{} We used α-amylase (n = 12; p < 0.05). {} It's 5–10 µm. {} {} © 2019 A Publisher.",
        english,
    ),
]


@pytest.mark.parametrize(("form", "language"), LABELLED)
def test_labels_and_copyright_lines_are_read_by_the_kernels(form: str, language) -> None:
    dice = random.Random(6)
    texts = [
        form.format(*(paper(language(), dice).sentences[0] for _ in range(4))) for _ in range(200)
    ]
    assert share_read(texts) > 0.95


def test_prose_of_this_project_is_read_by_the_kernels() -> None:
    root = Path(__file__).parents[3]
    said = "\n".join(path.read_text("utf-8") for path in sorted(root.glob("docs/*.md")))
    lines = [line for line in said.split("\n") if len(line) > 60 and "`" not in line]
    assert len(lines) > 20
    assert share_read(lines) > 0.8
