"""The report of a corpus that was deduplicated: its figures, and the records that show them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from dedup.corpus import Deduplicated
from dedup.decided import Decided
from dedup.figures import Columns, Figures, figures
from dedup.samples import BucketSample, ClusterSample, MemberSample, PairSample, samples
from dedup.scheme import DEFAULT, Scheme
from records import Decision, Record, as_json
from reports.page import render_page
from reports.pairs import (
    BucketShown,
    ClusterShown,
    MemberShown,
    PairShown,
    RecordShown,
    decisions_shown,
    shown,
)

Texts = Callable[[Sequence[str]], Mapping[str, Record]]
"""Given a few hundred sorted ids as `Deduplicated` names them, the records behind them; one that is
missing is shown by its id alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Figures):
    """The figures with what is shown of each list; see `docs/report.md`."""

    largest: tuple[ClusterShown, ...]
    borderline_pairs: tuple[PairShown, ...]
    version_pairs: tuple[PairShown, ...]
    related_pairs: tuple[PairShown, ...]
    refused_pairs: tuple[PairShown, ...]
    saturated_buckets: tuple[BucketShown, ...]


def describe(
    found: Deduplicated,
    columns: Columns,
    texts: Texts,
    scheme: Scheme = DEFAULT,
    decisions: Iterable[Decision] = (),
) -> Report:
    """The report of `found`, which rests on `decisions`. `texts` is called at most once.

    The same for the same corpus, whatever the order of its rows.
    """
    counted = figures(found, columns, scheme)
    chosen = samples(found)
    ids = chosen.ids()
    decided = Decided(decisions, found.clusters, chosen.refused)
    view = _View(texts(ids) if ids else {}, decided)
    return Report(
        **{field.name: getattr(counted, field.name) for field in fields(counted)},
        largest=tuple(view.cluster(each) for each in chosen.largest),
        borderline_pairs=view.pairs(chosen.borderline),
        version_pairs=view.pairs(chosen.versions),
        related_pairs=view.pairs(chosen.related),
        refused_pairs=view.pairs(chosen.refused, refused=True),
        saturated_buckets=tuple(view.bucket(each) for each in chosen.saturated),
    )


def to_html(report: Report, language: str = "en") -> str:
    """One self-contained page. Equal reports give equal bytes. Raises UsageError for a language
    that there is not."""
    return render_page("dedup.html", report, language)


def to_json(report: Report) -> str:
    """The same figures as one JSON object, with a line feed at its end."""
    text = json.dumps(as_json(report), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_SURROGATE = re.compile("[\ud800-\udfff]")
"""Not UTF-8; only within strings, where JSON knows another way to write them."""


@dataclass(frozen=True, slots=True)
class _View:
    """Samples with their records in place of ids."""

    records: Mapping[str, Record]
    decided: Decided

    def record(self, key: str) -> RecordShown:
        return shown(replace(self.records.get(key) or Record(rank=1, key=key), key=key))

    def cluster(self, sample: ClusterSample) -> ClusterShown:
        return ClusterShown(
            id=sample.cluster,
            size=sample.size,
            canonical=self.record(sample.canonical),
            members=tuple(self.member(each, sample.canonical) for each in sample.members),
            decisions=decisions_shown(self.decided.of_cluster(sample)),
        )

    def member(self, sample: MemberSample, canonical: str) -> MemberShown:
        record, tie = self.record(sample.id), sample.tie
        if tie is None:
            return MemberShown(record=record, relation=None, similarity=None, clues=())
        other = tie.b if tie.a == sample.id else tie.a
        return MemberShown(
            record=record,
            relation=tie.relation,
            similarity=tie.similarity,
            clues=tie.clues,
            through=None if other == canonical else other,
        )

    def pairs(
        self, chosen: Iterable[PairSample], *, refused: bool = False
    ) -> tuple[PairShown, ...]:
        decisions = self.decided.across if refused else self.decided.of_pair
        return tuple(
            PairShown(
                a=self.record(each.a),
                b=self.record(each.b),
                relation=each.relation,
                similarity=each.similarity,
                clues=each.clues,
                refused_by=each.by,
                decisions=decisions_shown(decisions(each)),
            )
            for each in chosen
        )

    def bucket(self, sample: BucketSample) -> BucketShown:
        example = None if sample.example is None else self.record(sample.example)
        return BucketShown(kind=sample.kind, groups=sample.groups, example=example)
