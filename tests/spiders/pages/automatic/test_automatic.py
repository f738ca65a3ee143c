"""Pages of sites that nobody configured: what is read of them, what is no record."""

import pytest

from records import ResultPage
from spiders.pages import read
from spiders.pages.guard import FLOOR

SITE = "https://library.example/find?q=lakes"
TITLES = (
    "Sediments of northern lakes",
    "A survey of river basins",
    "Melting of polymers under shear",
    "Seismic velocity below the plain",
    "Water balance of paddy soils",
)
TEXT = "This is what the abstract of the work says about it, at some length and to the point. "


def item(number: int, kind: str = "hit", extra: str = "") -> str:
    title = TITLES[number % len(TITLES)] + f" {number}"
    return (
        f'<div class="{kind}"><h3><a href="/work/{number}">{title}</a></h3>'
        f"<p>{TEXT}{number}</p>{extra}</div>"
    )


def page(*items: str, above: str = "", below: str = "", title: str = "Search") -> str:
    return (
        f"<html><head><title>{title}</title></head><body>{above}<div>{''.join(items)}</div>"
        f"{below}</body></html>"
    )


def hits(count: int) -> list[str]:
    return [item(number) for number in range(count)]


def automatic(html: str, url: str | None = SITE) -> ResultPage:
    return read(html, url=url, profile="auto")


def codes(said: ResultPage) -> list[str]:
    return [problem.code for problem in said.problems]


@pytest.mark.parametrize("profile", [None, "auto"])
def test_a_site_without_profile_is_read_by_what_repeats(profile: str | None) -> None:
    said = read(page(*hits(5)), url=SITE, profile=profile)
    assert said.profile == "auto"
    assert said.confidence >= FLOOR
    assert [record.title for record in said.records] == [f"{t} {n}" for n, t in enumerate(TITLES)]
    assert [record.rank for record in said.records] == [1, 2, 3, 4, 5]
    assert codes(said) == ["no-total"]
    first = said.records[0]
    assert first.url == "https://library.example/work/0"
    assert first.key == first.url
    assert first.abstract == f"{TEXT}0"
    assert first.language == "en"
    assert first.text == f"{first.title} {first.abstract}"


def test_an_address_of_a_known_site_is_never_read_without_its_profile() -> None:
    url = f"http://lake.example.org/journals/relate_search.aspx?aid={'0f' * 16}"
    said = read(page(*hits(5)), url=url)
    assert codes(said) == ["not-recognised"]
    assert said.records == ()


def test_a_menu_is_no_list_of_records() -> None:
    links = "".join(f'<li><a href="/{n}">Topic {n}</a></li>' for n in range(40))
    said = automatic(f"<html><body><nav><ul>{links}</ul></nav><p>Welcome.</p></body></html>")
    assert codes(said) == ["not-recognised"]
    assert said.records == ()
    assert said.confidence < FLOOR


def test_records_are_found_beside_a_longer_menu_and_filters() -> None:
    links = "".join(f'<li><a href="/{n}">Topic {n}</a></li>' for n in range(200))
    said = automatic(page(*hits(4), above=f"<div><ul>{links}</ul></div>"))
    assert len(said.records) == 4


def test_what_another_class_and_shape_mark_as_advert_is_left_out() -> None:
    advert = '<div class="promo"><img src="/a.png"><b>Sponsored</b> Subscribe and save</div>'
    said = automatic(page(*hits(3), advert, *hits(5)[3:]))
    assert len(said.records) == 5
    assert not any("Sponsored" in record.text for record in said.records)


def test_adverts_like_records_go_where_the_page_counts_its_records() -> None:
    stated = "<p>Showing <b>1</b> - <b>5</b> of <b>1,204</b> results</p>"
    said = automatic(page(item(8, "hit-ad paid"), *hits(5), above=stated))
    assert len(said.records) == 5
    assert said.stated_total == 1204
    assert said.ok


def test_a_page_that_counts_other_records_than_were_read_fails_its_check() -> None:
    said = automatic(page(*hits(5), above="<p>Showing 1 - 7 of 31 results</p>"))
    assert codes(said) == ["total-mismatch"]
    assert len(said.records) == 5


def test_a_record_that_stands_twice_is_told() -> None:
    assert "duplicate-record" in codes(automatic(page(*hits(4), item(2))))


def test_a_search_without_results_is_a_page_read() -> None:
    said = automatic(page(above="<p>0 results for lakes</p>"))
    assert (said.stated_total, said.records, said.problems) == (0, (), ())


def test_what_a_page_that_says_it_is_none_lists_is_no_records() -> None:
    said = automatic(page(*hits(5), title="404 - page not found"))
    assert codes(said) == ["not-found"]
    assert said.records == ()


def test_scripts_and_what_is_hidden_are_no_text() -> None:
    hidden = '<script>x=1</script><span style="display: none">secret</span><i hidden>secret</i>'
    said = automatic(page(*(item(number, extra=hidden) for number in range(4))))
    assert [record.text for record in said.records] == [
        f"{record.title} {record.abstract}" for record in said.records
    ]


def test_records_that_count_themselves_keep_their_numbers() -> None:
    rows = (f"<li>{n + 21}. <a href=/w/{n}>{TITLES[n]}</a><br>{TEXT}</li>" for n in range(5))
    said = automatic(page(*rows))
    assert [record.rank for record in said.records] == [21, 22, 23, 24, 25]
    assert [record.title for record in said.records] == list(TITLES)


