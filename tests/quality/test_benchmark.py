"""The benchmark of deduplication: its corpora are what they say, its figures are right."""

import json
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpora.scale import abstracts, citations, one_bucket

ROOT = Path(__file__).parents[2]


def test_abstracts_have_the_lengths_and_shares_of_real_ones() -> None:
    records = list(abstracts(3000, 7))
    texts = [str(record["abstract"]) for record, _ in records]
    chinese = [text for text in texts if " " not in text[:20]]
    english = [text for text in texts if " " in text[:20]]
    assert 0.07 < len(chinese) / len(texts) < 0.13
    assert 1000 < sum(map(len, english)) / len(english) < 1400
    assert 180 < sum(map(len, chinese)) / len(chinese) < 320
    done = Counter(double[2] for _, double in records if double)
    assert set(done) == {"drop", "swap", "case", "tail"}
    assert 0.08 < done.total() / len(records) < 0.12


def test_equal_seeds_make_equal_corpora_and_others_others() -> None:
    for make in (abstracts, citations):
        first, same, other = (list(make(200, seed)) for seed in (1, 1, 2))
        assert first == same != other


def test_citations_have_no_abstract_and_a_fifth_are_doubles() -> None:
    records = list(citations(2000, 3))
    assert {record.get("abstract") for record, _ in records} == {None}
    assert 0.17 < sum(double is not None for _, double in records) / len(records) < 0.23


@pytest.mark.parametrize(("form", "texts", "titles"), [("identical", 1, 1), ("shared", 1, 50)])
def test_records_of_one_bucket_share_what_is_said(form: str, texts: int, titles: int) -> None:
    records = [record for record, _ in islice(one_bucket(50, 1, form), 50)]
    assert len({record["abstract"] for record in records}) == texts
    assert len({record["title"] for record in records}) == titles
    assert len({record["id"] for record in records}) == 50


def test_unfounded_pairs_are_those_of_other_text_and_other_title(tmp_path: Path) -> None:
    long = " ".join(f"word{place}" for place in range(60))
    other = " ".join(f"else{place}" for place in range(60))
    records = [
        {"id": "a", "title": "On ants", "abstract": long},
        {"id": "b", "title": "ON  ANTS.", "abstract": other},
        {"id": "c", "title": "On bees", "abstract": long.upper()},
    ]
    file, clusters = tmp_path / "records.jsonl", tmp_path / "clusters.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    clusters.write_text(json.dumps({"ids": ["a", "b", "c"]}) + "\n", "utf-8")
    said = printed("-m", "benchmarks.timing.pairs", str(file), str(clusters))
    assert said == {"pairs": 3, "counted": 3, "unfounded": 1, "share": 0.333333}


def test_the_benchmark_prints_one_object_and_names_what_it_skips(tmp_path: Path) -> None:
    file, truth = tmp_path / "own.jsonl", tmp_path / "own.tsv"
    make = ("-m", "benchmarks.corpora", "abstracts", "300", str(file), "--truth", str(truth))
    subprocess.run([sys.executable, *make], cwd=ROOT, check=True)
    asked = ("--only", "speed", "--rounds", "1", "--corpus", str(file), "--truth", str(truth))
    said = printed("benchmarks/dedup.py", *asked, "--peers", "rensa")
    speed = said["speed"]
    assert speed["records"] == 300
    assert speed["engine"]["recall"] == 1.0
    assert speed["unfounded_pairs"]["counted"] == speed["unfounded_pairs"]["pairs"]
    assert ("rensa" in speed) != ("rensa" in speed["skipped"])


def printed(*command: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
