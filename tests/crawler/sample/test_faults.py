"""Each fault does what it says, over HTTP."""

import http.client
import time
from collections import Counter

import pytest

from crawler.sample import Fault, Portal
from crawler.sample.faults import BEFORE, CONTENT, DELIVERY, NAMES
from records import UsageError
from tests.crawler.sample.browser import ask, kin_address, seen


@pytest.fixture(scope="module")
def portal():
    with Portal(records=60, seed=3, markup="div") as running:
        yield running


@pytest.fixture
def aid(portal):
    """Of a record whose page is UTF-8 and says so."""
    portal.faults = ()
    for one in portal.truth.aids:
        answer = ask(portal, kin_address(portal, one))
        if answer.charset == "utf-8":
            return one
    raise AssertionError


def fault_one(portal, name, aid, **how):
    portal.faults = [Fault(name, share=0, aids=frozenset({aid}), **how)]


@pytest.mark.parametrize("name", ["429", "503"])
def test_refuses_twice_and_then_serves(portal, aid, name):
    fault_one(portal, name, aid, seconds=3)
    answers = [ask(portal, kin_address(portal, aid)) for _ in range(3)]
    assert [answer.status for answer in answers] == [int(name), int(name), 200]
    assert answers[0].headers["Retry-After"] == "3"


def test_refuses_as_often_as_told(portal):
    aid = portal.truth.aids[7]
    fault_one(portal, "503", aid, times=1)
    assert [ask(portal, kin_address(portal, aid)).status for _ in range(2)] == [503, 200]


def test_a_fault_set_again_begins_anew(portal, aid):
    for _ in range(2):
        fault_one(portal, "429", aid.lower(), times=1)
        assert [ask(portal, kin_address(portal, aid)).status for _ in range(2)] == [429, 200]


def test_slow_drips_the_whole_page(portal, aid):
    plain = ask(portal, kin_address(portal, aid)).body
    fault_one(portal, "slow", aid, seconds=0.3)
    begun = time.monotonic()
    assert ask(portal, kin_address(portal, aid)).body == plain
    assert time.monotonic() - begun > 0.2


@pytest.mark.parametrize("name", ["cut-body", "cut-chunk"])
def test_cut_bodies_end_before_their_end(portal, aid, name):
    whole = len(ask(portal, kin_address(portal, aid)).body)
    fault_one(portal, name, aid)
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(portal, kin_address(portal, aid))
    assert 0 < len(cut.value.partial) < whole


def test_cut_page_is_whole_to_http_and_ends_within_its_records(portal, aid):
    fault_one(portal, "cut-page", aid)
    answer = ask(portal, kin_address(portal, aid))
    html = answer.body.decode()
    assert answer.status == 200
    assert "共查询到" in html
    assert "</html>" not in html
    assert "ICP备" not in html


def test_wrong_charset_is_declared(portal, aid):
    fault_one(portal, "wrong-charset", aid)
    answer = ask(portal, kin_address(portal, aid))
    assert answer.charset == "gbk"
    assert b"charset=gbk" in answer.body
    assert "共查询到" in answer.body.decode("utf-8")


def test_wrong_total_is_not_the_number_listed(portal, aid):
    fault_one(portal, "wrong-total", aid)
    text, _ = seen(ask(portal, kin_address(portal, aid)).body.decode())
    assert f"共查询到{len(portal.truth_page(aid)) + 3}条" in text


def test_an_empty_result_states_none_and_lists_none(portal, aid):
    fault_one(portal, "empty", aid)
    text, links = seen(ask(portal, kin_address(portal, aid)).body.decode("utf-8"))
    assert "共查询到0条" in text
    assert "ICP备" in text
    assert not any("relate_search" in link for link in links)


@pytest.mark.parametrize(("name", "word"), [("captcha", "验证码"), ("soft-404", "不存在")])
def test_pages_that_are_none_come_with_status_200(portal, aid, name, word):
    fault_one(portal, name, aid)
    answer = ask(portal, kin_address(portal, aid))
    assert answer.status == 200
    assert word in answer.body.decode()
    assert "共查询到" not in answer.body.decode()


def test_redirect_leads_to_the_page_under_another_order(portal, aid):
    fault_one(portal, "redirect", aid)
    first = ask(portal, kin_address(portal, aid))
    assert first.status == 302
    assert first.headers["Location"] == f"/relate_search.aspx?pcid=1&aid={aid}"
    assert ask(portal, first.headers["Location"]).status == 200


def test_every_link_of_a_redirected_record_is_redirected_once(portal):
    portal.faults = [Fault("redirect", share=1)]
    for start in portal.start:
        moved = ask(portal, start)
        assert moved.status == 302
        assert ask(portal, moved.headers["Location"]).status == 200


def test_redirect_loop_leads_to_itself(portal, aid):
    fault_one(portal, "redirect-loop", aid)
    first = ask(portal, kin_address(portal, aid))
    assert kin_address(portal, aid).endswith(first.headers["Location"])


def test_hang_never_answers(portal, aid):
    fault_one(portal, "hang", aid)
    with pytest.raises(TimeoutError):
        ask(portal, kin_address(portal, aid), timeout=0.3)
    assert portal.log[-1].status == 0


def test_reset_breaks_the_connection(portal, aid):
    fault_one(portal, "reset", aid)
    with pytest.raises(ConnectionResetError):
        ask(portal, kin_address(portal, aid))


def test_robots_can_be_unavailable_or_forbid_all(portal):
    portal.faults = ["robots-503"]
    assert ask(portal, "/robots.txt").status == 503
    portal.faults = ["robots-disallow"]
    assert "Disallow: /\n" in ask(portal, "/robots.txt").body.decode()
    portal.faults = ()
    portal.crawl_delay = 1.5
    assert "Crawl-delay: 1.5" in ask(portal, "/robots.txt").body.decode()


def test_others_are_not_befallen(portal, aid):
    fault_one(portal, "captcha", aid)
    others = [ask(portal, kin_address(portal, one)) for one in portal.truth.aids if one != aid]
    assert all(
        "查询到".encode("gbk") in one.body or "查询到".encode() in one.body for one in others
    )


def test_a_share_befalls_the_same_records_each_time():
    fault = Fault("captcha", share=0.2)
    with Portal(records=500, seed=5) as portal:
        aids = portal.truth.aids
    befallen = [aid for aid in aids if fault.befalls(5, aid)]
    assert 60 < len(befallen) < 140
    assert befallen == [aid for aid in aids if Fault("captcha", share=0.2).befalls(5, aid)]
    assert befallen != [aid for aid in aids if fault.befalls(6, aid)]


def test_several_faults_share_the_records_out(portal):
    portal.faults = ["captcha:0.5", "soft-404:1"]
    words = Counter(
        "验证码" in ask(portal, kin_address(portal, aid)).body.decode() for aid in portal.truth.aids
    )
    assert words[True] > 10
    assert words[False] > 10


@pytest.mark.parametrize("text", ["flood", "slow:lots", "slow:2"])
def test_a_fault_that_does_not_exist_is_refused_in_one_line(text):
    with pytest.raises(UsageError) as refused:
        Portal(records=10, faults=[text])
    assert "\n" not in str(refused.value)


def test_every_named_fault_is_of_one_sort():
    others = {"robots-503", "robots-disallow", "redesign"}
    assert sorted(NAMES) == sorted({*BEFORE, *CONTENT, *DELIVERY} | others)
