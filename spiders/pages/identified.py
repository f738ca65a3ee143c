"""A record from its fields: what follows from them whichever reader found them."""

from collections.abc import Mapping

from records import Citations, Record, record_key
from spiders.pages.abstract import sections_of
from spiders.pages.addresses import is_absolute
from spiders.pages.citation import NOWHERE, Appearance
from spiders.pages.language import language_of


def identified(
    *,
    rank: int,
    text: str,
    title: str | None = None,
    abstract: str | None = None,
    url: str | None = None,
    similar_url: str | None = None,
    native_id: str | None = None,
    namespace: str | None = None,
    authors: tuple[str, ...] = (),
    appearance: Appearance = NOWHERE,
    keywords: tuple[str, ...] = (),
    identifiers: Mapping[str, str] | None = None,
    cited_by: Citations | None = None,
    free_pdf: bool = False,
    date: str | None = None,
    lasting: bool = True,
) -> Record:
    """The record of its fields, with its key, its language and the sections of its abstract.

    ``text`` is that of its whole block; ``namespace`` makes ``native_id`` the key on every host;
    ``lasting``: whether the address is the record's for good, and may be its key.
    """
    return Record(
        rank=rank,
        key=record_key(
            namespace=namespace,
            native_id=native_id,
            url=url if lasting and is_absolute(url) else None,
            title=title,
            abstract=abstract,
            block=text,
        ),
        native_id=native_id,
        title=title,
        url=url,
        similar_url=similar_url,
        authors=authors,
        venue=appearance.venue,
        year=appearance.year,
        volume=appearance.volume,
        issue=appearance.issue,
        pages=appearance.pages,
        abstract=abstract,
        sections=sections_of(abstract) if abstract else (),
        keywords=keywords,
        language=_language(abstract, title, text),
        identifiers=identifiers or {},
        cited_by=cited_by,
        free_pdf=free_pdf,
        date=date,
        text=text,
    )


def _language(*texts: str | None) -> str | None:
    """Of the first text that tells."""
    return next((found for text in texts if text and (found := language_of(text))), None)
