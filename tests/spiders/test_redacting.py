"""Records are barred on a page; the others read on as they did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sample.corpus import Corpus
from crawler.sample.markups import MARKUPS
from crawler.sample.printing import print_page
from records import Record
from records.identity import said_of
from spiders.pages import read
from spiders.pages.redacting import BAR, is_withheld, redact, wordings
from spiders.pages.source import Letters, folded, stretches

PAGE = """<html><head><meta name="description" content="On ants and other findings of mine">
<script>var hits = [{{"title": "On ants and other findings", "id": 1}}];</script></head><body>
<h1>3 results</h1><ul id="hits">
<li class="hit" data-id="77001"><a href="/work/77001" title="On ants and other findings">
On ants and other findings</a><p>{said}</p></li>
<li class="hit"><a href="/work/77002">On bees of the northern hills</a><p>Bees were counted in the
northern hills for eleven years, by hand and at dawn.</p></li>
<li class="hit"><a href="/work/77003">On wasps of the southern hills</a><p>{other}</p></li>
</ul><!-- cache: On ants and other findings --></body></html>"""
SAID = "Ants were counted in the western hills for nine years, by hand &amp; at dusk."
OTHER = "Wasps were counted in the southern hills for seven years, by ear and at noon."


def page(other: str = OTHER) -> bytes:
    return PAGE.format(said=SAID, other=other).encode()


def text_of(body: bytes) -> str:
    return body.decode("utf-8")


def ants(body: bytes) -> tuple[Record, list[Record]]:
    first, *others = read(body, profile="auto").records
    assert first.title == "On ants and other findings"
    return first, others


def test_nothing_of_a_barred_record_is_left_in_text_markup_script_or_comment() -> None:
    body = page()
    taken, kept = ants(body)
    barred = text_of(redact(body, "utf-8", [taken], kept))
    assert not wordings([taken]).stand_in(barred)
    assert "77001" not in barred
    assert "ants" not in barred.lower()


def test_everything_else_of_the_page_stays_byte_for_byte() -> None:
    body = page()
    taken, kept = ants(body)
    barred = text_of(redact(body, "utf-8", [taken], kept))
    rest = text_of(body).partition('<li class="hit"><a href="/work/77002">')
    assert barred.endswith("".join(rest[1:]).partition("<!--")[0] + "<!----></body></html>")
    assert '<h1>3 results</h1><ul id="hits">\n<li class="hit" data-id="00000">' in barred


def test_a_record_that_stays_keeps_what_the_barred_one_says_too() -> None:
    body = page(other=SAID)
    taken, kept = ants(body)
    barred = read(redact(body, "utf-8", [taken], kept), profile="auto")
    assert [said_of(each) for each in barred.records] == [said_of(each) for each in kept]


def test_a_page_that_cannot_be_decoded_comes_out_empty() -> None:
    assert redact(b"anything", "no-such-encoding", [Record(rank=1, key="a", title="x")]) == b""


def test_bytes_that_are_not_of_the_encoding_stay_what_they_are() -> None:
    body = page().replace(b"11 years", b"\xff\xfe years").replace(b"eleven", b"\xc3\x28")
    taken, kept = ants(body)
    assert b"\xc3\x28" in redact(body, "utf-8", [taken], kept)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(300, 7)


@pytest.mark.parametrize("markup", sorted(MARKUPS))
@pytest.mark.parametrize("index", [3, 41])
def test_every_record_of_a_portal_page_can_be_barred(
    corpus: Corpus, markup: str, index: int
) -> None:
    printed = print_page(corpus, "similar", index, markup)
    before = read(printed.body)
    assert before.ok
    for taken in before.records:
        kept = [each for each in before.records if each is not taken]
        after = read(redact(printed.body, before.encoding, [taken], kept))
        assert after.ok, after.problems
        assert after.stated_total == before.stated_total
        assert {each.rank: said_of(each) for each in after.records} == {
            each.rank: said_of(each) for each in kept
        }
        assert [each.rank for each in after.problems if each.code == "taken-down"] == [taken.rank]


def test_a_barred_record_is_told_from_one_with_bars_in_it() -> None:
    assert is_withheld(Record(rank=1, key="a", title=f"{BAR * 3} {BAR * 9}", text=f"1. {BAR * 3}"))
    assert not is_withheld(Record(rank=1, key="a", title=f"Bars such as {BAR} in print"))
    assert not is_withheld(Record(rank=1, key="a", title="1984"))


@given(st.text(max_size=200))
def test_stretches_are_the_whole_source(source: str) -> None:
    parts = list(stretches(source))
    assert "".join(source[part.start : part.end] for part in parts) == source
    assert all(part.end > part.start for part in parts)


@given(st.text(max_size=60))
def test_letters_fold_alike_whole_and_one_by_one(text: str) -> None:
    assert "".join(map(folded, text)) == folded(text)


@given(st.lists(st.text(alphabet="ab <>é&;一", max_size=8), max_size=8))
def test_letters_stand_where_they_say(parts: list[str]) -> None:
    source = "<p>".join(parts)
    letters = Letters(source, [*stretches(source)])
    for at in range(len(letters.said)):
        start, end = letters.in_source((at, at + 1))
        assert letters.said[at] in folded(source[start:end]) or source[start] == "&"
