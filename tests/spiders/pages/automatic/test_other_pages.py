"""A page that is no result page is a problem, whatever it lists, and is called what it is."""

import pytest

from benchmarks.corpora.others import OTHERS
from benchmarks.corpora.refusals import REFUSALS
from spiders.pages import read
from spiders.pages.guard import FLOOR

PAGES = OTHERS | REFUSALS
CODES = {
    "login": "login",
    "login with providers": "login",
    "chinese login": "login",
    "challenge": "captcha",
    "unusual traffic": "captcha",
    "chinese challenge": "captcha",
    "picture challenge": "captcha",
    "not found": "not-found",
    "soft not found": "not-found",
    "chinese not found": "not-found",
}


@pytest.mark.parametrize("profile", [None, "auto"])
@pytest.mark.parametrize("name", PAGES)
def test_no_records_are_read_of_a_page_of_another_kind(name: str, profile: str | None) -> None:
    said = read(PAGES[name](), url="https://courier.example/a/5", profile=profile)
    assert said.records == ()
    assert said.confidence < FLOOR
    assert [problem.code for problem in said.problems] == [CODES.get(name, "not-recognised")]
    assert said.stated_total is None
    assert said.next_url is None


def test_a_link_to_sign_in_makes_no_login_of_a_page() -> None:
    said = read("<h1>Opening hours</h1><a href=/in>Sign in</a><p>From nine to five.</p>")
    assert [problem.code for problem in said.problems] == ["not-recognised"]


@pytest.mark.parametrize("words", ["404", "not found", "login", "captcha", "password 密码"])
def test_a_search_for_the_words_of_a_refusal_is_a_search(words: str) -> None:
    items = "".join(
        f"<li><a href=/w/{n}>How people choose a {words}, part {n}</a><p>A survey of {n} hundred "
        "readers of the library and of what they said about it.</p></li>"
        for n in range(8)
    )
    said = read(
        f"<title>{words} - Search</title><input type=text name=q value='{words}'>"
        f"<h1>Results for {words}</h1><ul>{items}</ul>"
    )
    assert len(said.records) == 8
