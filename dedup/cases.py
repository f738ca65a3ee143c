"""Pairs that columns decide: their weights added up, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.agreeing import Besides
from dedup.citing import citation_clues
from dedup.columns import Columns
from dedup.evidence import ENOUGH, strengths
from dedup.likening import NOT_READ, Liked
from dedup.overlapping import Flags, Floats, Rows, Shared, measure
from dedup.particulars import AUTHORS
from dedup.scheme import Scheme
from dedup.titles import WITHOUT_ITS_END
from dedup.weighing import HALF_UNTITLED, MOST_OF_TITLE, title_weight
from dedup.wording import Clues, clues_json, evidence_json
from records import Evidence, MatchState, Relation

if TYPE_CHECKING:
    import pyarrow as pa

RELATIONS: tuple[Relation, ...] = ("same", "version", "related")
STATES: tuple[MatchState, ...] = ("joined", "refused", "borderline", "apart")
_SAME, _VERSION, _RELATED = range(len(RELATIONS))
JOINED, REFUSED, _BORDERLINE, _APART = range(len(STATES))

Groups = NDArray[np.int32]
"""Numbers of groups."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What pairs of groups say about each other, where it is not `different`; a place a pair."""

    a: Groups
    b: Groups
    relation: NDArray[np.uint8]
    """Place in `RELATIONS`."""
    strength: Floats
    similarity: Floats
    """NaN: one has no abstract."""
    evidence: pa.Array
    """JSON, as in `matches.jsonl`."""

    def __len__(self) -> int:
        return self.a.size

    @property
    def same(self) -> Flags:
        same: Flags = self.relation == _SAME
        return same

    def plainly(self, scheme: Scheme) -> list[tuple[int, int, Relation, float | None, float, bool]]:
        """Groups a and b, relation, similarity, strength, and whether they are borderline."""
        likeness = [None if value != value else value for value in self.similarity.tolist()]
        relations = [RELATIONS[number] for number in self.relation.tolist()]
        near = (self.states(scheme) == _BORDERLINE).tolist()
        ends = self.a.tolist(), self.b.tolist()
        return [*zip(*ends, relations, likeness, self.strength.tolist(), near, strict=True)]

    def states(self, scheme: Scheme) -> NDArray[np.uint8]:
        """Places in `STATES`, as far as each pair alone decides it."""
        near = (self.relation == _RELATED) & (self.strength >= scheme.borderline)
        return np.where(self.same, JOINED, np.where(near, _BORDERLINE, _APART)).astype(np.uint8)


def together(pieces: Sequence[Verdicts]) -> Verdicts:
    """All verdicts of at least one piece, in one."""
    import pyarrow as pa

    numbers = (field.name for field in fields(Verdicts) if field.name != "evidence")
    joined = {name: np.concatenate([getattr(each, name) for each in pieces]) for name in numbers}
    wide = [each.evidence.cast(pa.large_string()) for each in pieces]
    return Verdicts(**joined, evidence=pa.concat_arrays(wide))


def one_by_one(found: Iterable[tuple[int, int, Evidence]]) -> Verdicts:
    """Of groups a and b, each pair with its evidence."""
    import pyarrow as pa

    pairs = list(found)
    said = [evidence for _, _, evidence in pairs]
    ends = np.array([(a, b) for a, b, _ in pairs], np.int32).reshape(-1, 2)
    similarities = [np.nan if each.similarity is None else each.similarity for each in said]
    return Verdicts(
        ends[:, 0],
        ends[:, 1],
        np.array([RELATIONS.index(each.relation) for each in said], np.uint8),
        np.array([each.strength for each in said], np.float64),
        np.array(similarities, np.float64),
        pa.array(map(evidence_json, said), pa.string()),
    )


def _unworded(count: int) -> pa.Array:
    import pyarrow as pa

    return pa.nulls(count, pa.string())


def title_weights(likeness: Floats, trust: Floats) -> Floats:
    """See `title_weight`."""
    return np.where(
        likeness >= 0.9,
        MOST_OF_TITLE * trust * likeness,
        np.where(
            likeness >= 0.8,
            (likeness - 0.8) * 25 * trust,
            np.maximum(-5.0, (likeness - 0.8) * 10),
        ),
    )


