"""Profiles in a harvest: a site's own is used, kept to, and mended afterwards."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from crawler.config import Config, load_config
from crawler.reader import Reader
from crawler.reparse import reparse
from crawler.rules import require_allowed, rules_of
from crawler.sample import Portal
from records import ConfigError, UsageError
from spiders.pages import known
from spiders.pages.known import profiles_of
from storage import open_store
from storage.schema import host
from tests.crawler.harvesting import harvest, store_of, write_config

SITE = """
name = "{name}"
hosts = ["{host}"]
{more}
[[layout]]
record = "li.result"
[layout.guard]
required = ["#results"]
[layout.fields]
title = "b"
"""
PAGE = b"<html><body><div id=results><ul><li class=result><b>A gauge</b></li></ul></div>"


def write_profile(folder: Path, host: str, more: str = "", name: str = "own") -> Path:
    path = folder / "profiles" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SITE.format(name=name, host=host, more=more), "utf-8")
    return path


def test_the_reader_process_reads_by_the_profiles_of_the_users_folder(tmp_path: Path) -> None:
    profile = write_profile(tmp_path, "own.example")
    asked = {"url": "http://own.example/", "charset": None, "fetched_at": 0}
    with Reader(0.7, profiles=str(profile.parent)) as reader:
        page = reader.read(PAGE, **asked).page  # type: ignore[arg-type]
        named = reader.read(PAGE, **asked | {"url": "http://other.example/"}, profile="own").page  # type: ignore[arg-type]
    assert page.profile == named.profile == "own"
    assert [record.title for record in page.records] == ["A gauge"]
    with Reader(0.7) as reader:
        assert reader.read(PAGE, **asked).page.profile != "own"  # type: ignore[arg-type]


def test_what_leads_to_a_host_that_is_not_fetched_is_not_found(tmp_path: Path) -> None:
    page = (
        "<html><body>共查询到2条相似文献<p>一<a href='relate_search.aspx?aid=0F'>相似文献</a></p>"
        "<p>二<a href='http://far.example/relate_search.aspx?aid=1F'>相似文献</a></p>"
        "<div>设为首页 | 免责声明</div><p>京ICP备00000001号</p>"
    ).encode()
    profile = write_profile(tmp_path, "far.example", "harvest = false")
    found = []
    for folder in ("", str(profile.parent)):
        with Reader(0.7, profiles=folder) as reader:
            said = reader.read(page, url="http://near.example/", charset="utf-8", fetched_at=0)
        found.append([urlsplit(each.url).hostname for each in said.page.found])
    assert found == [["near.example", "far.example"], ["near.example"]]


def test_a_site_that_its_profile_does_not_know_waits_and_a_mended_profile_reads_it(
    tmp_path: Path,
) -> None:
    with Portal(records=20, seed=5) as portal:
        address = portal.url.removeprefix("http://")
        profile = write_profile(tmp_path, address, "[politeness]\ndelay = 0.001")
        config = write_config(tmp_path, portal, depth=0)
        figures = harvest(config, status=3)
        assert (figures["pages"], figures["quarantined"]) == (0, len(portal.start))
        with open_store(store_of(config)) as store, store.database.read() as connection:
            assert list(store.records()) == []
            assert set(connection.execute(select(host.c.delay)).scalars()) == {1000}
    profile.unlink()
    loaded = load_config(config, {})
    known._with.cache_clear()  # as for the next command, a process of its own
    with open_store(store_of(config)) as store:
        told = reparse(store, Path(loaded.store.archive), reading=rules_of(loaded))
        assert (told.mended, told.quarantined) == (len(portal.start), 0)
        assert list(store.records())


def test_the_profile_that_a_source_names_is_used_whatever_the_host(tmp_path: Path) -> None:
    with Portal(records=20, seed=5) as portal:
        write_profile(tmp_path, portal.url.removeprefix("http://"))
        config = write_config(tmp_path, portal, depth=0, profile="similar-literature")
        assert harvest(config)["pages"] == len(portal.start)
    loaded = load_config(config, {})
    with open_store(store_of(config)) as store:
        told = reparse(store, Path(loaded.store.archive), reading=rules_of(loaded))
        assert (told.pages, told.unchanged) == (len(portal.start), len(portal.start))


def test_a_source_on_a_host_that_is_not_fetched_is_refused(tmp_path: Path) -> None:
    with Portal(records=20, seed=5) as portal:
        write_profile(tmp_path, portal.url.removeprefix("http://"), "harvest = false")
        config = write_config(tmp_path, portal, depth=0)
        with pytest.raises(AssertionError, match=r"robots\.txt forbids these pages; save them"):
            harvest(config)
        assert not portal.log
    assert not (tmp_path / "glean.db").exists()
    require_allowed(profiles_of(str(tmp_path / "profiles")), ["http://elsewhere.example/"])


def test_a_source_names_a_profile_that_exists(tmp_path: Path) -> None:
    source = {"name": "s", "start": ["http://h.example/"], "profile": "nonesuch"}
    config = Config.model_validate({"source": [source], "reading": {"profiles": ""}})
    with pytest.raises(UsageError, match="source s: profile 'nonesuch' does not exist; there are"):
        rules_of(config)
    for name in ("../../etc/passwd", "/abs", "a\\b", "a\0b", "x" * 300, "A"):
        with pytest.raises(ValueError, match="names no profile"):
            Config.model_validate({"source": [source | {"profile": name}]})


def test_a_profile_of_the_users_that_is_wrong_is_told_before_anything_starts(
    tmp_path: Path,
) -> None:
    write_profile(tmp_path, "h.example", "hots = []")
    config = Config.model_validate({"reading": {"profiles": str(tmp_path / "profiles")}})
    with pytest.raises(ConfigError, match=r"own\.toml: hots: there is no such key"):
        rules_of(config)


def test_the_folder_of_profiles_stands_beside_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "glean.toml"
    path.write_text("", "utf-8")
    assert load_config(path, {}).reading.profiles == str(tmp_path / "profiles")
    assert rules_of(load_config(path, {})).profiles == str(tmp_path / "profiles")
    path.write_text("[reading]\nprofiles = 'sites'", "utf-8")
    assert load_config(path, {}).reading.profiles == str(tmp_path / "sites")
    with pytest.raises(ConfigError, match="sites: cannot be read: No such file"):
        rules_of(load_config(path, {}))
    path.write_text("[reading]\nprofiles = ''", "utf-8")
    assert rules_of(load_config(path, {})).profiles == ""
