import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.pages import read
from spiders.pages.decoding import decode
from tests.spiders.pages.renderer import PAGE_URL, result_page
from tests.spiders.pages.works import works

HAN = "湖泊沉积与数据治理的研究,作者认为并非如此。"
LINE = f"<p>{HAN} café</p>\n"
LABELS = (None, "utf-8", "gb2312", "gbk", "iso-8859-1", "windows-1252", "big5", "utf-16", "x-none")


@pytest.mark.parametrize("declared", LABELS)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_comes_out_right_whatever_is_declared(charset: str, declared: str | None) -> None:
    found = decode((LINE * 20).encode(charset), declared)
    assert found.text == LINE * 20
    assert found.replaced == 0
    assert not found.mixed


@pytest.mark.parametrize(
    ("charset", "label", "named"),
    [
        ("utf-8", "UTF-8", None),
        ("gb18030", "gb2312", None),
        ("gb18030", " GBK ", None),
        ("utf-8", "gb2312", "gb18030"),
        ("gb18030", "utf-8", "utf-8"),
        ("utf-16", "utf-16", None),
        ("utf-8", "no-such-charset", None),
        ("utf-8", "rot13", None),
        ("utf-8", "unicode_escape", None),
    ],
)
def test_a_declaration_that_was_wrong_is_told(charset: str, label: str, named: str | None) -> None:
    assert decode((LINE * 20).encode(charset), label).declared == named


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        "<META CHARSET=gbk>",
        "<?xml version='1.0' encoding='GB18030'?>",
    ],
)
def test_a_page_may_declare_its_encoding_itself(head: str) -> None:
    found = decode(f"{head}<p>中</p>".encode("gbk"))
    assert (found.encoding, found.declared) == ("gb18030", None)
    assert "中" in found.text


def test_western_bytes_are_read_as_declared() -> None:
    found = decode("Résumé d’œuvre, naïve façade".encode("cp1252"), "iso-8859-1")
    assert (found.text, found.encoding) == ("Résumé d’œuvre, naïve façade", "cp1252")


def test_parts_in_another_encoding_are_decoded_apart() -> None:
    found = decode((LINE * 5).encode("gb18030") + (LINE * 5).encode("utf-8"))
    assert found.text == LINE * 10
    assert (found.mixed, found.replaced) == (True, 0)


def test_one_broken_byte_costs_one_character() -> None:
    body = (LINE * 20).encode()
    found = decode(body.replace("湖".encode(), b"\xe6\xb9", 1))
    assert (found.encoding, found.replaced) == ("utf-8", 1)
    assert found.text.count("\ufffd") == 1
    assert found.text.count("湖") == 19


def test_a_broken_byte_of_gb18030_does_not_make_it_something_else() -> None:
    body = (LINE * 20).encode("gb18030")
    found = decode(body.replace("湖".encode("gb18030"), b"\xff", 1))
    assert found.encoding == "gb18030"
    assert found.text.count("湖") == 19


def test_what_cannot_be_stored_is_replaced_and_counted() -> None:
    assert decode("a\x00b\ud800c").text == "a\ufffdb\ufffdc"
    assert decode("a\x00b\ud800c").replaced == 2
    assert decode(b"a\x00bc").replaced == 1


def test_characters_for_private_use_and_beyond_the_plane_are_kept() -> None:
    text = "甲\ue5e5乙𠮷丙龥丁" * 3
    found = decode(text.encode("gb18030"))
    assert (found.text, found.replaced) == (text, 0)


def test_a_mark_of_byte_order_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfabc").text == "abc"
    assert decode("\ufeffabc").text == "abc"


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(LABELS))
def test_any_bytes_become_text_that_can_be_stored(body: bytes, label: str | None) -> None:
    found = decode(body, label)
    assert "\x00" not in found.text
    found.text.encode("utf-8")


@given(st.text(min_size=40))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    sound = text.replace("\x00", "").removeprefix("\ufeff").encode("utf-8", "ignore").decode()
    body = ("相似文献" * 6 + sound).encode()
    assert decode(body).text == "相似文献" * 6 + sound


def test_a_page_with_a_wrong_declaration_is_read_with_a_warning() -> None:
    dice = random.Random(1)
    made = works(dice, 3)
    markup = result_page(made, dice, "tables", declared="gb2312").markup
    page = read(markup.encode("utf-8"), url=PAGE_URL)
    assert [problem.code for problem in page.problems] == ["charset-mismatch"]
    assert page.ok
    assert [record.title for record in page.records] == [work.title for work in made]


def test_a_page_put_together_from_two_encodings_is_read_with_a_warning() -> None:
    dice = random.Random(2)
    made = works(dice, 4)
    markup = result_page(made, dice, "divs", declared=None).markup
    cut = markup.index("</h3>") if "</h3>" in markup else markup.index("</div>", len(markup) // 2)
    body = markup[:cut].encode("gb18030") + markup[cut:].encode("utf-8")
    page = read(body, url=PAGE_URL)
    assert [problem.code for problem in page.problems] == ["mixed-encodings"]
    assert [record.abstract for record in page.records] == [work.abstract for work in made]


def test_a_page_much_of_which_is_lost_fails_its_check() -> None:
    dice = random.Random(3)
    body = result_page(works(dice, 3), dice, "divs", declared="utf-8").markup.encode()
    page = read(body.replace(b"\xe6", b"\xff"), url=PAGE_URL)
    assert "damaged" in {problem.code for problem in page.problems}
    assert not page.ok


def test_text_has_no_encoding_to_name() -> None:
    assert read("x").encoding == "unicode"
