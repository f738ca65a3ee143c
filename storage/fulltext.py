"""A full-text index in a folder: which records hold a term. Derived, and thrown away when in doubt.

The folder holds generations, each an index of its own, and a file that names the one in use; a
rebuilt index is made beside it and takes its place at the end. Readers keep what they have opened.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from records import IndexMissing, IndexUnusable
from storage import footers
from storage.ids import id63
from storage.locks import FileLock
from storage.terms import FEWEST, MOST, chosen, lone_characters

if TYPE_CHECKING:
    import tantivy

HEAP = 128_000_000
"""Bytes that a writer gathers before it writes a segment: about 150,000 abstracts."""
WORDED = ("text", "title", "authors", "venue")
"""Fields of terms."""
_CURRENT = "current"
_MARK = -1
"""Id of the document that says what the index is; those of records are not negative."""

Hit = tuple[int, float]
"""Id of a record, and its score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What an index is made of. Stands in the index itself, so that both are committed at once."""

    recipe: str
    """`storage.terms.recipe`."""
    store: str
    """Which store, as `storage.refreshing.identity` tells it."""
    refreshed_to: int
    """Change number up to which every change is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an index holds of a record."""

    record: int
    content: int
    """The wording that the terms are of."""
    text: Sequence[str]
    """Terms of what related literature is found by."""
    title: Sequence[str] = ()
    authors: Sequence[str] = ()
    venue: Sequence[str] = ()
    year: int | None = None
    language: str | None = None
    sources: frozenset[str] = frozenset()
    """Whose pages show it."""

    @property
    def stamp(self) -> tuple[int, int]:
        """Differs from that of an entry that says otherwise of this record."""
        return self.content, id63("sources", *sorted(self.sources))


class View:
    """An index as it was when it was opened, whatever a writer does meanwhile."""

    def __init__(self, index: "tantivy.Index", path: Path) -> None:
        """Raises ValueError where the files are not whole, or hold other fields."""
        if index.schema != _schema():
            raise ValueError(f"{path}: its fields are not those of an index")
        index.config_reader("manual")
        self._searcher = index.searcher()
        self._schema = self.schema = index.schema
        self.path = path
        self.mark = self._read_mark()
        self.records = self._searcher.num_docs - 1

    def _read_mark(self) -> Mark:
        import tantivy

        query = tantivy.Query.term_query(self._schema, "id", _MARK)
        ((_, address),) = self._searcher.search(query, 1).hits
        return Mark(**json.loads(self._searcher.doc(address)["about"][0]))

    @property
    def deleted(self) -> float:
        """Share of the documents that are deleted and still counted."""
        segments = json.loads((self.path / "meta.json").read_text("utf-8"))["segments"]
        everything = sum(each["max_doc"] for each in segments)
        gone = sum((each["deletes"] or {}).get("num_deleted_docs", 0) for each in segments)
        return float(gone / max(everything, 1))

    def torn(self) -> list[str]:
        """Names of its files that are not as they were written: every byte is read."""
        while True:
            before = (self.path / "meta.json").read_bytes()
            found = [each for each in self._files(before) if not footers.is_whole(each)]
            if not found or (self.path / "meta.json").read_bytes() == before:
                names = [each.name for each in found]  # else a commit took them away
                return names if _fields(before) == _fields_of_new() else ["meta.json", *names]

    def _files(self, meta: bytes) -> list[Path]:
        ids = [each["segment_id"].replace("-", "") for each in json.loads(meta)["segments"]]
        return sorted(path for each in ids for path in self.path.glob(f"{each}.*"))

    def frequency(self, term: str, field: str = "text") -> int:
        """In how many records a term stands, deleted ones among them."""
        return self._searcher.doc_freq(field, term)

    def contents(self, records: Sequence[int]) -> dict[int, int]:
        """By id of those of the records that are in the index, the wording they are in it with."""
        return {each: content for each, (content, _) in self.stamps(records).items()}

    def stamps(self, records: Sequence[int]) -> dict[int, tuple[int, int]]:
        """By id of those of the records that are in the index, `Entry.stamp`."""
        import tantivy

        query = tantivy.Query.term_set_query(self._schema, "id", records)
        hits = self._searcher.search(query, max(len(records), 1), count=False).hits
        ids, *stamps = (self._numbers(name, hits) for name in ("id", "content", "shown_by"))
        return dict(zip(ids, zip(*stamps, strict=True), strict=True))

    def _numbers(self, field: str, hits: "Sequence[tuple[Any, tantivy.DocAddress]]") -> list[int]:
        found = self._searcher.fast_field_values(field, [address for _, address in hits])
        return [int(value) for value in found if value is not None]

    def asked(self, terms: Counter[str], *, stored: bool = False) -> list[str]:
        """The terms of a text that a query for it holds, all of them known to the index.
        `stored`: it is that of a record in the index."""
        found = chosen(terms, self.frequency, self.records, stored=stored)
        if len(found) < FEWEST:
            for character in lone_characters(terms):
                pairs = self._searcher.terms_with_prefix("text", character, limit=MOST)
                found += [pair for pair, _ in pairs if pair not in found]
        return found[:MOST]

    def search(self, terms: Sequence[str], limit: int) -> list[Hit]:
        """The records in which terms stand, best first by BM25, ties by id; each once."""
        import tantivy

        if not terms:
            return []
        each = (tantivy.Query.term_query(self._schema, "text", term, "freq") for term in terms)
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in each])
        return sorted(self.best(query, limit), key=lambda hit: (-hit[1], hit[0]))

    def best(self, query: "tantivy.Query", limit: int, *, offset: int = 0) -> list[Hit]:
        """The records that a query finds, best first, from the one after `offset` others."""
        hits = self._searcher.search(query, limit, count=False, offset=offset).hits
        ids = self._numbers("id", hits)
        return [(id_, float(score)) for id_, (score, _) in zip(ids, hits, strict=True)]

    def count(self, query: "tantivy.Query") -> int:
        """How many records a query finds."""
        import tantivy

        counted = tantivy.Query.const_score_query(query, 0.0)
        said = self._searcher.search(counted, 1, count=True)
        return int(said.count or 0)  # type: ignore[attr-defined]

    def begun_by(self, field: str, start: str) -> list[str]:
        """Terms of a field that begin so, a few of the many."""
        return [term for term, _ in self._searcher.terms_with_prefix(field, start, limit=MOST)]


class FulltextIndex:
    """The index of a folder. Threads may share it."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: made by who writes. None: one of this object's own, until it is closed."""
        self._passing = None if folder else TemporaryDirectory(prefix="glean-related-")
        self.folder = folder or Path(self._passing.name if self._passing else "")
        self._named = self.folder / _CURRENT
        self._path: tuple[object, Path] | None = None
        self._view: tuple[object, View] | None = None

    def close(self) -> None:
        self._view = None
        if self._passing is not None:
            self._passing.cleanup()

    def view(self) -> View:
        """What was committed last. Raises IndexUnusable."""
        seen = self._seen()
        if self._view is None or self._view[0] != seen:
            try:
                self._view = seen, self._opened()
            except IndexUnusable:
                if self._seen() == seen:
                    raise
                self._view = seen, self._opened()  # another took the place of the first just now
        return self._view[1]

    def _seen(self) -> object:
        """Changes with every commit and every rebuilt index: each puts a file in another's place.
        Raises IndexUnusable."""
        current = _identity(self._named)
        if self._path is None or self._path[0] != current:
            self._path = current, self._current()
        with self._unusable():
            return current, _identity(self._path[1] / "meta.json")

    def _opened(self) -> View:
        with self._unusable():
            import tantivy

            path = self._current()
            return View(tantivy.Index.open(str(path)), path)

    def _current(self) -> Path:
        """The generation in use. Raises IndexUnusable."""
        try:
            return self.folder / self._named.read_text("ascii")
        except (OSError, ValueError) as error:
            raise IndexMissing(
                f"{self.folder}: holds no index of related literature; glean refresh makes it"
            ) from error

    @contextmanager
    def _unusable(self) -> Iterator[None]:
        """Whatever the library says of files that are not as it left them."""
        try:
            yield
        except (ValueError, OSError, KeyError, TypeError) as error:
            raise IndexUnusable(
                f"{self.folder}: the index of related literature cannot be read "
                f"({str(error).splitlines()[0][:200]}); glean refresh makes it again"
            ) from error

    def lock(self) -> FileLock:
        """Of the one writer. Raises LockHeld, StoreError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexUnusable(
                f"{self.folder}: cannot be made: {error.strerror}; name another folder as related "
                "under [store] in glean.toml"
            ) from error
        return FileLock(self.folder / "lock", "refresh")

    def writer(self, *, fresh: bool) -> "Writer":
        """For the holder of the lock. `fresh`: of an empty index that is nobody's until it is
        published. Raises IndexUnusable."""
        if not fresh:
            path = self._current()
        else:
            self._sweep()
            path = self.folder / f"{self._newest() + 1}"
            path.mkdir()
        with self._unusable():
            return Writer(self, path)

    def _generations(self) -> list[Path]:
        return [each for each in self.folder.iterdir() if each.name.isdigit() and each.is_dir()]

    def _newest(self) -> int:
        return max((int(each.name) for each in self._generations()), default=0)

    def _sweep(self) -> None:
        """Remove generations that are not in use: left by a kill, or behind."""
        try:
            current = self._current()
        except IndexUnusable:
            current = None
        for each in self._generations():
            if each != current:
                shutil.rmtree(each, ignore_errors=True)

    def publish(self, path: Path) -> None:
        """Make a generation the one in use."""
        named = self.folder / f"{_CURRENT}.new"
        with named.open("w", encoding="ascii") as out:
            out.write(path.name)
            out.flush()
            os.fsync(out.fileno())
        named.replace(self._named)
        self._sweep()


class Writer:
    """Puts records into an index, as a context manager; what is not committed is lost.

    Memory is bounded by `HEAP`, whatever is put in between two commits.
    """

    def __init__(self, owner: FulltextIndex, path: Path) -> None:
        import tantivy

        self._owner = owner
        self._path = path
        index = tantivy.Index(_schema(), str(path))
        self._writer = index.writer(HEAP, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            with suppress(ValueError):
                self._writer.rollback()
            return
        self._writer.wait_merging_threads()

    def put(self, entry: Entry) -> None:
        import tantivy

        document = tantivy.Document()
        content, shown_by = entry.stamp
        document.add_integer("id", entry.record)
        document.add_integer("content", content)
        document.add_integer("shown_by", shown_by)
        for field in WORDED:
            document.add_text(field, " ".join(getattr(entry, field)))
        if entry.year is not None:
            document.add_integer("year", entry.year)
        if entry.language is not None:
            document.add_text("language", entry.language)
        for each in sorted(entry.sources):
            document.add_text("source", each)
        self._writer.add_document(document)

    def drop(self, record: int) -> None:
        """What was put in before; nothing where nothing was."""
        self._writer.delete_documents_by_term("id", record)

    def commit(self, mark: Mark) -> None:
        import tantivy

        self.drop(_MARK)
        document = tantivy.Document()
        document.add_integer("id", _MARK)
        document.add_text("about", json.dumps(asdict(mark)))
        self._writer.add_document(document)
        self._writer.commit()
        self._writer.garbage_collect_files()

    def publish(self) -> None:
        """After the first commit of a fresh index."""
        self._owner.publish(self._path)


def _identity(file: Path) -> tuple[int, int]:
    """Of the file that stands there; none where none does."""
    try:
        said = file.stat()
    except FileNotFoundError:
        return 0, 0
    return said.st_ino, said.st_mtime_ns


def _fields(meta: bytes) -> tuple[Any, Any]:
    """What ``meta.json`` says of every index, whatever is in it."""
    said = json.loads(meta)
    return said["index_settings"], said["schema"]


def _fields_of_new() -> tuple[Any, Any]:
    import tantivy

    with TemporaryDirectory() as folder:
        tantivy.Index(_schema(), path=folder)
        return _fields((Path(folder) / "meta.json").read_bytes())


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("content", fast=True)
    builder.add_integer_field("shown_by", fast=True)
    for field in WORDED:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("year", indexed=True, fast=True)
    for field in ("language", "source"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("about", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()
