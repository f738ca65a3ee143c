"""Pages of a site whose profile says where things stand."""

from collections.abc import Sequence
from datetime import date

import pytest

from records import ResultPage
from spiders.pages import read
from spiders.pages.known import Profiles, shipped
from spiders.pages.profile import profile_from_toml

SITE = """
name = "portal"
hosts = ["portal.example"]
[[layout]]
record = "div.result"
without = [".advert", ".vertical"]
total = [{ select = "#count", pattern = 'of about ([\\d,]+)' }]
stated_ms = [{ select = "#count", pattern = '\\((.*)\\)' }]
next = [{ select = "a.next", attribute = "href" }]
query = [{ select = "input[name=q]", attribute = "value" }]
footer = "#foot"
navigation = "#head"
[layout.guard]
required = ["#list"]
empty = [{ text = "Nothing was found" }]
captcha = ["#puzzle"]
login = ["#login"]
missing = [{ text = "gone for good" }]
[layout.fields]
title = ["h3 a", "h3"]
url = [{ select = "h3 a", attribute = "href" }]
native_id = [{ select = "h3 a", attribute = "href", parameter = "id" }]
abstract = ["p"]
authors = [{ select = ".who", split = ';' }]
venue = [{ select = ".where", pattern = '^(.*?),' }]
year = [{ select = ".where" }]
volume = [{ select = ".where", pattern = 'vol\\. (\\S+)' }]
keywords = ["li"]
cited_by = [{ select = ".cited", pattern = 'Cited by (.*)' }]
free_pdf = ["a.pdf"]
[layout.fields.identifiers]
doi = [{ pattern = 'doi: (10\\.\\S+)' }]
"""
RECORD = """<div class="result">
<h3><a href="/a?id={n}&amp;s=1">On <em>gauge</em> number {n}</a></h3>
<span class=who>Ada Lind; Bo Ek</span> <span class=where>Journal of Gauges, 2019, vol. 7</span>
<p>Abstract: We weigh {n} gauges.</p><p style="display: none">hidden</p><script>var x</script>
<ul><li>gauge<li>weight</ul> doi: 10.1234/g.{n} <a class=pdf href=x.pdf>PDF</a>
<a class=cited>Cited by 1,204</a></div>"""
HEAD = """<html><head><title>Portal</title></head><body><div id=head><a href="/">Home</a>
<a href="/help">Help</a></div><input name=q value="gauge  study">
<p id=count>1 - 2 of about 3,273 (0.12 seconds)</p><div id=list>"""
FOOT = """</div><a class=next href="?p=2">more</a>
<div id=foot>© 2026 Portal Ltd. <a href="/t">Terms</a>
</div></body></html>"""
URL = "https://portal.example/search"


def page_of(
    records: Sequence[str],
    *changes: tuple[str, str],
    profile: str = SITE,
    url: str | None = URL,
    day: date | None = None,
    name: str | None = None,
) -> ResultPage:
    html = HEAD + "\n".join(records) + FOOT
    for old, new in changes:
        assert old in html
        html = html.replace(old, new)
    known = Profiles([*shipped(), profile_from_toml(profile, "portal.toml")])
    return read(html, url=url, profiles=known, fetched=day, profile=name)


def changed(*changes: tuple[str, str]) -> str:
    text = SITE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def result(n: int) -> str:
    return RECORD.format(n=n)


def codes(page: ResultPage) -> list[str]:
    return [problem.code for problem in page.problems]


