"""The report of files that were deduplicated: the same bytes whatever the order, every figure in
both forms, and no text of others obeyed."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from dedup import Deduplicated, deduplicate
from records import Decision, Record
from reports.dedup import Report, describe, to_html, to_json
from tests.dedup.conftest import Writer
from tests.dedup.corpora import corpus, record, table

ROOT = Path(__file__).parent.parent.parent
SPLIT = Decision(decision="split", a="w0a", b="w0c", who="me", when=1, why="")
MERGE = Decision(decision="merge", a="m", b="w1a", who="me", when=1, why="")

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return corpus(Writer(7))


def texts(rows: Rows) -> Any:
    by_id = {row["id"]: row for row in rows}

    def find(ids: Sequence[str]) -> Mapping[str, Record]:
        return {each: record(by_id[each]) for each in ids}

    return find


def deduplicated(rows: Rows) -> Deduplicated:
    found = deduplicate(table(rows), [SPLIT, MERGE])
    refused = [{"a": "w0a", "b": "w0c", "by": "split"}]
    return replace(found, figures={**found.figures, "slow": 3, "refused": refused})


def report(rows: Rows) -> Report:
    return describe(deduplicated(rows), table(rows), texts(rows), decisions=[SPLIT, MERGE])


def page_of(said: Report) -> Any:
    return html.document_fromstring(to_html(said))


@pytest.fixture(scope="module")
def found(rows: Rows) -> Deduplicated:
    return deduplicated(rows)


@pytest.fixture(scope="module")
def said(rows: Rows, found: Deduplicated) -> Report:
    return describe(found, table(rows), texts(rows), decisions=[MERGE, SPLIT])


@pytest.fixture(scope="module")
def page(said: Report) -> Any:
    return page_of(said)


def said_in(page: Any, path: str) -> str:
    return " ".join(page.xpath(f"string({path})").split())


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_the_rows_changes_no_byte(rows: Rows, said: Report, seed: int) -> None:
    again = report(random.Random(seed).sample(rows, len(rows)))
    assert to_html(again) == to_html(said)
    assert to_json(again) == to_json(said)


def test_the_first_screen_states_the_figures(said: Report, page: Any) -> None:
    lead = said_in(page, "//p[@class='lead']")
    assert f"Of {said.records} records, {said.unique} are unique works" in lead
    assert "1 pair should be looked at by a person" in lead
    assert "98.3 %of pairs" in said_in(page, "//div[@class='tiles']")


def test_the_json_holds_every_figure(said: Report) -> None:
    text = to_json(said)
    assert text.endswith("}\n")
    told = json.loads(text)
    assert list(told) == [field.name for field in fields(Report)]
    assert told["largest"][0]["members"][-1]["clues"][0]["for"] is True
    assert told["borderline_pairs"][0]["a"]["abstract"]
    assert told["saturated_buckets"][0]["example"]["key"] == "t000"


def test_the_docs_name_every_figure() -> None:
    text = (ROOT / "docs" / "report.md").read_text("utf-8")
    for field in fields(Report):
        assert f"`{field.name}`" in text, field.name


def test_a_borderline_pair_stands_side_by_side_with_its_differences_marked(
    rows: Rows, page: Any
) -> None:
    (pair,) = page.xpath("//section[@id='borderline']//div[@class='pair']")
    left, right = pair.xpath("./div")
    assert left.xpath(".//mark")
    assert right.xpath(".//mark")
    by_id = {row["id"]: row for row in rows}
    assert left.xpath("string(.//div[@class='text'])") == by_id["b1"]["abstract"]


def test_versions_stand_apart_from_duplicates_with_their_titles_marked(page: Any) -> None:
    assert page.xpath("//section[@id='versions']//mark/text()") == ["Erratum: "]
    assert "erratum" in said_in(page, "//section[@id='versions']//ul")
    assert page.xpath("//section[@id='borderline']//code/text()") == ["b1", "b2"]


def test_a_refused_join_says_what_refused_it(page: Any) -> None:
    assert "a decision splits them" in said_in(page, "//section[@id='refused']")


def test_a_member_that_no_evidence_ties_is_said_to_be_there_by_a_decision(
    said: Report, page: Any
) -> None:
    (one,) = [each for each in said.largest if each.size == 5]
    assert [each.relation for each in one.members].count(None) == 1
    assert "joined by a decision" in said_in(page, "//section[@id='largest']")


def test_decisions_stand_beside_the_clusters_and_pairs_that_they_made(
    rows: Rows, said: Report, page: Any
) -> None:
    (one,) = [each for each in said.largest if each.size == 5]
    assert [(each.decision, each.a, each.b) for each in one.decisions] == [("merge", "m", "w1a")]
    (pair,) = [each for each in said.refused_pairs if (each.a.key, each.b.key) == ("w0a", "w0c")]
    (split,) = pair.decisions
    assert (split.who, split.when) == ("me", "1970-01-01T00:00:00.000001Z")
    assert "decision: split" in said_in(page, "//section[@id='refused']//ul[@class='decided']")
    told = json.loads(to_json(said))["refused_pairs"][said.refused_pairs.index(pair)]
    assert told["decisions"][0]["who"] == "me"
    assert to_html(report(rows)) == to_html(said)


def test_every_link_within_the_page_leads_somewhere(page: Any) -> None:
    assert {href[1:] for href in page.xpath("//nav/a/@href")} == set(page.xpath("//section/@id"))


def test_charts_stand_beside_the_numbers_they_draw(page: Any) -> None:
    charts = page.xpath("//figure//svg[@role='img']")
    assert len(charts) == 3
    for chart in charts:
        names = chart.get("aria-labelledby").split()
        named = [page.xpath(f"string(//*[@id='{each}'])") for each in names]
        assert all(named)
        assert len(named) == 2
        assert chart.xpath("ancestor::figure//details//table")


def test_what_is_drawn_of_another_kind_is_told_apart_by_more_than_its_colour(page: Any) -> None:
    assert len(page.xpath("//pattern[@id='hatch']")) == 1
    assert "svg .other { fill: url(#hatch)" in page.xpath("string(//style)")
    for clue in page.xpath("//ul[@class='reasons']/li"):
        assert clue.text[0] == ("+" if clue.get("class") == "for" else "−")


def test_a_capped_list_says_how_long_it_would_be(said: Report) -> None:
    page = page_of(replace(said, versions=1_234, borderline=99))
    assert "The first 1 of 1,234." in said_in(page, "//section[@id='versions']")
    assert "The closest 1 of 99." in said_in(page, "//section[@id='borderline']")
    assert f"The largest 8 of {said.clusters}." in said_in(page, "//section[@id='largest']")


@pytest.mark.parametrize("rows", [[], [{"id": "1", "title": "On ants"}]], ids=["none", "one"])
def test_a_corpus_without_duplicates_has_a_page(rows: Rows) -> None:
    found = deduplicate(table(rows))
    said = describe(found, table(rows), texts(rows))
    page = page_of(said)
    assert "No two records were found" in said_in(page, "//section[@id='largest']")
    assert json.loads(to_json(said))["slow_share"] == 0
    if not rows:
        assert said_in(page, "//p[@class='lead']") == "The corpus is empty."


def test_texts_are_asked_for_once(rows: Rows, found: Deduplicated) -> None:
    asked: list[Sequence[str]] = []

    def find(ids: Sequence[str]) -> Mapping[str, Record]:
        asked.append(ids)
        return {}

    said = describe(found, table(rows), find)
    (ids,) = asked
    assert ids == sorted(set(ids))
    assert said.largest[0].canonical.key in ids
    assert "(no title)" in to_html(said)


def twins(text: str) -> Rows:
    same = "the same words stand in both of these two abstracts, as they must, and then some more"
    said = {"title": text, "authors": [text], "venue": text, "language": text, "year": 2001}
    return [{"id": f"{number}{text}", "abstract": f"{text} {same}", **said} for number in (1, 2)]


def test_text_of_others_stays_text(hostile: str) -> None:
    page = page_of(report(twins(hostile)))
    assert page.xpath("//script | //img | //iframe | //object | //form | //link") == []
    assert len(page.xpath("//style")) == len(page.xpath("//meta[@http-equiv]")) == 1
    handlers = [name for element in page.iter() for name in element.attrib if name[:2] == "on"]
    assert handlers == []
    assert "49" not in page.xpath("string(//section[@id='largest']//h3)")


def test_control_characters_show_as_escapes(hostile: str) -> None:
    said = report(twins(hostile))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", to_html(said))
    assert "\x00" not in to_json(said)
    assert json.loads(to_json(said))["largest"][0]["canonical"]["title"] == hostile


def test_what_no_file_can_hold_is_written_as_an_escape(rows: Rows, found: Deduplicated) -> None:
    def find(ids: Sequence[str]) -> Mapping[str, Record]:
        return {each: Record(rank=1, key=each, title="a\ud800b") for each in ids}

    said = describe(found, table(rows), find)
    to_html(said).encode()
    assert json.loads(to_json(said).encode())["largest"][0]["canonical"]["title"] == "a\ud800b"


def test_a_very_long_title_is_shown_by_its_beginning() -> None:
    said = report(twins("土壤有机碳与氮素循环" * 1_000))
    (one,) = said.largest
    assert one.canonical.title is not None
    assert len(one.canonical.title) == 302
    assert len(one.canonical.authors[0]) == len(one.canonical.venue or "") == 302
    assert len(to_html(said)) < 100_000


def test_authors_beyond_a_dozen_are_counted() -> None:
    rows = [{**row, "authors": [f"Author {n}" for n in range(40)]} for row in twins("On ants")]
    (one,) = report(rows).largest
    assert len(one.canonical.authors) == 13
    assert one.canonical.authors[-1] == "and 28 more"


def test_a_record_without_a_title_is_shown_by_the_first_words_of_its_abstract() -> None:
    untitled = [{**row, "title": None} for row in twins("On ants")]
    page = page_of(report(untitled))
    blocks = page.xpath("//section[@id='largest']//code/..")
    openings = [block.getnext().text_content().strip() for block in blocks if block.tag == "div"]
    assert openings
    assert all(opening.startswith("On ants the same words stand") for opening in openings)
    titled = page_of(report(twins("On ants"))).xpath("string(//section[@id='largest'])")
    assert "the same words stand" not in titled
