"""The figures of a deduplicated corpus: how much repeats, how it was found, and how surely.

The same whatever the order of the records: counts alone, and lists sorted by what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dedup.bands import WORDS, kind_of
from dedup.corpus import Deduplicated
from dedup.noticing import Missed, Point, Setting, curve, expected_missed, missed, setting
from dedup.scheme import DEFAULT, Scheme

if TYPE_CHECKING:
    import pyarrow as pa

Columns: TypeAlias = "pa.Table"
"""``language: string``, ``year: integer``, ``old: boolean``, each where it is there, a row for each
of `Deduplicated.unique`; other columns are not read."""

_LANGUAGES = 50
_YEARS = 250
"""Most rows of a table; what stands for fewer records is counted together."""
_BINS = 20
_LONGEST_NAME = 40
"""Characters of what a corpus calls a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One part of the records."""

    name: str | int | None
    """None: the records do not say."""
    records: int
    share: float
    """Of all records, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """One part of the records, and what of it repeats another record."""

    name: str | int | None
    """None: the records do not say."""
    records: int
    repeats: int
    share: float
    """`repeats` of `records`, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The rows that a capped table leaves out, counted together."""

    names: int
    records: int
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the candidate pairs."""

    name: str
    pairs: int
    share: float
    """Of all candidate pairs, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage that pages, records or pairs pass."""

    name: str
    count: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeCount:
    """How many clusters have so many records."""

    records: int
    clusters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Pairs whose similarity lies in [low, high); the last bin includes 1."""

    low: float
    high: float
    same: int
    apart: int
    """Versions, related works and borderline pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaturatedKind:
    """Saturated buckets of one kind."""

    kind: str
    """What their records share, in words."""
    buckets: int
    groups: int
    """Text groups of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a deduplicated corpus. Of a row that is `old`, only what is said to be."""

    setting: Setting
    records: int
    old: int | None
    """Records of the corpus that was compared against; None: there was none."""
    unique: int
    repeats: int
    """Records that repeat another, one of the old ones too."""
    repeat_share: float
    """Of all records, 0 to 1."""
    languages: tuple[Repeats, ...]
    """Most records first."""
    other_languages: Others | None
    """None: all are listed."""
    years: tuple[Repeats, ...]
    """Earliest first; where no year is stated, last."""
    other_years: Others | None
    groups: int
    """Text groups, the old records' too: records that are equal after folding are one."""
    slow: int | None
    """Records, old ones too, of which a text was folded outside the kernel; None: not counted."""
    slow_share: float | None
    candidates: int
    """Pairs of text groups that were compared exactly."""
    by_source: tuple[Part, ...]
    """What candidates share; a pair may share several."""
    relations: tuple[Part, ...]
    funnel: tuple[Step, ...]
    curve: tuple[Point, ...]
    missed: tuple[Missed, ...]
    expected_missed: float
    """Going by the joined pairs that are at least as similar as the threshold: how many more such
    pairs there would be that share no band."""
    similarities: tuple[Bin, ...]
    """Pairs of `matches` that have a similarity."""
    joined: int
    joined_without_similarity: int
    """Of `joined`: pairs of which one has no abstract."""
    clusters: int
    cluster_sizes: tuple[SizeCount, ...]
    borderline: int
    versions: int
    related: int
    """Pairs that are related, and not borderline."""
    refused: int
    saturated: int
    """Buckets."""
    saturated_kinds: tuple[SaturatedKind, ...]
    """Most buckets first."""


