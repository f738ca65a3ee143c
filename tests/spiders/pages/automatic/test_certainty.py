"""A result page whose results cannot be read lists other things: they are not taken for results."""

import pytest

from records import ResultPage
from spiders.pages import read
from spiders.pages.automatic.asides import names_aside
from spiders.pages.guard import FLOOR

PEOPLE = ("Abbott", "Brandt", "Castro", "Dubois", "Engel", "Farkas", "Greco", "Hansen")
RESULTS = "".join(
    f'<li><h3><a href="/w/{n}">Glacier lakes of the north, part {n}</a></h3><p>{PEOPLE[n % 8]} '
    f"measured how the water of {n + 20} lakes warms when the ice above them goes.</p></li>"
    for n in range(12)
)
PAGER = '<div><a href="?page=1">1</a> <b>2</b> <a href="?page=3">Next</a></div>'


def page(*parts: str, field: str = "glacier lakes", title: str = "glacier lakes - Search") -> str:
    form = f'<form><input type="text" name="q" value="{field}"></form>'
    return f"<title>{title}</title><body>{form}<p>About 2,410 results</p>{''.join(parts)}</body>"


def entries(*texts: str, around: str = '<ul class="{0}">', name: str = "list") -> str:
    items = "".join(f'<li><a href="/e/{n}">{text}</a></li>' for n, text in enumerate(texts))
    return f"{around.format(name)}{items}</ul>"


def stories(count: int, label: str = "", more: str = "") -> str:
    return "".join(
        f'<div class="tile">{label}<a href="/s/{n}"><img src="{n}.png"><h4>{name} on how to '
        f"choose a kettle that lasts, and one that does not</h4></a>{more}</div>"
        for n, name in enumerate(PEOPLE[:count])
    )


FACETS = [f"{name} and others ({n},{n}28)" for n, name in enumerate(PEOPLE, 1)]
HEADLINES = [f"{name} on how to choose a kettle that lasts for years" for name in PEOPLE]
ADVERT = "<span>Sponsored</span>"
BOUGHT = "<p>Every glacier lake on one map, with the roads that lead to it and where to sleep.</p>"
OTHERS = {
    "groups to narrow the search to": page(entries(*FACETS, *FACETS), PAGER),
    "stories behind the link to the next page": page(PAGER, stories(4)),
    "headlines without a word of the search": page(entries(*HEADLINES), PAGER),
    "advertisements that say so": page(stories(8, ADVERT, BOUGHT), PAGER),
    "stories in a part that is named a foot": page(
        f'<div class="siteFooter">{stories(3)}</div>', PAGER, field=""
    ),
}


def sure(html: str) -> ResultPage:
    return read(html, profile="auto")


@pytest.mark.parametrize("name", OTHERS)
def test_what_else_a_result_page_lists_is_not_its_results(name: str) -> None:
    said = sure(OTHERS[name])
    assert said.confidence < FLOOR
    assert said.records == ()


@pytest.mark.parametrize("name", OTHERS)
def test_results_beside_it_are_read(name: str) -> None:
    html = OTHERS[name].replace(
        "About 2,410 results</p>", f"About 2,410 results</p><ol>{RESULTS}</ol>"
    )
    assert [each.title for each in sure(html).records] == [
        f"Glacier lakes of the north, part {n}" for n in range(12)
    ]


@pytest.mark.parametrize(
    "html",
    [
        page(f"<ol>{RESULTS}</ol>", PAGER, field="moraine dams", title="moraine dams - Search"),
        page(PAGER, f"<ol>{RESULTS}</ol>", PAGER),
        page(f"<ol>{RESULTS}</ol>", PAGER, field="", title="Search"),
        page(f'<div class="has-menu header-fixed"><ol>{RESULTS}</ol></div>', PAGER),
    ],
    ids=["words not shown", "pagers above and below", "words not known", "a page with a menu"],
)
def test_results_are_read_where_one_of_these_is_missing(html: str) -> None:
    assert len(sure(html).records) == 12


def test_of_several_filled_fields_the_query_is_the_one_that_the_page_speaks_of() -> None:
    other = '<input type="text" name="zip" value="ZIP code">'
    html = page(f"<ol>{RESULTS}</ol>", PAGER).replace("<form>", f"<form>{other}")
    assert sure(html).query.text == "glacier lakes"
    html = html.replace('value="glacier lakes"', 'value="Library"').replace("glacier lakes -", "")
    assert sure(html).query.text == "ZIP code", "neither: the first"


def test_chinese_words_are_found_in_pairs_of_characters() -> None:
    items = "".join(
        f'<li><h3><a href="/w/{n}">北方湖泊与冰川湖研究之{n}</a></h3><p>{n}号湖的水温在冰盖消退之后'
        "逐年上升,岸边的植被也随之改变。</p></li>"
        for n in range(8)
    )
    html = page(f"<ol>{items}</ol>", field="冰川湖泊变化", title="冰川湖泊变化 - 检索")
    assert sure(html).confidence > sure(html.replace("冰川湖泊变化", "城市道路拥堵")).confidence


@pytest.mark.parametrize("name", ["footer", "page_footer", "topNav", "main-menu", "AD", "nav2"])
def test_a_name_says_what_a_part_is_by_its_last_word(name: str) -> None:
    assert names_aside(name)


@pytest.mark.parametrize("name", ["menu-open", "no-footer", "adornment", "results", "", "42"])
def test_other_names_say_nothing(name: str) -> None:
    assert not names_aside(name)
