"""Which profile and which of its layouts a page is read by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from records import ResultPage
from spiders.pages.checks import broken_markup
from spiders.pages.decoding import Decoded, decode, encoding_named
from spiders.pages.known import Profiles
from spiders.pages.profile import Profile
from spiders.pages.selected.fields import Identity
from spiders.pages.selected.layout import Layout
from spiders.pages.selected.page import Document, document_of, refused_page, selected_page
from spiders.pages.soup import mended


def page_of_site(
    profiles: Sequence[Profile], html: bytes | str, decoded: Decoded, url: str | None, day: date
) -> ResultPage:
    """A page of the site of these profiles, read by the first that recognises it; where none does,
    what it is instead. It is never read otherwise: that a site has changed must be seen."""
    page = _page(profiles, html, decoded, url, day)
    if page.ok or (markup := mended(decoded.text)) is None:
        return page
    again = _page(profiles, markup, replace(decoded, text=markup), url, day)
    if not again.ok:
        return page
    return replace(again, problems=(*again.problems, broken_markup()))


def _page(
    profiles: Sequence[Profile], html: bytes | str, decoded: Decoded, url: str | None, day: date
) -> ResultPage:
    refused: ResultPage | None = None
    for profile in profiles:
        own = _decoded_for(profile, html, decoded)
        document = document_of(own, url)
        layouts = profile.layouts(day)
        layout = _recognised(document, layouts) if document else None
        if document is not None and layout is not None:
            return selected_page(document, layout, _identity(profile))
        refused = refused or refused_page(document, own, url, layouts[0], profile.name)
    assert refused is not None
    return refused


def page_by_guard(
    known: Profiles, html: bytes | str, decoded: Decoded, url: str | None, day: date
) -> ResultPage | None:
    """A page of an unknown host that a profile's guard recognises; None where none does."""
    document = document_of(decoded, url) if known.guarded else None
    for profile in known.guarded if document else ():
        layouts = [one for one in profile.layouts(day) if one.guard.tells]
        assert document is not None
        layout = _recognised(document, layouts)
        if layout is None:
            continue
        own = _decoded_for(profile, html, decoded)
        if own is not decoded:
            document = document_of(own, url) or document
        return selected_page(document, layout, _identity(profile))
    return None


def _identity(profile: Profile) -> Identity:
    return Identity(profile.name, profile.namespace, not profile.session)


def _recognised(document: Document, layouts: Sequence[Layout]) -> Layout | None:
    return next((layout for layout in layouts if document.passes(layout)), None)


def _decoded_for(profile: Profile, html: bytes | str, decoded: Decoded) -> Decoded:
    """The page in the encoding that its profile knows it to be in."""
    if profile.encoding is None or isinstance(html, str):
        return decoded
    if encoding_named(profile.encoding) == decoded.encoding:
        return decoded
    return decode(html, certain=profile.encoding)
