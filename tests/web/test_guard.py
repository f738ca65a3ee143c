"""Who may ask, who may write, and what a browser is told."""

import threading
import time
from pathlib import Path

import pytest

from storage import decisions, open_store
from tests.cli.deciding import PAIRS, fill
from tests.cli.deciding import key as pair_key
from tests.web.conftest import TOKEN, Page, Served
from web.beside import Beside

FIRST = {"a": pair_key(PAIRS[0][0]), "b": pair_key(PAIRS[0][1])}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.0.2.7",
        "127.0.0.1@evil.example",
        "",
        None,
        "[::1",
        "127.0.0.1:port",
    ],
)
def test_a_request_under_another_name_is_refused(page: Page, host: str | None) -> None:
    answer = page.ask("/", Host=host)
    assert answer.status in (400, 421)
    assert b"records" not in answer.body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]:80", "LOCALHOST:9", "127.9.9.9"])
def test_a_request_under_a_name_of_this_machine_is_answered(page: Page, host: str) -> None:
    assert page.ask("/", Host=host).status == 200


def test_a_page_for_others_is_asked_for_by_its_addresses_and_its_names(tmp_path: Path) -> None:
    fill(tmp_path)
    url = f"sqlite:///{tmp_path / 'glean.db'}"
    with Served(url, names=["*", "Corpus.example"]) as served:
        for host in ("192.0.2.7:80", "[2001:db8::1]", "corpus.example", "localhost"):
            assert served.ask("/", Host=host).status == 200
        for host in ("evil.example", "192.0.2.7.evil.example", "corpus.example.evil.example"):
            assert served.ask("/", Host=host).status == 421


def test_every_answer_says_that_only_our_own_files_run(page: Page) -> None:
    for path in ("/", "/nowhere", "/search.json", "/static/page.css", "/record"):
        headers = page.ask(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    assert page.ask("/", Host="evil.example").headers["x-frame-options"] == "DENY"


def test_what_is_too_long_or_of_another_kind_is_refused(page: Page) -> None:
    assert page.ask("/?q=" + "x" * 20_000).status == 414
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        assert page.ask("/", method=method).status == 405
    assert page.ask("/static/../app.py").status == 404
    assert page.ask("/static/%2e%2e/app.py").status == 404


def test_a_language_is_kept_and_leads_back_to_this_page_only(page: Page) -> None:
    kept = page.get("/language", to="zh", back="/clusters?after=3.1")
    assert (kept.status, kept.headers["location"]) == (303, "/clusters?after=3.1")
    assert 'lang="zh-Hans"' in page.ask("/", Cookie=kept.headers["set-cookie"].split(";")[0]).text
    for away in ("//evil.example/", "https://evil.example/", "/\\evil.example", "evil"):
        assert page.get("/language", to="en", back=away).headers["location"] == "/"


def test_a_page_that_takes_no_answers_says_how_to_have_them_taken(tmp_path: Path) -> None:
    fill(tmp_path)
    with Served(f"sqlite:///{tmp_path / 'glean.db'}") as served:
        first, next_one = served.get("/review"), served.get("/review", skip=1)
        assert "glean serve --write" in first.text
        assert "<form" not in first.text
        assert FIRST["a"] in first.text
        assert FIRST["a"] not in next_one.text


def test_nothing_is_written_unless_it_was_asked_for(page: Page) -> None:
    assert page.post(answer="y", **FIRST).status == 403
    assert page.get("/enter", token="").status == 403
    assert (
        "glean serve --write" in page.get("/review").text or "No pair" in page.get("/review").text
    )


def decided(page: Page) -> list[str]:
    with open_store(page.url) as store, store.database.read() as connection:
        return [each.decision for each in decisions.in_effect(connection)]


def test_a_write_needs_the_token_and_this_pages_own_origin(writable: Page) -> None:
    own = f"http://127.0.0.1:{writable.port}"
    form = f"answer=y&a={FIRST['a']}&b={FIRST['b']}"

    def status(**headers: str | None) -> int:
        return writable.ask("/review", method="POST", body=form, **headers).status

    assert status(Origin="http://evil.example") == 403
    assert status(Origin=f"http://127.0.0.1:{writable.port + 1}") == 403
    assert status(Origin="null") == 403
    assert status(Origin=None) == 403
    assert status(Origin=own, Cookie=None) == 403
    assert status(Origin=own, Cookie="glean-token=another") == 403
    assert status(Cookie=None, Authorization="Bearer another") == 403
    assert status(Origin="http://evil.example", Authorization=f"Bearer {TOKEN}") == 403
    assert decided(writable) == []
    assert status(Cookie=None, Authorization=f"Bearer {TOKEN}") == 303
    assert decided(writable) == ["merge"]
    assert writable.get("/enter", token="another").status == 403
    assert "httponly" in writable.get("/enter", token=TOKEN).headers["set-cookie"].lower()


def test_pairs_are_answered_skipped_and_taken_back(writable: Page) -> None:
    def pair() -> str | None:
        shown = writable.get("/review").text
        return next((a for a, _ in map(keys, PAIRS) if f'name="a" value="{a}"' in shown), None)

    def keys(numbers: tuple[int, int]) -> tuple[str, str]:
        return pair_key(numbers[0]), pair_key(numbers[1])

    def answer(key: str, number: int) -> str:
        a, b = keys(PAIRS[number])
        return writable.post(answer=key, a=a, b=b).headers["location"]

    first, second = (a for a, _ in map(keys, PAIRS))
    assert pair() == first
    answer("y", 0)
    assert (pair(), decided(writable)) == (second, ["merge"])
    answer("s", 1)
    assert pair() is None
    answer("u", 0)
    assert pair() == second
    answer("n", 1)
    assert (pair(), decided(writable)) == (None, ["merge", "split"])
    answer("u", 0)
    assert (pair(), decided(writable)) == (second, ["merge"])
    answer("u", 0)
    assert (pair(), decided(writable)) == (first, [])
    assert "nothing" in answer("u", 0)
    assert "not%20waiting" in writable.post(answer="y", a="none", b="neither").headers["location"]
    assert writable.post(answer="x", **FIRST).status == 400


def test_figures_that_take_long_are_shown_as_of_the_last_count() -> None:
    goes, began = threading.Event(), threading.Event()
    counts = iter(range(9))

    def count() -> int:
        began.set()
        goes.wait(10)
        time.sleep(0.01)
        return next(counts)

    beside = Beside(count, patience=0.001)
    assert beside.get() is None
    assert began.wait(10)
    goes.set()
    beside.end()
    assert beside.get() == 0
    assert Beside(lambda: 7, patience=10).get() == 7


def test_figures_are_counted_again_when_what_they_are_of_has_changed() -> None:
    counts, change = iter(range(9)), [1]
    beside = Beside(lambda: next(counts), of=lambda: change[0], patience=10)
    assert [beside.get(), beside.get()] == [0, 0]
    change[0] = 2
    assert [beside.get(), beside.get()] == [1, 1]


def test_what_cannot_be_counted_is_said_to_whoever_asks() -> None:
    def fail() -> int:
        raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        Beside(fail, patience=10).get()
