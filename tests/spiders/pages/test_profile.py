"""The profile is data: one line each, validated, wrong keys told by name."""

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from records import ConfigError, UsageError
from spiders.pages.known import Profiles, shipped
from spiders.pages.profile import Profile, profile_from_toml

SOURCE = resources.files("spiders.pages").joinpath("profiles/similar-literature.toml")
TEXT = SOURCE.read_text("utf-8")


def test_every_profile_that_ships_is_valid_and_named_after_its_file() -> None:
    folder = resources.files("spiders.pages").joinpath("profiles")
    files = {file.name.removesuffix(".toml") for file in folder.iterdir()}
    assert files == set(shipped().names)


def test_one_line_makes_the_native_id_global() -> None:
    assert shipped().named("similar-literature").namespace == "aid"
    without = "\n".join(line for line in TEXT.split("\n") if not line.startswith("namespace"))
    assert len(without.split("\n")) == len(TEXT.split("\n")) - 1
    assert profile_from_toml(without, "x.toml").namespace is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name =", "nam ="), "x.toml: name"),
        (('"aid"         ', "7             "), "x.toml: addresses.native_id"),
        (("hosts = []", 'hosts = "h"'), "x.toml: hosts"),
        (("hosts = []", "hosts = []\nselector = 1"), "x.toml: selector"),
        (("relate_search.aspx", "a b"), "x.toml: addresses.similar"),
        (("hosts = []", "hosts = ["), "x.toml: "),
    ],
)
def test_a_wrong_profile_is_told_by_file_and_key(change: tuple[str, str], said: str) -> None:
    wrong = TEXT.replace(*change)
    assert wrong != TEXT
    with pytest.raises(ConfigError) as error:
        profile_from_toml(wrong, "x.toml")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_layout_holds_between_its_days() -> None:
    dated = profile_from_toml(
        TEXT.replace("hosts = []", "hosts = []\nholds_from = 2020-01-01\nholds_until = 2021-01-01"),
        "x.toml",
    )
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    assert [dated.holds(day) for day in days] == [False, True, True, False]


def test_a_page_of_any_host_may_be_of_a_profile_without_hosts() -> None:
    names = [found.name for found in shipped().families(date(2026, 1, 1))]
    assert names == ["similar-literature"]
    assert shipped().of_host("http://h.example/") == shipped().of_host("http://[bad") == []


def test_a_name_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"there are: .*similar-literature.*, auto"):
        shipped().named("nonesuch")


SITE = """
name = "portal"
hosts = ["search.example.org", "*.portal.example", "127.0.0.1:8000"]
[politeness]
delay = 5.0
[[layout]]
until = 2026-03-01
record = "div.result"
[layout.fields]
title = "h3"
[[layout]]
from = 2026-03-01
record = "li.result"
total = [{ select = "#count", pattern = 'of (\\d+)' }]
[layout.guard]
required = ["#list", { text = "Results" }]
[layout.fields]
title = ["h3", { select = ".t", attribute = "title" }]
year = [{ pattern = '(\\d{4})', group = 1 }]
[layout.fields.identifiers]
doi = { pattern = 'doi:(\\S+)' }
"""


