"""The formats there are: a row each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from storage.exports import bibtex, csvs, jsonl, parquet, ris
from storage.exports.writing import Encode, Writer, each, plain


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    version: int
    """Of what stands in it: another one where a reader of the former would be misled."""
    encoder: Callable[..., Encode]
    """Of the options of the format."""
    writer: Writer
    """Of the same options."""
    packs: bool = False
    """Compresses inside, so that readers find what they need of it: its writer takes a `codec`."""
    has_card: bool = False
    """A description for people stands beside the file."""


FORMATS = {
    form.name: form
    for form in (
        Format("jsonl", 1, partial(each, jsonl.line), plain),
        Format("csv", 1, csvs.lines, csvs.table),
        Format("parquet", 1, parquet.batch, parquet.file, packs=True, has_card=True),
        Format("ris", 1, partial(each, ris.reference), plain),
        Format("bibtex", 1, partial(each, bibtex.entry), plain),
    )
}
