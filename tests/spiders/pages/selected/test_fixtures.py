"""Every profile that ships reads the pages kept beside it; pages read otherwise are told."""

import json
from pathlib import Path

import pytest

from spiders.pages.known import SHIPPED, Profiles, shipped
from spiders.pages.profile import profile_from_toml
from spiders.pages.selected.fixtures import differences, fixtures_of

PAGES = [(name, fixture) for name in shipped().names for fixture in fixtures_of(SHIPPED / name)]
SITE = """
name = "own"
hosts = ["own.example"]
[[layout]]
record = "li"
[layout.fields]
title = "b"
"""


@pytest.mark.parametrize(("name", "fixture"), PAGES, ids=lambda each: getattr(each, "stem", each))
def test_a_profile_that_ships_reads_its_pages(name: str, fixture: Path) -> None:
    assert list(differences(fixture, name, shipped())) == []


@pytest.mark.parametrize("profile", list(shipped()), ids=lambda profile: profile.name)
def test_a_profile_that_ships_has_pages_with_records_and_without(profile: object) -> None:
    name = getattr(profile, "name", "")
    said = [json.loads(each.read_text("utf-8")) for each in fixtures_of(SHIPPED / name)]
    assert any(each["expected"]["records"] for each in said)
    if getattr(profile, "layout", ()):
        assert any(not each["expected"]["records"] for each in said)


def test_every_page_belongs_to_a_profile_and_has_its_description() -> None:
    for folder in (each for each in SHIPPED.iterdir() if each.is_dir()):
        assert folder.name in shipped().names
        stems = {each.stem for each in folder.glob("*.html")}
        assert stems == {each.stem for each in folder.glob("*.json")}


@pytest.fixture
def fixture(tmp_path: Path) -> Path:
    (tmp_path / "one.html").write_text("<html><body><ul><li><b>A gauge</b></ul>", "utf-8")
    return tmp_path / "one.json"


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"records": [{"title": "A gauge"}]}, []),
        ({"records": [{"title": "A float"}]},
         ['record 1, title: read "A gauge", expected "A float"']),
        ({"records": [{"titel": 1}]}, ["record 1, titel: there is no such key"]),
        ({"records": []}, ["records: 1 were read, 0 expected"]),
        ({"records": [{}], "stated_total": 3}, ["stated_total: read null, expected 3"]),
        ({"records": [{}], "query": {"text": "x"}}, ['query.text: read null, expected "x"']),
        ({"records": [{}], "problems": ["captcha"]}, ['problems: read [], expected ["captcha"]']),
        ({"records": [{}], "profile": "x"}, ['profile: read "own", expected "x"']),
        ({"records": 3}, ["cannot be tested: TypeError: 'int' object is not iterable"]),
        ({}, ["cannot be tested: KeyError: 'records'"]),
    ],
)  # fmt: skip
def test_what_is_read_otherwise_is_told_field_by_field(
    fixture: Path, expected: dict[str, object], told: list[str]
) -> None:
    fixture.write_text(json.dumps({"url": "http://own.example/", "expected": expected}), "utf-8")
    known = Profiles([profile_from_toml(SITE, "own.toml")])
    assert list(differences(fixture, "own", known)) == told


def test_a_description_that_cannot_be_read_is_told(fixture: Path) -> None:
    fixture.write_text("{", "utf-8")
    (said,) = differences(fixture, "own", shipped())
    assert said.startswith("cannot be tested: JSONDecodeError")
