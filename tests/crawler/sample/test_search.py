"""The portal's search service: five layouts of the same records, a redesign, captcha pages."""

import re

import pytest

from crawler.sample import SERVICES, Fault, Portal
from crawler.sample.corpus import Corpus
from crawler.sample.search import SIZE, Search
from records import UsageError
from tests.crawler.sample.browser import ask, collapsed, seen


@pytest.mark.parametrize("layout", SERVICES)
def test_a_layout_shows_every_record_and_leads_from_page_to_page(layout: str) -> None:
    with Portal(records=60, seed=5) as portal:
        address: str | None = portal.search_address(layout)
        shown: list[str] = []
        pages = 0
        while address is not None:
            words, links = seen(ask(portal, address).body.decode())
            pages += 1
            said = portal.found[(pages - 1) * SIZE : pages * SIZE]
            for each in said:
                for name in ("title", "venue", "abstract", "year"):
                    assert collapsed(str(each[name])) in words
                assert collapsed(";".join(each["authors"])) in words
            assert str(len(portal.found)) in words
            assert "ICP备" in words
            shown += [link for link in links if link in {each["url"] for each in said}]
            onward = f"?page={pages + 1}"
            address = portal.search_address(layout) + onward if onward in links else None
        assert shown == [each["url"] for each in portal.found]
        assert ask(portal, shown[0]).status == 200


def test_every_record_found_is_one_of_the_truth_with_its_true_fields() -> None:
    with Portal(records=60, seed=5) as portal:
        assert len(portal.found) > 40
        for said in portal.found:
            truth = portal.truth.record(said["aid"])
            assert {name: said[name] for name in said if name != "url"}.items() <= truth.items()


def test_layouts_are_unlike_each_other() -> None:
    results = Search(Corpus(60, 5)).results(1)
    assert results is not None
    tags = [
        frozenset(re.findall(r'<\w+(?: class="\w+")?', each(results))) for each in SERVICES.values()
    ]
    assert len(set(tags)) == len(SERVICES) == 5


def test_what_is_no_page_of_results_is_not_found() -> None:
    with Portal(records=30) as portal:
        for path in ("/search?page=99", "/search?page=x", "/search?page=0", "/search/latex"):
            assert ask(portal, path).status == 404


def test_a_redesign_comes_after_so_many_pages() -> None:
    with Portal(records=60, faults=["redesign:2:terms"], search="table") as portal:
        pages = [ask(portal, f"/search?page={number}").body for number in (1, 2, 1, 2)]
        ask(portal, "/search/cards")
        portal.faults = ()
        after = ask(portal, "/search").body
    assert [b"<table" in page for page in pages] == [True, True, False, False]
    assert [b"<dl>" in page for page in pages] == [False, False, True, True]
    assert after == pages[0]


def test_a_share_of_the_answers_is_a_captcha_with_status_200() -> None:
    with Portal(records=120, faults=[Fault("captcha", share=0.4, times=1)]) as portal:
        addresses = [f"/search?page={number}" for number in range(1, len(portal.found) // SIZE)]
        first = [ask(portal, each) for each in addresses]
        second = [ask(portal, each) for each in addresses]
    asked = ["验证码" in answer.body.decode() for answer in first]
    assert {answer.status for answer in first} == {200}
    assert 0 < sum(asked) < len(asked)
    assert not any("验证码" in answer.body.decode() for answer in second)


@pytest.mark.parametrize("asked", [{"search": "latex"}, {"faults": ["redesign:x"]}])
def test_a_layout_or_fault_that_does_not_exist_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Portal(records=30, **asked)  # type: ignore[arg-type]