def test_links_are_relative_to_what_the_page_says() -> None:
    html = page(*hits(4)).replace("<head>", '<head><base href="https://other.example/a/">')
    assert automatic(html).records[0].url == "https://other.example/work/0"
    assert automatic(html, url=None).url == "https://other.example/a/"


def test_without_any_address_links_stay_as_they_are() -> None:
    said = automatic(page(*hits(4)), url=None)
    assert said.records[0].url == "/work/0"
    assert said.records[0].key.startswith("text:")


def test_authors_venue_year_and_identifier_are_told_by_their_place() -> None:
    meta = (
        "<div class=by>Ada Abbott; Carla M. Costa</div><div class=in>Lake Review, 2011</div>"
        "<div class=id>doi:10.1234/abc.5</div>"
    )
    said = automatic(page(*(item(number, extra=meta) for number in range(4))))
    record = said.records[1]
    assert record.authors == ()  # one text on all records is no list of their authors
    assert (record.venue, record.year) == ("Lake Review", 2011)
    assert record.identifiers == {"doi": "10.1234/abc.5"}
    people = ("Ada Abbott; Carla M. Costa", "Omar Osei", "Rita Rossi; Wen Ueda", "Zoe Young")
    said = automatic(page(*(item(n, extra=meta.replace(people[0], people[n])) for n in range(4))))
    assert [record.authors for record in said.records] == [
        ("Ada Abbott", "Carla M. Costa"),
        ("Omar Osei",),
        ("Rita Rossi", "Wen Ueda"),
        ("Zoe Young",),
    ]


def test_dates_are_kept_as_printed() -> None:
    days = ("3 May 2011", "May 4, 2012", "2013-05-05", "2014年5月6日")
    said = automatic(page(*(item(n, extra=f"<span>{days[n]}</span>") for n in range(4))))
    assert [record.date for record in said.records] == list(days)
    assert [record.year for record in said.records] == [2011, 2012, 2013, 2014]


def test_head_and_footer_are_told_apart_from_the_records() -> None:
    above = '<header><a href="/">Home</a> <a href="/help">Help</a></header>'
    below = '<div><a href="/imprint">Imprint</a><p>© 2020 Lake Library</p></div>'
    said = automatic(page(*hits(4), above=above, below=below))
    assert [link.text for link in said.navigation] == ["Home", "Help"]
    assert said.footer is not None
    assert said.footer.operator == "Lake Library"
    assert [link.url for link in said.footer.links] == ["https://library.example/imprint"]


def test_the_words_searched_for_stand_in_their_field() -> None:
    above = '<form><input type="hidden" value="x"><input name="q" value="lakes"></form>'
    assert automatic(page(*hits(4), above=above)).query.text == "lakes"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_bytes_are_read_as_text_is(encoding: str) -> None:
    html = page(*hits(5)).replace("Sediments", "湖泊沉积")
    said = read(html.encode(encoding), url=SITE, profile="auto")
    assert said.records == automatic(html).records


@pytest.mark.parametrize("link", ["", ' with <a href="/x">a link</a> in it'])
def test_the_paragraphs_of_an_article_are_no_records(link: str) -> None:
    paragraphs = "".join(f"<p>{TEXT * 2}{n}{link}. {TEXT}</p>" for n in range(12))
    said = automatic(f"<html><body><h1>An article</h1>{paragraphs}</body></html>")
    assert codes(said) == ["not-recognised"]
    assert said.records == ()


def test_a_comment_that_is_never_closed_hides_no_records() -> None:
    said = automatic(page(*hits(5), above="<!-- search results"))
    assert len(said.records) == 5
    assert "broken-markup" in codes(said)


@pytest.mark.parametrize("across", [1, 2, 3])
def test_cells_of_a_row_are_records_where_they_are_alike_and_columns_where_not(across: int) -> None:
    cells = [f"<td><a href=/w/{n}>{TITLES[n % 5]} {n}</a><br>{TEXT}</td>" for n in range(12)]
    rows = (f"<tr>{''.join(cells[n : n + across])}</tr>" for n in range(0, 12, across))
    assert len(automatic(f"<table>{''.join(rows)}</table>").records) == 12
    columns = (
        f"<tr><td>{n}</td><td><a href=/w/{n}>{TITLES[n % 5]} {n}</a></td><td><a href=/u>Osei</a>"
        f"</td><td>{n} replies</td></tr>"
        for n in range(12)
    )
    said = automatic(f"<table>{''.join(columns)}</table>")
    assert [record.title for record in said.records] == [f"{TITLES[n % 5]} {n}" for n in range(12)]


@pytest.mark.parametrize(
    "head", [("No.", "Title", "Author(s)", "Source"), ("序号", "题名", "作者", "来源")]
)
def test_the_head_of_a_table_says_what_its_columns_hold(head: tuple[str, ...]) -> None:
    names = ("Ada Abbott", "王伟；李娜", "Omar Osei", "Rita Rossi", "张敏")
    rows = "".join(
        f"<tr><td>{n + 1}</td><td><a href=/w/{n}>{TITLES[n]}</a></td><td>{names[n]}</td>"
        "<td>Lake Review</td></tr>"
        for n in range(5)
    )
    said = automatic(f"<table><tr>{''.join(f'<th>{word}' for word in head)}</tr>{rows}</table>")
    assert [record.authors for record in said.records] == [
        tuple(each.split("；")) for each in names
    ]
    assert {record.venue for record in said.records} == {"Lake Review"}