def figures(found: Deduplicated, columns: Columns, scheme: Scheme = DEFAULT) -> Figures:
    """The figures of `found`; `found.figures` is the engine's, with `slow` where it counts that."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said = cast("Mapping[str, Any]", found.figures)
    repeats = pc.invert(found.unique)
    rows = pa.table({"repeats": repeats})
    for name in ("language", "year"):
        whole = name in columns.column_names
        rows = rows.append_column(name, columns[name] if whole else pa.nulls(len(repeats)))
    old = None
    if "old" in columns.column_names and pc.any(columns["old"]).as_py():
        old = pc.sum(columns["old"]).as_py()
        rows = rows.filter(pc.invert(pc.fill_null(columns["old"], False)))
    repeated = pc.sum(rows["repeats"]).as_py() or 0
    languages, other_languages = _spread(rows, "language", _LANGUAGES)
    years, other_years = _spread(rows, "year", _YEARS)
    similarities, joined = _similarities(found.matches)
    slow = said.get("slow")
    return Figures(
        setting=setting(scheme),
        records=rows.num_rows,
        old=old,
        unique=rows.num_rows - repeated,
        repeats=repeated,
        repeat_share=part(repeated, rows.num_rows),
        languages=tuple(sorted(languages, key=lambda each: (-each.records, str(each.name or "")))),
        other_languages=other_languages,
        years=tuple(sorted(years, key=_by_year)),
        other_years=other_years,
        groups=said["groups"],
        slow=slow,
        slow_share=None if slow is None else part(slow, said["records"]),
        candidates=said["candidates"],
        by_source=_parts(said["by_source"], said["candidates"]),
        relations=_parts(said["relations"], said["candidates"]),
        funnel=_funnel(said, found.clusters.num_rows, rows.num_rows - repeated, old),
        curve=curve(scheme),
        missed=missed(scheme),
        expected_missed=expected_missed(joined, scheme),
        similarities=similarities,
        joined=len(joined),
        joined_without_similarity=joined.null_count,
        clusters=found.clusters.num_rows,
        cluster_sizes=_sizes(found.clusters),
        saturated=len(said["saturated"]),
        saturated_kinds=_saturated(said["saturated"]),
        **_counts(found.matches),
    )


def part(count: int, whole: int) -> float:
    """A share, 0 of nothing.

    >>> part(1, 3), part(0, 0)
    (0.333333, 0.0)
    """
    return round(count / whole, 6) if whole else 0.0


def _spread(rows: pa.Table, name: str, most: int) -> tuple[Sequence[Repeats], Others | None]:
    """Records and repeats a value of a column; of many values, those with the most records."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = rows[name]
    if name == "language":
        text = pc.utf8_slice_codeunits(column.cast(pa.string()), 0, _LONGEST_NAME)
        column = pc.if_else(pc.equal(text, ""), None, text)
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    places, repeats = encoded.indices.to_numpy(), rows["repeats"].to_numpy()
    size = len(encoded.dictionary)
    counted = pa.table(
        {
            "name": encoded.dictionary,
            "repeats_count": np.bincount(places, minlength=size),
            "repeats_sum": np.bincount(places[repeats], minlength=size),
        }
    )
    counted = counted.take(
        pc.sort_indices(counted, [("repeats_count", "descending"), ("name", "ascending")])
    )
    rest = counted.slice(most)
    listed = [
        Repeats(
            name=row["name"],
            records=row["repeats_count"],
            repeats=row["repeats_sum"],
            share=part(row["repeats_sum"], row["repeats_count"]),
        )
        for row in counted.slice(0, most).to_pylist()
    ]
    if not rest.num_rows:
        return listed, None
    records, repeats = (pc.sum(rest[each]).as_py() for each in ("repeats_count", "repeats_sum"))
    return listed, Others(names=rest.num_rows, records=records, repeats=repeats)


def _by_year(row: Repeats) -> tuple[bool, int]:
    return row.name is None, row.name if isinstance(row.name, int) else 0


def _parts(counts: Mapping[str, int], whole: int) -> tuple[Part, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Part(name=n, pairs=count, share=part(count, whole)) for n, count in ordered)


def _funnel(
    said: Mapping[str, Any], clusters: int, unique: int, old: int | None
) -> tuple[Step, ...]:
    relations = said["relations"]
    among = "" if old is None else ", the old ones among them"
    return (
        Step(name="Records", count=said["records"], words=f"read, each id once{among}"),
        Step(
            name="Text groups",
            count=said["groups"],
            words="records whose wording differs after folding",
        ),
        Step(
            name="Candidate pairs",
            count=said["candidates"],
            words="pairs of text groups that share a bucket, each compared exactly",
        ),
        Step(
            name="Same work",
            count=relations.get("same", 0),
            words="pairs of text groups proven the same work",
        ),
        Step(name="Clusters", count=clusters, words="works that two or more records share"),
        Step(name="Unique", count=unique, words="records left when each work counts once"),
    )


def _similarities(matches: pa.Table) -> tuple[tuple[Bin, ...], pa.Array]:
    """Pairs a bin, and the similarities of the joined ones (null: one has no abstract)."""
    import numpy as np
    import pyarrow.compute as pc

    edges = np.arange(_BINS + 1) / _BINS
    counts = []
    for mask in (pc.equal(matches["relation"], "same"), pc.not_equal(matches["relation"], "same")):
        values = matches["similarity"].filter(mask).drop_null().to_numpy()
        places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, _BINS - 1)
        counts.append(np.bincount(places, minlength=_BINS).tolist())
    bins = tuple(
        Bin(low=number / _BINS, high=(number + 1) / _BINS, same=same, apart=apart)
        for number, (same, apart) in enumerate(zip(*counts, strict=True))
    )
    return bins, matches["similarity"].filter(pc.equal(matches["state"], "joined"))


def _sizes(clusters: pa.Table) -> tuple[SizeCount, ...]:
    """Smallest first."""
    import pyarrow.compute as pc

    counted: Iterable[Mapping[str, int]]
    counted = pc.value_counts(pc.list_value_length(clusters["ids"])).to_pylist()
    sizes = sorted((each["values"], each["counts"]) for each in counted)
    return tuple(SizeCount(records=records, clusters=count) for records, count in sizes)


def _saturated(buckets: Sequence[Mapping[str, int]]) -> tuple[SaturatedKind, ...]:
    groups: dict[str, list[int]] = {}
    for each in buckets:
        groups.setdefault(WORDS[kind_of(each["key"])], []).append(each["groups"])
    found = [SaturatedKind(kind=k, buckets=len(g), groups=max(g)) for k, g in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.buckets, each.kind)))


def _counts(matches: pa.Table) -> dict[str, int]:
    """How many pairs there are of each list of the report."""
    import pyarrow.compute as pc

    state, relation = matches["state"], matches["relation"]
    apart = pc.equal(state, "apart")
    masks = {
        "borderline": pc.equal(state, "borderline"),
        "versions": pc.and_(apart, pc.equal(relation, "version")),
        "related": pc.and_(apart, pc.equal(relation, "related")),
        "refused": pc.equal(state, "refused"),
    }
    return {name: pc.sum(mask).as_py() or 0 for name, mask in masks.items()}
