import pytest

from records import Footer, Link
from spiders.pages.foot import PROVINCES, footer_of
from spiders.pages.landmarks import foot_of
from spiders.pages.markup import stream_of_html
from spiders.pages.stream import stream_of_text

FOOTS = {
    "Copyright©北京拾叶信息技术有限公司  京ICP备10203040号": (
        "北京拾叶信息技术有限公司",
        "京ICP备10203040号",
    ),
    "Copyright © 2008-2017 某公司 版权所有 沪ICP备05012345号-1": ("某公司", "沪ICP备05012345号-1"),
    "Copyright(C)2017 Lake & River Ltd | 粤 ICP 备 10203040 号": (
        "Lake & River Ltd",
        "粤ICP备10203040号",
    ),
    "版权所有 © 某某出版社\n地址:某路": ("某某出版社", None),
    "© 某某出版社": ("某某出版社", None),
    "Copyright©某公司 All Rights Reserved 京ICP证010203号": ("某公司", "京ICP证010203号"),
    "京ICP备10203040号": (None, "京ICP备10203040号"),
    "设为首页 | 免责声明": (None, None),
}


@pytest.mark.parametrize("words", FOOTS)
def test_who_runs_the_site(words: str) -> None:
    footer = footer_of(stream_of_text(words), 0, None)
    assert footer is not None
    assert (footer.operator, footer.licence) == FOOTS[words]


def test_the_province_is_the_character_before_the_licence() -> None:
    for character, province in PROVINCES.items():
        footer = footer_of(stream_of_text(f"{character}ICP备10203040号"), 0, None)
        assert footer is not None
        assert footer.province == province


def test_every_province_of_the_country_is_known() -> None:
    assert len(set(PROVINCES.values())) == 34


def test_a_footers_links_are_absolute_where_the_page_is_known() -> None:
    stream = stream_of_html(
        "<p><a href=a.aspx>设为首页</a>|<a href='javascript:x()'>加入收藏</a></p>"
        "<p>&copy;某&nbsp;公司"
    )
    assert footer_of(stream, 0, "http://lake.example.org/d/") == Footer(
        operator="某 公司",
        links=(
            Link(text="设为首页", url="http://lake.example.org/d/a.aspx"),
            Link(text="加入收藏", url=None),
        ),
        text="设为首页|加入收藏 ©某 公司",
    )


def test_a_page_without_a_footer_has_none() -> None:
    assert footer_of(stream_of_text("甲"), None, None) is None


WORDS = "设为首页 | 免责声明 | 关于拾叶 | 加入收藏"
OWNER = "Copyright©北京拾叶信息技术有限公司"
LICENCE = "京ICP备10203040号"


@pytest.mark.parametrize(
    "foot",
    [
        f"{WORDS}\n{OWNER}  {LICENCE}",
        f"{WORDS}\n{OWNER}\n{LICENCE}",
        f"{WORDS} {OWNER} {LICENCE}",
        f"{OWNER}  {LICENCE}\n{WORDS}",
        f"{OWNER}\n{LICENCE}",
        f"{OWNER}\n{WORDS}",
        f"{OWNER}  {LICENCE}",
        WORDS,
        OWNER,
        LICENCE,
        f"{WORDS.replace(' | ', chr(10))}\n{OWNER}  {LICENCE}",
        f"{WORDS.replace(' ', chr(10))}\n{OWNER}  {LICENCE}",
        f"{WORDS.replace(' | ', '')}\n{OWNER}  {LICENCE}",
        f"[{WORDS.replace(' | ', '] [')}]\n{OWNER}",
        f"{WORDS}\n本站只收录各刊公开发表的题录与文摘。{'各刊版权归其编辑部。' * 20}\n{OWNER}",
    ],
)
@pytest.mark.parametrize(
    "paragraph",
    [
        "本文研究湖泊。",
        "Copyright © 2017 Example Press Ltd. All rights reserved.",
        f"Copyright © 2017 Example Press Ltd. All rights reserved. {'Of lakes and mud. ' * 9}",
        "免责声明、加入收藏与设为首页等栏目不计。",
        "版权所有 © 2017 某某出版社。",
    ],
)
def test_a_footer_begins_behind_the_last_paragraph(paragraph: str, foot: str) -> None:
    text = f"{paragraph}\n{foot}"
    found = foot_of(text, 0)
    unsaid = "Copyright" not in foot or not any(sure in foot for sure in ("设为首页", "ICP"))
    if unsaid and paragraph[0] in "C版" and len(paragraph) < 100:
        # Nothing but the owner's line tells the two apart.
        assert found is not None
    else:
        assert found == len(paragraph) + 1
