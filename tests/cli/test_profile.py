"""``glean profile``: the profiles there are, and what they read of the pages beside them."""

import json
from pathlib import Path
from typing import Any

from tests.crawler.hostile import ALLOW_ALL, Hostile, says

SITE = """
name = "own"
hosts = ["own.example"]
[[layout]]
record = "li"
[layout.fields]
title = "b"
"""


def own_site(folder: Path, expected: str) -> None:
    pages = folder / "profiles" / "own"
    pages.mkdir(parents=True)
    (folder / "profiles" / "own.toml").write_text(SITE, "utf-8")
    (pages / "one.html").write_text("<html><body><ul><li><b>A gauge</b></ul>", "utf-8")
    said = {"url": "http://own.example/", "expected": {"records": [{"title": expected}]}}
    (pages / "one.json").write_text(json.dumps(said), "utf-8")


def test_profiles_are_listed_with_their_hosts_and_pages(glean: Any) -> None:
    own_site(glean.folder, "A gauge")
    done = glean("profile", "list", "--json")
    assert done.returncode == 0
    said = {each["name"]: each for each in json.loads(done.stdout)["profiles"]}
    assert said["own"] == {
        **{"name": "own", "hosts": ["own.example"], "harvest": True, "layouts": 1, "pages": 1},
        "own": True,
    }
    assert said["bing"]["harvest"] is False
    assert not said["bing"]["own"]
    shown = glean("profile", "list").stdout
    assert "own.example" in shown
    assert "by its guard" in shown


def test_pages_read_as_expected_end_with_0(glean: Any) -> None:
    done = glean("profile", "test")
    assert done.returncode == 0, done.stdout
    assert "bing: 3 pages as expected" in done.stdout
    assert "similar-literature: 1 page as expected" in done.stdout


def test_a_difference_is_told_field_by_field_and_ends_with_3(glean: Any) -> None:
    own_site(glean.folder, "A float")
    done = glean("profile", "test", "own")
    assert done.returncode == 3
    assert "own: 1 of 1 page read otherwise" in done.stdout
    assert '  one: record 1, title: read "A gauge", expected "A float"' in done.stdout
    said = json.loads(glean("profile", "test", "own", "--json").stdout)
    assert said == {
        "pages": [
            {
                **{"profile": "own", "page": "one"},
                "differences": ['record 1, title: read "A gauge", expected "A float"'],
            }
        ]
    }


def test_a_profile_without_pages_ends_with_1_and_one_that_does_not_exist_with_2(
    glean: Any,
) -> None:
    own_site(glean.folder, "A gauge")
    (glean.folder / "profiles" / "own" / "one.json").unlink()
    done = glean("profile", "test", "own")
    assert done.returncode == 1
    assert "no page to test with" in done.stderr
    for name in ("nonesuch", "../own", "/own", "own.toml"):
        assert glean("profile", "test", name).returncode == 2


def test_an_own_profile_that_is_wrong_is_told_by_file_and_key(glean: Any) -> None:
    own_site(glean.folder, "A gauge")
    (glean.folder / "profiles" / "own.toml").write_text(SITE.replace("record", "recrod"), "utf-8")
    done = glean("profile", "list")
    assert done.returncode == 2
    assert "own.toml: layout.0.record: Field required" in done.stderr


def listed(folder: Path) -> Path:
    page = folder / "page.html"
    hits = "".join(
        f"<div class=hit><h3><a href='/a?id={n}'>How gauges are used with {name}</a></h3>"
        f"<p>We weigh {name} and say what they tell of the sea in a part of our series.</p></div>"
        for n, name in enumerate("harbours wells floats tides currents buoys charts".split())
    )
    head = "<html><body><input name=q value=gauge><p class=n>1 - 7 of 3,273 results</p><div id=x>"
    page.write_text(f"{head}{hits}</div>", "utf-8")
    return page


def test_a_first_profile_is_written_and_says_how_many_records_it_reads(glean: Any) -> None:
    page = listed(glean.folder)
    done = glean("profile", "new", str(page), "--url", "https://www.portal.example/s?q=gauge")
    assert done.returncode == 0, done.stderr
    assert "profile portal-example reads 7 records of the page, where 7" in done.stdout
    file = glean.folder / "profiles" / "portal-example.toml"
    assert "# check" in file.read_text("utf-8")
    assert file.stem not in glean("profile", "test").stderr


def test_a_profile_is_begun_from_an_address_that_answers_with_a_page(glean: Any) -> None:
    page = says(body=listed(glean.folder).read_bytes(), content_type="text/html")
    file = glean.folder / "mine.toml"
    with Hostile(pages={"/robots.txt": ALLOW_ALL, "/s": page}) as site:
        (glean.folder / "glean.toml").write_text(f'[network]\nallow = ["{site.place}"]\n', "utf-8")
        done = glean("profile", "new", site.url("/s"), "--out", str(file))
        gone = glean("profile", "new", site.url("/gone"), "--out", str(file) + "2.toml")
    assert "profile mine reads 7 records of the page, where 7" in done.stdout, done.stderr
    assert f'hosts = ["{site.host}"]' in file.read_text("utf-8")
    assert gone.returncode == 1
    assert f"glean: {site.url('/gone')}: answered 404" in gone.stderr


def test_a_profile_is_never_written_over(glean: Any) -> None:
    page, out = listed(glean.folder), glean.folder / "mine.toml"
    out.write_text("mine", "utf-8")
    done = glean("profile", "new", str(page), "--out", str(out))
    assert done.returncode == 2
    assert "never written over" in done.stderr
    assert out.read_text("utf-8") == "mine"
    for odd in ("../Odd Name.toml", "mine.txt", "..toml"):
        assert glean("profile", "new", str(page), "--out", str(glean.folder / odd)).returncode == 2


def test_a_page_without_records_gives_no_profile(glean: Any) -> None:
    page = glean.folder / "page.html"
    page.write_text("<html><body><p>Nothing to see here.", "utf-8")
    done = glean("profile", "new", str(page), "--out", str(glean.folder / "none.toml"))
    assert done.returncode == 1
    assert "nothing to go by" in done.stderr
    assert not (glean.folder / "none.toml").exists()
    assert glean("profile", "new", str(glean.folder / "gone.html")).returncode == 1
