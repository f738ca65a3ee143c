"""The card of a data set: what it holds and where it comes from, in Markdown beside the file."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from records import iso_time
from records.visible import visible
from storage.exports.columns import COLUMNS
from storage.exports.selection import Selection
from storage.exports.tally import Tally

_LISTED = 50
"""Rows of a list at most."""
_LONGEST = 200
"""Characters of a text that a page said."""
_SIGNS = re.compile(r"[\\`*_{}\[\]<>#|!~&]")


def card(selection: Selection, tally: Tally, manifest: Mapping[str, Any]) -> str:
    """The card of the export that a manifest is of. Equal exports have equal cards."""
    parts = (
        _front(tally, manifest["file"]),
        f"# {plain(manifest['file'])}\n",
        _summary(selection, tally, manifest),
        "## Languages\n",
        _counts("language", tally.languages.items(), tally.records),
        "## Years\n",
        _counts("years", _decades(tally), tally.records),
        "## Provenance\n",
        "By the source that a record is shown from. Each record names its page, and when that was "
        "fetched.\n",
        _table(("source", "records", "first fetched", "last fetched"), _sources(tally)),
        "## What the sites say of themselves\n",
        "From the footers of those pages. Whether and how their texts may be used is for them to "
        "say.\n",
        _footers(tally),
        "## Fields\n",
        _table(
            ("field", "holds", "meaning"), [(f"`{c.name}`", c.kind, c.meaning) for c in COLUMNS]
        ),
        "## Loading\n",
        _loading(manifest["file"]),
    )
    return "\n".join(parts)


def plain(text: str) -> str:
    """A text that Markdown shows as it is, on one line.

    >>> plain("a | <b>"), plain("[c](d)")
    ('a \\\\| \\\\<b\\\\>', '\\\\[c\\\\](d)')
    """
    line = visible(" ".join(text.split()))
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return _SIGNS.sub(lambda found: f"\\{found[0]}", cut)


def _front(tally: Tally, file: str) -> str:
    """What hubs of data sets read: YAML, in the form of it that JSON is."""
    spoken = sorted(each for each in tally.languages if each)
    lines = [
        "---",
        f"pretty_name: {json.dumps(file)}",
        f"language: {json.dumps(spoken[:_LISTED])}",
        f"configs: {json.dumps([{'config_name': 'default', 'data_files': file}])}",
        "---",
    ]
    return "\n".join(lines) + "\n"


def _summary(selection: Selection, tally: Tally, manifest: Mapping[str, Any]) -> str:
    kept = "of each work that several records show, one" if selection.unique else "repeats included"
    lines = [
        f"{tally.records:,} bibliographic records, {kept}; {plain(manifest['program'])}, store "
        f"{plain(manifest['store'])} as of change {manifest['change_no']:,}, clusters as of change "
        f"{manifest['settled_to']:,}, scheme {plain(manifest['scheme'])}.",
        "",
        *(f"- {each}" for each in _filters(selection)),
        f"- with an abstract: {tally.abstracts:,}",
        f"- in a cluster of records of one work: {tally.clustered:,}, not the one to keep of it: "
        f"{tally.repeats:,}",
        f"- SHA-256: `{manifest['sha256']}`, {manifest['bytes']:,} bytes",
    ]
    return "\n".join(lines) + "\n"


def _filters(selection: Selection) -> Iterable[str]:
    if selection.sources:
        yield f"only of sources: {plain(', '.join(selection.sources))}"
    if selection.languages:
        yield f"only in languages: {plain(', '.join(selection.languages))}"
    if selection.first_year is not None:
        yield f"only from {selection.first_year} on"
    if selection.last_year is not None:
        yield f"only up to {selection.last_year}"
    if selection.since is not None:
        yield f"only first met in run {selection.since} or later"


def _counts(name: str, counts: Iterable[tuple[str | None, int]], whole: int) -> str:
    """Most frequent first, ties by name."""
    ordered = sorted(counts, key=lambda each: (-each[1], each[0] or ""))
    rows = [
        (plain(said or "none"), f"{count:,}", f"{count / whole:.1%}")
        for said, count in ordered[:_LISTED]
    ]
    return _table((name, "records", "share"), rows, left=len(ordered) - len(rows))


def _decades(tally: Tally) -> list[tuple[str | None, int]]:
    found: dict[str | None, int] = {}
    for year, count in tally.years.items():
        name = None if year is None else f"{year // 10 * 10} to {year // 10 * 10 + 9}"
        found[name] = found.get(name, 0) + count
    return [*found.items()]


def _sources(tally: Tally) -> list[tuple[str, ...]]:
    return [
        (plain(name), f"{span.records:,}", iso_time(span.first), iso_time(span.last))
        for name, span in sorted(tally.sources.items())
    ]


def _footers(tally: Tally) -> str:
    ordered = sorted(
        tally.footers.items(), key=lambda each: (-each[1], each[0][0] or "", each[0][1] or "")
    )
    rows = [
        (plain(operator or "none stated"), plain(licence or "none stated"), f"{count:,}")
        for (operator, licence), count in ordered[:_LISTED]
    ]
    return _table(("operator", "licence", "records"), rows, left=len(ordered) - len(rows))


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 0) -> str:
    lines = [names, ["---"] * len(names), *rows]
    more = [f"\nand {left:,} more"] if left else []
    return "\n".join([*(f"| {' | '.join(each)} |" for each in lines), *more]) + "\n"


def _loading(file: str) -> str:
    name = json.dumps(file, ensure_ascii=False)
    code = (
        f"pyarrow.parquet.read_table({name})",
        f"pandas.read_parquet({name})",
        f"polars.read_parquet({name})",
        f"duckdb.read_parquet({name})",
    )
    return "\n".join(["```python", *code, "```"]) + "\n"
