"""Records that hold all words of a search, in the fields and with the traits that it asks for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from dedup.hashing import stands_alone
from dedup.scheme import Scheme
from records import Record, UsageError
from storage.asking import shown
from storage.content import record_of
from storage.fulltext import FulltextIndex, Hit, View
from storage.related import view_of
from storage.schema import cluster, record, run
from storage.terms import MOST, terms_of

if TYPE_CHECKING:
    import tantivy

DEEPEST = 1_000
"""Places of an answer that can be looked at: who looks further searches otherwise."""
ANYWHERE = ("text", "title", "authors", "venue")
"""Fields of the index that the words of a search may stand in. What stands in a title stands in the
text too, and weighs more."""
_LONGEST = 4_000
"""Characters of words that are looked at."""
_COMMON_FROM = 50_000
"""Records that any word may stand in, and is looked for."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SHOWN = (
    shown()
    .add_columns(cluster.c.id.label("cluster_id"), cluster.c.size.label("cluster_size"))
    .outerjoin(cluster, cluster.c.least == record.c.cluster)
    .where(record.c.id.in_(_IDS))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked for: all that is stated must hold."""

    words: str = ""
    """Each stands in the title, the abstract, the authors or the venue."""
    title: str = ""
    authors: str = ""
    venue: str = ""
    languages: tuple[str, ...] = ()
    """In one of them."""
    sources: tuple[str, ...] = ()
    """A page of one of them shows the record."""
    first_year: int | None = None
    last_year: int | None = None
    """Included. With either, a record without a year is not found."""

    @property
    def is_empty(self) -> bool:
        return self == Search()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A record found, and the work that it is of."""

    score: float
    record: Record
    cluster: str | None
    """None: the record stands alone."""
    size: int
    """Records of that work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer."""

    total: int
    """Records that hold all of it."""
    hits: tuple[Hits, ...]
    """Best first, those of the place asked for."""
    nearest: bool
    """Whether the hits are but those that hold some of the words, as none holds all of them."""


def search(
    connection: Connection,
    index: FulltextIndex,
    scheme: Scheme,
    asked: Search,
    *,
    limit: int,
    offset: int = 0,
) -> Found:
    """Records of a store that a search finds, as of the last refresh; those gone since are left
    out. Raises UsageError for a place behind `DEEPEST`, IndexUnusable."""
    if offset + limit > DEEPEST:
        raise UsageError(
            f"only the first {DEEPEST:,} of an answer are listed; search for more words, or in "
            "fewer years"
        )
    view = view_of(connection, index, scheme)
    query, nearest = _Asking(view).query(asked), False
    total = 0 if query is None else view.count(query)
    if query is None or not total:
        query, nearest = _Asking(view).nearest(asked), True
    hits = [] if query is None else view.best(query, limit, offset=offset)
    return Found(total=total, hits=_shown(connection, hits), nearest=nearest and bool(hits))


def _shown(connection: Connection, hits: Sequence[Hit]) -> tuple[Hits, ...]:
    found = connection.execute(_SHOWN, {"ids": [each for each, _ in hits]}).mappings()
    rows = {row["record_id"]: row for row in found}
    return tuple(
        Hits(
            score=round(score, 4),
            record=record_of(dict(row)),
            cluster=row["cluster_id"],
            size=row["cluster_size"] or 1,
        )
        for each, score in hits
        if (row := rows.get(each)) is not None
    )


def words_of(text: str) -> list[str]:
    """Terms that a record must hold to hold a text, each once. The last character of a run without
    spaces begins no pair, and stands in the pair before it.

    >>> words_of("肝癌 CD4 cells, cells"), words_of("癌")
    (['肝癌', 'cd4', 'cells'], ['癌'])
    """
    found = terms_of(text[:_LONGEST])
    kept = [
        term
        for place, term in enumerate(found)
        if not (place and _is_lone(term) and _ends_with(found[place - 1], term))
    ]
    return list(dict.fromkeys(kept))


def _is_lone(term: str) -> bool:
    return len(term) == 1 and stands_alone(term)


def _ends_with(pair: str, term: str) -> bool:
    return len(pair) == 2 and pair[1] == term and stands_alone(pair[0])


class _Asking:
    """Makes queries of searches."""

    def __init__(self, view: View) -> None:
        self._view = view

    def query(self, asked: Search) -> "tantivy.Query | None":
        """For records that hold all of it. None: surely none does, or more is asked than can be
        looked for."""
        import tantivy

        must = []
        for text, fields in (
            (asked.words, ANYWHERE),
            (asked.title, ("title",)),
            (asked.authors, ("authors",)),
            (asked.venue, ("venue",)),
        ):
            words = words_of(text)
            if len(words) > MOST:
                return None
            for word in self._telling(words, fields[0]):
                one = self._word(word, fields)
                if one is None:
                    return None
                must.append(one)
        traits = self._traits(asked)
        if not must and not traits:
            return None
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in must + traits])

    def _telling(self, words: Sequence[str], field: str) -> Sequence[str]:
        """Without those that nearly every record of a large store has, if there are others: to find
        where three of them meet takes longer than all else."""
        often = {word: self._view.frequency(word, field) for word in words}
        most = max(_COMMON_FROM, self._view.records // 2)
        return [word for word in words if often[word] <= most] or sorted(
            words, key=often.__getitem__
        )[:1]

    def nearest(self, asked: Search) -> "tantivy.Query | None":
        """For records that hold some of the words. None: there is nothing to be near to."""
        import tantivy

        terms = self._view.asked(Counter(terms_of(asked.words[:_LONGEST])))
        if not terms:
            return None
        some = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term("text", each)) for each in terms]
        )
        others = Search(
            languages=asked.languages,
            sources=asked.sources,
            first_year=asked.first_year,
            last_year=asked.last_year,
        )
        must = [some, *self._traits(others)]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in must])

    def _word(self, word: str, fields: Sequence[str]) -> "tantivy.Query | None":
        import tantivy

        spelt = [word]
        if _is_lone(word):  # it stands alone where a run ends, else it begins a pair
            spelt = [each for name in fields for each in self._view.begun_by(name, word)] or spelt
        either = [
            (tantivy.Occur.Should, self._term(name, each))
            for name in fields
            for each in dict.fromkeys(spelt)
            if self._view.frequency(each, name)
        ]
        if not either:
            return None
        return either[0][1] if len(either) == 1 else tantivy.Query.boolean_query(either)

    def _term(self, field: str, word: str) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.term_query(self._view.schema, field, word, "freq")

    def _traits(self, asked: Search) -> "list[tantivy.Query]":
        import tantivy

        found = []
        for field, values in (("language", asked.languages), ("source", asked.sources)):
            if values:
                found.append(tantivy.Query.term_set_query(self._view.schema, field, list(values)))
        if asked.first_year is not None or asked.last_year is not None:
            found.append(
                tantivy.Query.range_query(
                    self._view.schema,
                    "year",
                    tantivy.FieldType.Integer,
                    asked.first_year,
                    asked.last_year,
                )
            )
        return [tantivy.Query.const_score_query(each, 0.0) for each in found]


def languages_of(connection: Connection, index: FulltextIndex, scheme: Scheme) -> list[str]:
    """Languages that records of an index are in. Raises IndexUnusable, also where another version
    of glean made it: it may hold no languages."""
    return sorted(view_of(connection, index, scheme).begun_by("language", ""))


def sources_of(connection: Connection) -> list[str]:
    """Sources that the store ever had a run of."""
    query = select(run.c.source).distinct().order_by(run.c.source)
    return list(connection.execute(query).scalars())
