"""The profile is data: one line each, validated, wrong keys told by name."""

from datetime import date
from importlib import resources

import pytest

from records import ConfigError, UsageError
from spiders.pages.profile import candidates, profile_from_toml, profiles

SOURCE = resources.files("spiders.pages").joinpath("profiles/similar-literature.toml")
TEXT = SOURCE.read_text("utf-8")


def test_every_profile_that_ships_is_valid_and_named_after_its_file() -> None:
    folder = resources.files("spiders.pages").joinpath("profiles")
    files = {file.name.removesuffix(".toml") for file in folder.iterdir()}
    assert files == set(profiles())


def test_one_line_makes_the_native_id_global() -> None:
    assert profiles()["similar-literature"].namespace == "aid"
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
    names = [found.name for found in candidates(None, "http://h.example/", date(2026, 1, 1))]
    assert names == ["similar-literature"]
    assert [found.name for found in candidates("auto", "http://[bad", None)] == names


def test_a_name_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="there are: similar-literature, auto"):
        candidates("nonesuch", None, None)