def test_every_field_is_where_its_tries_say() -> None:
    page = page_of([result(1), result(2)])
    assert codes(page) == []
    assert (page.profile, page.confidence, page.url) == ("portal", 1.0, URL)
    first = page.records[0]
    assert first.rank == 1
    assert first.title == "On gauge number 1"
    assert first.url == first.key == "https://portal.example/a?id=1&s=1"
    assert first.native_id == "1"
    assert first.authors == ("Ada Lind", "Bo Ek")
    assert (first.venue, first.year, first.volume) == ("Journal of Gauges", 2019, "7")
    assert first.abstract == "We weigh 1 gauges.\nhidden"
    assert first.keywords == ("gauge", "weight")
    assert first.cited_by is not None
    assert first.cited_by.total == 1204
    assert first.free_pdf
    assert dict(first.identifiers) == {"doi": "10.1234/g.1"}
    assert first.language == "en"
    assert first.text == (
        "On gauge number 1 Ada Lind; Bo Ek Journal of Gauges, 2019, vol. 7 Abstract: We weigh 1 "
        "gauges. gauge weight doi: 10.1234/g.1 PDF Cited by 1,204"
    )


def test_what_stands_around_the_records_is_read() -> None:
    page = page_of([result(1), result(2)])
    assert (page.stated_total, page.stated_ms) == (3273, 120)
    assert page.query.text == "gauge study"
    assert page.next_url == "https://portal.example/search?p=2"
    assert [link.url for link in page.navigation] == [
        "https://portal.example/",
        "https://portal.example/help",
    ]
    assert page.footer is not None
    assert page.footer.operator == "Portal Ltd"
    assert [link.text for link in page.footer.links] == ["Terms"]


def test_adverts_and_blocks_of_other_kinds_are_left_out() -> None:
    advert = result(7).replace('"result"', '"result advert"')
    block = f'<div class="result vertical">{result(8)}</div>'
    within = result(2).replace("<p>", "<p class=advert>buy now</p><p>", 1)
    page = page_of([advert, result(1), block, within])
    assert [record.native_id for record in page.records] == ["1", "2"]
    assert [record.rank for record in page.records] == [1, 2]
    assert "buy now" not in page.records[1].text


def test_a_record_within_another_is_a_part_of_it() -> None:
    outer = result(1).replace("</div>", f"{result(2)}</div>")
    assert [record.native_id for record in page_of([outer, result(3)]).records] == ["1", "3"]


def test_a_record_may_go_on_over_the_elements_behind_it() -> None:
    rows = "".join(
        f"<tr class=head><td><h3>Title {n}</h3></td></tr><tr><td class=who>Ada Lind</td></tr>"
        for n in (1, 2, 3)
    )
    profile = changed(('record = "div.result"', 'record = "tr.head"\ngoes_on = true'))
    page = page_of([f"<table>{rows}</table>"], profile=profile)
    assert [(r.title, r.authors) for r in page.records] == [
        (f"Title {n}", ("Ada Lind",)) for n in (1, 2, 3)
    ]


def test_the_first_try_that_finds_anything_counts() -> None:
    bare = result(1).replace("<h3><a", "<h3><b").replace("</a></h3>", "</b></h3>")
    (first,) = page_of([bare]).records
    assert (first.title, first.url, first.native_id) == ("On gauge number 1", None, None)


@pytest.mark.parametrize(
    ("href", "tried", "url"),
    [
        ("/link?url=https%3A%2F%2Fa.example%2Fx", 'parameter = "url"', "https://a.example/x"),
        ("/link?u=a1aHR0cHM6Ly9hLmV4YW1wbGUveA", "parameter = 'u', pattern = '^a1(.*)', "
         "decode = 'base64'", "https://a.example/x"),
        ("/go/https%3A%2F%2Fa.example%2Fx", "pattern = '/go/(.*)', decode = 'percent'",
         "https://a.example/x"),
        ("/link?u=a1%FF", "parameter = 'u', pattern = '^a1(.*)', decode = 'base64'", None),
        ("javascript:alert(1)", "", None),
        ("//a.example/x", "", "https://a.example/x"),
    ],
)  # fmt: skip
def test_a_redirect_is_unwrapped(href: str, tried: str, url: str | None) -> None:
    profile = changed(
        (
            'attribute = "href" }]\nnative',
            f'attribute = "href"{", " if tried else ""}{tried} }}]\nnative',
        )
    )
    page = page_of([result(1).replace("/a?id=1&amp;s=1", href)], profile=profile)
    assert page.records[0].url == url