class Case:
    """Pairs that are not hopeless, and the sums of `dedup.weighing`, in its order: at most these,
    where the kernels cannot read a title, and without authors where a letter of a name is lost."""

    def __init__(
        self,
        columns: Columns,
        ends: tuple[Rows, Rows],
        shared: NDArray[np.int32],
        titles: Liked,
        besides: Besides,
    ) -> None:
        signed = columns.signed
        self.a, self.b = a, b = ends
        self.columns, self.besides = columns, besides
        self.nobody: Flags = besides.people < 0
        """Where authors cannot be compared."""
        named = signed.has[a] & signed.has[b] & AUTHORS != 0
        self.shared: Shared = measure(columns, a, b, shared, named)
        self.trust = np.minimum(signed.weights[a], signed.weights[b])
        self.titles = titles
        known = np.where(titles.likeness >= 0, title_weights(titles.likeness, self.trust), 0.0)
        self.title = np.where(titles.likeness == NOT_READ, MOST_OF_TITLE * self.trust, known)
        self.total = self.shared.text + self.title
        for weights in besides.weights:
            self.total += weights

    def set_title(self, at: int, likeness: float) -> None:
        """How alike the titles of a pair are that the kernels cannot read."""
        self.titles.likeness[at] = likeness
        self.title[at] = title_weight(likeness, float(self.trust[at])) if likeness >= 0 else 0.0
        total = self.shared.text[at] + self.title[at]
        for weights in self.besides.weights:
            total += weights[at]
        self.total[at] = total

    def verdicts(
        self,
        at: Rows,
        ends: tuple[Groups, Groups],
        series: Rows,
        reasons: Sequence[str],
        *,
        worded: bool = True,
    ) -> Verdicts:
        """Of the pairs at some places, all of them between the groups at `ends`. `series`, a place
        each: which of `reasons` makes the titles those of two works, -1: none. `worded`: whether
        anybody reads the evidence; else it is null."""
        besides, shared = self.besides, self.shared
        identified = besides.identifier[at] > 0
        decides = ((series >= 0) | besides.apart[at]) & ~identified
        unlike = (self.title[at] <= -2) & (besides.authors[at] <= -1.5)
        kept = (self.total[at] > 0) & (decides | (~unlike & (self.total[at] >= 1)))
        at, series, decides = at[kept], series[kept], decides[kept]
        total = self.total[at]
        half = ~decides & ~identified[kept] & (total >= ENOUGH) & self._may_be_half(at)
        relation = np.where((total >= ENOUGH) & ~half, _SAME, _RELATED)
        similarity = np.where(shared.both[at], shared.jaccard[at], np.nan)
        said = ends[0][at], ends[1][at], np.where(decides, _VERSION, relation).astype(np.uint8)
        known = strengths(total), similarity
        if not worded:
            return Verdicts(*said, *known, _unworded(at.size))
        a, b, years = self.a[at], self.b[at], self.columns.signed.years
        clues = Clues(
            jaccard=similarity,
            text=shared.text[at],
            inside=np.where(shared.stands_inside[at], shared.inside[at], np.nan),
            scattered=shared.scattered[at],
            half=half,
            likeness=self.titles.likeness[at],
            title=self.title[at],
            trust=self.trust[at],
            years=(years[a].astype(np.int64), years[b].astype(np.int64)),
            series=series,
            reasons=reasons,
        )
        evidence = clues_json(clues, citation_clues(self.columns, a, b, besides, at))
        return Verdicts(*said, *known, evidence)

    def _may_be_half(self, at: Rows) -> Flags:
        """Whether either record may hold the other: see `dedup.weighing.half_known`."""
        shared, jaccard, likeness = self.shared, self.shared.jaccard[at], self.titles.likeness[at]
        untitled = likeness < 0
        enough = self.columns.scheme.threshold * np.where(untitled, HALF_UNTITLED, 1.0)
        half: Flags = shared.both[at] & (jaccard < enough)
        half &= untitled | (likeness <= WITHOUT_ITS_END)
        half &= ~shared.cut[at] & ~shared.scattered[at]
        half &= self.nobody[at] & (self.besides.pages[at] <= 1)
        return half
