"""What a report says in Chinese: everything that it says in English, and nothing left over."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import reports
from dedup import phrases
from dedup.bands import WORDS
from dedup.figures import figures
from dedup.places import fold_place, published_apart
from records import Problem, UsageError
from reports import gather, render
from reports.dedup import describe, to_html
from reports.labels import labels_of
from reports.page import environment_of
from storage import SqlStore, imports, walks
from storage.decisions import Word
from tests.dedup.conftest import Writer
from tests.dedup.corpora import corpus, table
from tests.reports.test_dedup import deduplicated, texts

CHINESE = labels_of("zh")
FOLDER = Path(reports.__file__).parent
NUMBERS = {"under 0.1 %", "over 99.9 %"}
"""Said by `percent`."""
NAMES = {"Jaccard", "UTC", "gleanings", "S"}
"""Said so in Chinese too."""


def said_by_templates() -> set[str]:
    found = set()
    environment: Any = environment_of("en")
    for path in FOLDER.glob("*.html"):
        for _, _, said in environment.extract_translations(path.read_text("utf-8")):
            forms = [said] if isinstance(said, str) else [each for each in said if each]
            found |= set(forms[-1:])
    return found


def left_in_english(page: str) -> set[str]:
    """Words of a page that are neither Chinese nor text of others."""
    root = html.document_fromstring(page)
    theirs = "//bdi | //code | //style | //body//*[@lang='en'] | //*[@class='text']/bdi"
    for each in root.xpath(theirs):
        each.clear(keep_tail=True)
    return {*re.findall("[A-Za-z]+", root.text_content())} - NAMES


def test_every_message_of_the_templates_is_there_and_no_other() -> None:
    assert {*CHINESE.messages} - NUMBERS == said_by_templates()


def test_a_message_keeps_its_figures_and_its_tags() -> None:
    for english, chinese in CHINESE.messages.items():
        for pattern in (r"%\(\w+\)s", r"</?\w+>"):
            assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, chinese))


def test_words_of_closed_lists_are_there(store: SqlStore) -> None:
    found = deduplicated(corpus(Writer(7)))
    counted = figures(found, table(corpus(Writer(7))))
    steps = [*gather(store).funnel, *counted.funnel]
    runs = [imports.UNDER_WAY, imports.STOPPED, imports.PAST_SHARE, imports.DONE, imports.BUDGET]
    runs += [walks.STATED_TOTAL, walks.REPEATED_PAGE, walks.NOTHING_NEW, walks.NO_NEXT_PAGE]
    runs += [walks.ELSEWHERE, walks.OTHER_WALK, "nothing due", "hosts suspended", "running"]
    said = {*WORDS.values(), *(each.name for each in steps), *(each.words for each in steps), *runs}
    assert said - CHINESE.words.keys() == set()


def test_what_evidence_says_is_there_clause_by_clause() -> None:
    one, other = (
        fold_place(year=y, venue=v, volume=n, issue=None, pages=p)
        for y, v, n, p in ((2001, "Acta A", "7", "12-15"), (2019, "Letters", "9", "88"))
    )
    said = [
        phrases.jaccard_words(0.83) + phrases.inside_words(0.9),
        phrases.jaccard_words(1) + phrases.SCATTERED_WORDS,
        *(phrases.title_words(value, trust) for value in (1, 0.5) for trust in (0, 1)),
        *(phrases.authors_words(0.5), phrases.year_words(0), phrases.year_words(3)),
        *(phrases.venue_words(same) for same in (True, False)),
        *(phrases.page_words("e12", volume) for volume in ("", "7")),
        *(phrases.PAGES_DIFFER, phrases.FORM_WORDS),
        *(phrases.identifier_words("doi", same=same) for same in (True, False)),
        "parts of a work: 2 and the whole",
        published_apart(one, other, phrases.identifier_words("doi", same=False)),
    ]
    for each in said:
        assert each is not None
        words = re.findall("[A-Za-z]{2,}", CHINESE.reason(each))
        assert {*words} <= {"doi"}, each


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_says_in_what_language_it_is(store: SqlStore, language: str) -> None:
    root = html.document_fromstring(render(gather(store), language))
    assert root.get("lang") == {"en": "en", "zh": "zh-Hans"}[language]


def test_the_page_of_a_store_says_nothing_in_english(store: SqlStore, shelf: Any) -> None:
    shelf.fill(200)
    shelf.add([], problems=(Problem(code="drift", severity="error", message="no abstracts"),))
    store.settle()
    first = next(iter(store.clusters()))
    word = Word(kind="canonical", a=first.keys[-1], b=None, who="Anna", why="the printed one")
    store.decide(word, now=1)
    assert {"Where", "records"} < left_in_english(render(gather(store), "en"))
    assert left_in_english(render(gather(store), "zh")) == set()


def test_the_page_of_files_says_nothing_in_english() -> None:
    rows = corpus(Writer(7))
    said = describe(deduplicated(rows), table(rows), texts(rows))
    assert left_in_english(to_html(said, "zh")) == set()


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="--language fr: not one of en, zh"):
        labels_of("fr")
