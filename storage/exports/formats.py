"""The formats there are: a row each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from storage.exports import bibtex, csvs, jsonl, parquet, ris
from storage.exports.writing import Write, each


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    version: int
    """Of what stands in it: another one where a reader of the former would be misled."""
    writer: Callable[..., AbstractContextManager[Write]]
    """A `storage.exports.writing.Writer`, with options of its own."""
    packs: bool = False
    """Compresses inside, so that readers find what they need of it: its writer takes a `codec`."""
    has_card: bool = False
    """A description for people stands beside the file."""


FORMATS = {
    form.name: form
    for form in (
        Format("jsonl", 1, partial(each, jsonl.line)),
        Format("csv", 1, csvs.table),
        Format("parquet", 1, parquet.file, packs=True, has_card=True),
        Format("ris", 1, partial(each, ris.reference)),
        Format("bibtex", 1, partial(each, bibtex.entry)),
    )
}
