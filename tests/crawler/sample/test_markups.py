"""One truth through every mark-up."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.sample.elements import RECONSTRUCTION
from crawler.sample.markups import MARKUPS, PLAIN
from crawler.sample.printing import Printed, print_page
from crawler.sample.truth import article_truth, page_truth
from tests.crawler.sample.browser import collapsed, seen

LINKED = sorted(set(MARKUPS) - PLAIN)
PAGES = (0, 3, 40, 41, 150, 299)


def decoded(page: Printed) -> str:
    """By the declared charset, else by the first that fits, as a browser guesses."""
    head = f"{page.content_type} {page.body[:600].decode('latin-1')}"
    declared = re.findall(r"charset=[\"']?([\w-]+)", head, re.I)
    for name in [*declared, "utf-8", "gb18030"]:
        codec = "gbk" if name == "gb2312" else name
        try:
            return page.body.decode(codec)
        except UnicodeDecodeError:
            assert not declared
    raise AssertionError(page.body[:200])


def said(record: dict, markup: str) -> list[str]:
    """What must stand on the page, in this order."""
    abstract = collapsed(record["abstract"] or "")
    if markup == "bare":
        return [abstract or collapsed(record["title"]), "相似文献"]
    cited = record["cited_by"]
    parts = [f"{record['rank']}.", record["title"] or ""]
    if cited:
        parts.append(f"总被引:{cited['total']},自引:{cited['self']},他引:{cited['others']}")
    if record["free_pdf"]:
        parts.append("下载免费PDF全文")
    parts += record["authors"]
    if record["venue"]:
        parts += [f"《{record['venue']}》", f"{record['year']},{record['volume'] or ''}"]
        if record["issue"]:
            parts.append(f"({record['issue']})")
        parts.append(f":{record['pages']}")
    return [collapsed(part) for part in [*parts, abstract, "相似文献"]]


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("index", PAGES)
def test_a_page_shows_every_field_of_its_records_in_order(corpus_of, markup, index):
    corpus = corpus_of(300)
    shown = decoded(print_page(corpus, "similar", index, markup))
    text = collapsed(shown) if markup in PLAIN else seen(shown)[0]
    at = text.index(f"共查询到{len(corpus.plan.kin(index))}条相似文献")
    for record in page_truth(corpus, index):
        for part in said(record, markup):
            at = text.find(part, at)
            assert at >= 0, (record["rank"], part)
            at += len(part)
    assert text.find("ICP备", at) > 0


@pytest.mark.parametrize("markup", LINKED)
@pytest.mark.parametrize("index", PAGES)
def test_every_record_links_to_its_article_and_its_kin(corpus_of, markup, index):
    corpus = corpus_of(300)
    _, links = seen(decoded(print_page(corpus, "similar", index, markup)))
    leads = {path: [] for path in ("/relate_search.aspx", "/view_abstract.aspx")}
    for address in map(urlsplit, links):
        if address.path in leads:
            leads[address.path] += parse_qs(address.query)["aid"]
    records = page_truth(corpus, index)
    assert leads["/relate_search.aspx"] == [record["aid"] for record in records]
    titled = [record["aid"] for record in records if record["title"]]
    assert leads["/view_abstract.aspx"] == titled


@pytest.mark.parametrize("markup", LINKED)
def test_a_page_says_that_it_is_a_reconstruction(corpus_of, markup):
    page = print_page(corpus_of(300), "similar", 5, markup)
    assert RECONSTRUCTION.encode() in page.body


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_article_page_shows_its_record(corpus_of, markup):
    corpus = corpus_of(300)
    for index in PAGES:
        shown = decoded(print_page(corpus, "article", index, markup))
        text = collapsed(shown) if markup in PLAIN else seen(shown)[0]
        record = article_truth(corpus, index)
        for field in ("title", "venue", "pages", "abstract"):
            assert collapsed(record[field] or "") in text
        assert all(collapsed(author) in text for author in record["authors"])
        assert all(collapsed(word) in text for word in record["keywords"])
        assert ("摘要:" in text) == (record["abstract"] is not None)
        assert "共查询到" not in text


def test_parameters_come_in_many_orders_and_numbers(corpus_of):
    corpus = corpus_of(300)
    orders = set()
    for index in range(30):
        _, links = seen(decoded(print_page(corpus, "similar", index, "table")))
        orders |= {
            tuple(re.findall(r"[?&](\w+)=", link)) for link in links if "relate_search" in link
        }
    assert len(orders) > 50
    assert all({"aid", "pcid"} <= set(order) for order in orders)


def test_scrambled_pages_differ_in_tags_and_encoding(corpus_of):
    corpus = corpus_of(300)
    pages = [print_page(corpus, "similar", index, "random") for index in range(60)]
    tags = [frozenset(re.findall(rb"<(\w+)", page.body.lower())) for page in pages]
    assert len(set(tags)) > 40
    assert len({page.content_type for page in pages}) >= 3


def test_pages_come_in_utf_8_and_gbk_declared_or_not(corpus_of):
    corpus = corpus_of(300)
    found = set()
    for index in range(120):
        page = print_page(corpus, "similar", index, "div")
        try:
            page.body.decode()
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "gb"
        found.add((encoding, b"charset=" in page.body[:600], "charset" in page.content_type))
    assert {
        ("utf-8", True, True),
        ("utf-8", False, False),
        ("gb", True, False),
        ("gb", False, True),
        ("gb", False, False),
    } <= found


def test_subjects_have_one_of_three_footers(corpus_of):
    corpus = corpus_of(300)
    footers = {
        print_page(corpus, "similar", index, "text").body.decode().split("\n")[-2]
        for index in range(100)
    }
    assert len(footers) == 3
    assert all(re.search(r"Copyright©\S+\xa0\xa0[京沪吉]ICP备\d{8}号", one) for one in footers)


@pytest.mark.parametrize("markup", ["table", "div", "random"])
def test_pages_for_benchmarks_weigh_thirty_to_sixty_kilobytes(corpus_of, markup):
    corpus = corpus_of(300)
    sizes = [len(print_page(corpus, "similar", index, markup).body) for index in range(60)]
    assert 30_000 < sum(sizes) / len(sizes) < 60_000
