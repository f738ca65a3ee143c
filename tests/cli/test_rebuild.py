"""``glean rebuild``: a store brought to another threshold, as users see it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage import open_store
from tests.storage.filling import Filler, abstract, record

TWINS = abstract(1), f"{abstract(1)} And so it is said of rivers, of markets and of choirs."
"""Of a similarity between 0.7 and 0.95."""


@pytest.fixture
def url(glean: Any) -> str:
    url = f"sqlite:///{glean.folder / 'glean.db'}"
    with open_store(url, create=True) as opened:
        said = [record(n, text=TWINS[n], title=None, year=None) for n in range(2)]
        Filler(opened).add(100, [*said, *(record(n) for n in range(2, 9))])
        opened.settle()
    return url


def _state(glean: Any, threshold: float) -> None:
    Path(glean.folder / "glean.toml").write_text(f"[dedup]\nthreshold = {threshold}\n", "utf-8")


def test_a_store_is_refused_by_another_threshold_until_it_is_rebuilt(glean: Any, url: str) -> None:
    key = record(0).key
    assert len(glean.json("similar", "--id", key, "--json")["near_duplicates"]) == 1
    _state(glean, 0.95)
    for command in (("similar", "--id", key), ("settle",), ("verify",), ("why", key, key)):
        refused = glean(*command)
        assert refused.returncode == 1
        assert (
            "write threshold = 0.7 under [dedup], or 0.95 and run glean rebuild" in refused.stderr
        )
    for command in (("status",), ("runs",), ("export", "jsonl"), ("backup", "copy.db")):
        assert glean(*command).returncode == 0
    done = glean.json("rebuild", "--json")
    seconds = done.pop("seconds")
    assert seconds > 0
    former = done.pop("former_scheme")
    assert ("t0.7" in former, "t0.95" in done.pop("scheme")) == (True, True)
    assert done.pop("buckets") > 9
    assert done == {
        **{"records": 9, "groups": 9, "matches_before": 1, "matches": 1, "matches_changed": 1},
        **{"clusters_before": 1, "clusters": 0, "clusters_changed": 1, "settled_to": 2},
    }
    near = glean.json("similar", "--id", key, "--json")["near_duplicates"]
    assert [each["relation"] for each in near] != ["same"]
    said = glean.json("status", "--json")
    assert (said["building"], said["behind"], "t0.95" in said["scheme"]) == (None, None, True)
    glean("refresh")
    assert glean("verify").returncode == 0


def test_without_a_stated_threshold_a_store_keeps_its_own(glean: Any, url: str) -> None:
    said = glean("rebuild").stdout.splitlines()
    assert said[0].endswith("as before")
    assert said[1].startswith("9 records in 9 text groups, ")
    assert said[2:4] == ["1 matches; before: 1; 0 changed", "1 clusters; before: 1; 0 changed"]
    assert said[4].startswith("settled to change 2 in ")


def test_another_rebuild_ends_with_4(glean: Any, url: str) -> None:
    with open_store(url) as opened, opened.database.lock("rebuild"):
        done = glean("rebuild")
    assert (done.returncode, "another process" in done.stderr) == (4, True)


def test_status_says_what_a_rebuild_is_to_do(glean: Any, url: str) -> None:
    assert "glean rebuild" not in glean("status").stdout
    with open_store(url) as opened, opened.database.write() as connection:
        connection.execute(text("UPDATE state SET scheme = replace(scheme, 'f5-', 'f4-')"))
    said = glean("status").stdout
    assert "made by another version of glean (scheme f4-" in said
    refused = glean("similar", "anything")
    assert (refused.returncode, "glean rebuild brings it up" in refused.stderr) == (1, True)
    assert glean.json("rebuild", "--json")["clusters"] == 1
    assert "glean rebuild" not in glean("status").stdout
