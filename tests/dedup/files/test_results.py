"""What the engine found, as lines: to the byte what a JSON library writes."""

import io
import json

import orjson
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.files.results import write_clusters, write_matches

IDS = st.text(max_size=4) | st.sampled_from(['"', "\\", "a\tb", "\x7f", "\u2028", "吉", "r1"])
SIMILARITIES = st.none() | st.sampled_from([0.0, 1.0, 1 / 3, 1e-7]) | st.floats(0, 1)
EVIDENCE = st.lists(st.fixed_dictionaries({"kind": IDS, "value": SIMILARITIES}), max_size=2)
MATCHES = st.fixed_dictionaries(
    {
        "a": IDS,
        "b": IDS,
        "relation": st.sampled_from(["same", "related"]),
        "state": st.sampled_from(["joined", "apart"]),
        "similarity": SIMILARITIES,
        "evidence": EVIDENCE,
    }
)
CLUSTERS = st.fixed_dictionaries(
    {"cluster": IDS, "canonical": IDS, "ids": st.lists(IDS, min_size=2, max_size=4)}
)


def printed(rows, names):
    return b"".join(orjson.dumps({name: row[name] for name in names}) + b"\n" for row in rows)


@given(rows=st.lists(MATCHES), first=st.integers(0, 3))
def test_matches_are_written_as_json_has_them(rows, first):
    names = ("a", "b", "relation", "state", "similarity")
    types = [pa.string()] * 4 + [pa.float64()]
    columns = {
        name: pa.array([row[name] for row in rows], kind)
        for name, kind in zip(names, types, strict=True)
    }
    evidence = [orjson.dumps(row["evidence"]).decode() for row in rows]
    out = io.BytesIO()
    write_matches(pa.table({**columns, "evidence": pa.array(evidence, pa.string())})[first:], out)
    assert out.getvalue() == printed(rows[first:], (*names, "evidence"))


@given(rows=st.lists(CLUSTERS), first=st.integers(0, 3))
def test_clusters_are_written_as_json_has_them(rows, first):
    text = pa.string()
    schema = pa.schema({"cluster": text, "canonical": text, "ids": pa.list_(text)}.items())
    out = io.BytesIO()
    write_clusters(pa.Table.from_pylist(rows, schema=schema)[first:], out)
    assert out.getvalue() == printed(rows[first:], schema.names)
    assert [json.loads(line) for line in out.getvalue().split(b"\n")[:-1]] == rows[first:]
