"""The benchmark's two readers say the same of its page, in every field."""

import runpy
from pathlib import Path

from records import as_json
from spiders.pages import read

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "read.py"


def test_both_readers_of_the_benchmark_agree() -> None:
    names = runpy.run_path(str(BENCHMARK))
    body = names["page"]().encode("utf-8")
    assert 45_000 < len(body) < 70_000
    ours = as_json(read(body, url=names["URL"]))
    assert ours["problems"] == []
    assert names["disagreement"](ours, names["with_soup"](body)) is None