def site(*changes: tuple[str, str]) -> Profile:
    text = SITE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return profile_from_toml(text, "portal.toml")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("'(\\d{4})', group = 1", "'(\\d{4}'"), "portal.toml: layout.1.fields.year.0.pattern: "),
        (("group = 1", "group = 2"), "layout.1.fields.year.0: group 2 of a pattern that has 1"),
        (('"h3", {', '"h3 ~ p", {'), "layout.1.fields.title.0.select: 'h3 ~ p' is no selector"),
        (('"h3", {', '"h3[", {'), "layout.1.fields.title.0.select"),
        (('"h3", {', '"a::text", {'), "pseudo-element; write attribute or own"),
        (('"h3", {', f'"{"a " * 200}", {{'), "a selector of 400 characters; 300 is the most"),
        (("(\\d{4})", "(\\d{4})" + "x" * 500), "characters; 500 is the most"),
        (("(\\d{4})", "(?=a)b"), "is no pattern that RE2 takes"),
        (('attribute = "title"', 'atribute = "title"'), "title.1.atribute: there is no such key"),
        (("year =", "yaer ="), "layout.1.fields.yaer: there is no such key"),
        (("until = 2026-03-01", "until = 2026-03-02"), "layout: the one from 2026-03-01 begins"),
        (("until = 2026-03-01", ""), "layout: the one from 2026-03-01 begins while"),
        (("until = 2026-03-01", "from = 2026-03-01\nuntil = 2026-01-01"), "layout.0: from"),
        (('record = "li', 'required = ["venue"]\nrecord = "li'), "required: venue is not among"),
        (('record = "li', 'required = ["venu"]\nrecord = "li'), "layout.1.required.0"),
        (('"#list", {', '{ text = " " }, {'), "layout.1.guard.required.0: write a selector, or"),
        (("search.example.org", "http://search.example.org"), "is no host; write example.org"),
        (('name = "portal"', 'name = "../portal"'), "cannot name a profile"),
        (('name = "portal"', 'name = "auto"'), "auto is what pages without a profile"),
        (('name = "portal"', 'name = "portal"\nencoding = "rot13"'), "no encoding that pages"),
        (("delay = 5.0", "delay = -1.0"), "politeness.delay"),
        (("doi = {", "DOI = {"), "identifiers.DOI"),
        (("year = [{", "year = [{ split = ';',"), "year: split is of authors and keywords"),
        (("[politeness]", "[addresses]\nsimilar='a'\narticle='b'\nnative_id='c'\n[politeness]"),
         "write either"),
    ],
)  # fmt: skip
def test_a_site_described_wrongly_is_told_by_file_and_key(
    change: tuple[str, str], said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        site(change)
    assert said in str(error.value)
    assert str(error.value).startswith("portal.toml: ")
    assert "\n" not in str(error.value)


def test_a_profile_is_of_exactly_one_kind() -> None:
    with pytest.raises(ConfigError, match="write either"):
        profile_from_toml('name = "nothing"', "nothing.toml")


@pytest.mark.parametrize(
    ("url", "is_its"),
    [
        ("https://search.example.org/?q=1", True),
        ("https://SEARCH.example.org./", True),
        ("https://example.org/", False),
        ("https://search.example.org.evil.example/", False),
        ("http://a.b.portal.example/", True),
        ("http://portal.example/", False),
        ("http://xportal.example/", False),
        ("http://127.0.0.1:8000/x", True),
        ("http://127.0.0.1/x", False),
        ("http://[bad", False),
        (None, False),
    ],
)
def test_a_profile_knows_its_hosts(url: str | None, is_its: bool) -> None:
    assert site().is_of_host(url) is is_its


def test_the_exact_host_comes_before_all_hosts_below_another() -> None:
    wide = profile_from_toml(SITE.replace('"portal"', '"a-wide"').replace("search.", "*."), "x")
    known = Profiles([wide, site()])
    found = [one.name for one in known.of_host("http://search.example.org/")]
    assert found == ["portal", "a-wide"]


@pytest.mark.parametrize(
    ("day", "records"),
    [
        (date(2025, 1, 1), ["div.result"]),
        (date(2026, 2, 28), ["div.result"]),
        (date(2026, 3, 1), ["li.result", "div.result"]),
        (date(2026, 3, 2), ["li.result"]),
    ],
)
def test_a_page_has_the_layout_of_its_day_and_on_the_day_of_a_change_either(
    day: date, records: list[str]
) -> None:
    assert [layout.record.text for layout in site().layouts(day)] == records


def test_a_day_in_a_gap_has_the_layout_before_it() -> None:
    gap = site(("from = 2026-03-01", "from = 2026-06-01"))
    assert [one.record.text for one in gap.layouts(date(2026, 4, 1))] == ["div.result"]
    late = site(("until = 2026-03-01", "from = 2026-01-01\nuntil = 2026-03-01"))
    assert [one.record.text for one in late.layouts(date(2020, 1, 1))] == ["div.result"]


def test_a_file_of_the_users_takes_the_place_of_a_namesake(tmp_path: Path) -> None:
    own = TEXT.replace("hosts = []", 'hosts = ["own.example"]')
    (tmp_path / "similar-literature.toml").write_text(own, "utf-8")
    (tmp_path / "portal.toml").write_text(SITE, "utf-8")
    (tmp_path / "notes.txt").write_text("no profile", "utf-8")
    known = shipped().with_folder(tmp_path)
    assert set(known.names) == {*shipped().names, "portal"}
    assert known.named("similar-literature").hosts == ("own.example",)
    assert shipped().named("similar-literature").hosts == ()


@pytest.mark.parametrize("name", ["Portal.toml", "a b.toml", "..toml", "%s.toml", "-x.toml"])
def test_a_file_with_an_odd_name_is_no_profile(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SITE, "utf-8")
    with pytest.raises(ConfigError, match=r"small letters, digits and dashes"):
        shipped().with_folder(tmp_path)


def test_a_file_is_named_as_its_profile_is(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SITE, "utf-8")
    with pytest.raises(ConfigError, match=r"other\.toml: name: is 'portal'; write 'other'"):
        shipped().with_folder(tmp_path)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        shipped().with_folder(tmp_path)
    (tmp_path / "latin.toml").unlink()
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        shipped().with_folder(tmp_path)
    (tmp_path / "folder.toml").rmdir()
    (tmp_path / "large.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(ConfigError, match="too large"):
        shipped().with_folder(tmp_path)
    (tmp_path / "large.toml").write_text("a = " + "[" * 5000, "utf-8")
    with pytest.raises(ConfigError, match=r"large\.toml: "):
        shipped().with_folder(tmp_path)


def test_the_example_of_the_guide_is_a_profile() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "profiles.md").read_text("utf-8")
    example = guide.partition("```toml\n")[2].partition("```")[0]
    profile = profile_from_toml(example, "harbour-library.toml")
    assert [len(layout.guard.required) for layout in profile.layout] == [1, 2]