def test_a_namespace_makes_the_native_id_the_key() -> None:
    profile = changed(('hosts = ["portal.example"]', 'hosts = ["portal.example"]\nnamespace = "p"'))
    assert [record.key for record in page_of([result(1)], profile=profile).records] == ["p:1"]


def test_a_total_of_the_page_must_be_met_and_one_of_the_search_never() -> None:
    assert codes(page_of([result(1)])) == []
    counting = changed(("stated_ms", 'total_counts = "page"\nstated_ms'))
    page = page_of([result(1)], profile=counting)
    assert codes(page) == ["total-mismatch"]
    assert not page.ok
    assert codes(page_of([result(1)], ("of about 3,273", "of about 1"), profile=counting)) == []
    assert codes(page_of([result(1)], ("of about", "of"))) == ["no-total"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("id=list", "id=lost"), "not-recognised"),
        (("<div id=list>", "<div id=puzzle>"), "captcha"),
        (("<div id=list>", "<form id=login>"), "login"),
        (("<div id=list>", "<div>Gone  for GOOD"), "not-found"),
        (("<div id=list>", "<div>用户登录"), "login"),
        (('<div class="result">', '<div class="card">'), "no-records"),
        (("<h3>", "<h4>"), "no-field"),
        (("id=foot", "id=feet"), "truncated"),
    ],
)
def test_a_page_that_is_not_as_its_profile_knows_it_fails_its_check(
    change: tuple[str, str], code: str
) -> None:
    changes = [change]
    if change[0] == "<h3>":
        changes.append(("</h3>", "</h4>"))
    page = page_of([result(1), result(2)], *changes)
    assert code in codes(page)
    assert not page.ok
    assert page.profile == "portal"


def test_a_site_that_changed_is_not_read_automatically() -> None:
    page = page_of([result(n) for n in range(1, 9)], ("id=list", "id=lost"))
    assert page.records == ()
    assert page.confidence == 0.0
    assert "#list is not there" in page.problems[0].message


def test_a_page_that_says_there_are_none_is_read() -> None:
    for change in (
        ("of about 3,273", "of about 0"),
        ("<div id=list>", "<div id=list>Nothing was found"),
    ):
        page = page_of([], change)
        assert (codes(page), page.records) == ([], ())
    assert page_of([], ("1 - 2 of about 3,273", "Nothing was found")).stated_total == 0


def test_on_a_day_of_change_the_guard_tells_which_layout_a_page_has() -> None:
    old = SITE.replace("[[layout]]", "[[layout]]\nuntil = 2026-03-01")
    new = SITE[SITE.index("[[layout]]") :].replace("[[layout]]", "[[layout]]\nfrom = 2026-03-01")
    both = old + new.replace("#list", "#cards").replace("div.result", "div.card")
    cards = (("id=list", "id=cards"), ('"result"', '"card"'))
    for day, known, strange in (
        (date(2026, 2, 28), (), cards),
        (date(2026, 3, 2), cards, ()),
    ):
        assert len(page_of([result(1)], *known, profile=both, day=day).records) == 1
        assert codes(page_of([result(1)], *strange, profile=both, day=day)) == ["not-recognised"]
        for either in (known, strange):
            page = page_of([result(1)], *either, profile=both, day=date(2026, 3, 1))
            assert len(page.records) == 1


def test_a_page_of_no_known_address_is_known_by_its_guard() -> None:
    for url in (None, "http://mirror.example/s"):
        page = page_of([result(1)], url=url)
        assert (page.profile, len(page.records)) == ("portal", 1)
    unknown = page_of([result(1)], ("id=list", "id=lost"), url=None)
    assert unknown.profile != "portal"


def test_a_guard_of_words_alone_tells_no_page_of_an_unknown_host() -> None:
    words = changed(('required = ["#list"]', 'required = [{ text = "Ada" }]'))
    assert page_of([result(1)], profile=words).profile == "portal"
    assert page_of([result(1)], profile=words, url=None).profile != "portal"


def test_a_named_profile_is_used_whatever_the_host() -> None:
    page = page_of([result(1)], url="http://mirror.example/s", name="portal")
    assert (page.profile, len(page.records)) == ("portal", 1)
    page = page_of([result(1)], ("id=list", "id=lost"), url=None, name="portal")
    assert (page.profile, codes(page)) == ("portal", ["not-recognised"])


def test_the_encoding_of_a_profile_is_the_pages_whatever_they_say() -> None:
    profile = profile_from_toml(SITE.replace("[[layout]]", 'encoding = "big5"\n[[layout]]', 1), "x")
    html = HEAD + result(1).replace("number", "計量") + FOOT.replace("©", "")
    for url in (URL, None):
        page = read(html.encode("big5"), url=url, charset="gb2312", profiles=Profiles([profile]))
        assert (page.encoding, page.records[0].title) == ("big5", "On gauge 計量 1")


def test_a_number_of_its_own_is_a_records_rank_and_may_not_skip() -> None:
    profile = changed(("title =", "rank = [{ select = 'h3', pattern = 'number (\\d+)' }]\ntitle ="))
    page = page_of([result(11), result(12)], profile=profile)
    assert ([record.rank for record in page.records], codes(page)) == ([11, 12], [])
    assert codes(page_of([result(11), result(13)], profile=profile)) == ["rank-sequence"]


def test_kin_are_found_once_each_and_then_the_next_page() -> None:
    profile = changed(
        ("title =", "similar_url = [{ select = 'a.cited', attribute = 'href' }]\ntitle =")
    )
    kin = [
        result(n).replace("a class=cited", f"a class=cited href='{href}'")
        for n, href in enumerate(["/kin?id=1", "/kin?id=1", "relate_search.aspx?aid=0F&pcid=1", ""])
    ]
    found = page_of(kin, profile=profile).found
    assert [(each.kind, each.fingerprint) for each in found] == [
        ("similar", "https://portal.example/kin?id=1"),
        ("similar", "similar:0f"),
        ("listing", "https://portal.example/search?p=2"),
    ]


def test_markup_left_open_hides_nothing() -> None:
    page = page_of([result(1), result(2)], ("<div id=list>", "<div id=list><!-- open"))
    assert len(page.records) == 2
    assert codes(page) == ["broken-markup"]


def test_text_without_markup_is_read_automatically_even_of_a_known_host() -> None:
    lines = "\n".join(
        f"{n}. A study of the weight of gauges, part {n}\nAda Lind, Bo Ek\n2019-01-0{n}\n"
        f"In this part we weigh gauge number {n} and compare it with what others have found so far "
        "in their own laboratories."
        for n in range(1, 8)
    )
    known = Profiles([profile_from_toml(SITE, "portal.toml")])
    for name in (None, "portal"):
        page = read(lines, url=URL, profiles=known, profile=name)
        assert len(page.records) == 7


@pytest.mark.parametrize(
    "inside",
    [
        "<div class=result>" * 200_000,
        "<div class=result></div>" * 40_000,
        "<div class=result><h3>a</h3></div>" * 5_000,
        f"<div {' '.join(f'a{n}' for n in range(200_000))}>",
        "<div class=result><p>" + "x" * 4_000_000,
        "<b><i>" * 100_000,
        "&amp;" * 400_000,
        "\x00\ufffe\ud800" * 1000,
    ],
)
def test_a_hostile_page_ends_with_a_problem(inside: str) -> None:
    known = Profiles([profile_from_toml(SITE, "portal.toml")])
    page = read(HEAD + inside + FOOT, url=URL, profiles=known)
    assert not page.ok
