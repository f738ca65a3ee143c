"""A page in, what it says out."""

from dataclasses import replace
from datetime import date

from lxml import etree

from records import ResultPage
from spiders.pages import checks
from spiders.pages.addresses import own_and_base, target_of
from spiders.pages.automatic.page import automatic_page, plain_page
from spiders.pages.decoding import Decoded, decode
from spiders.pages.excess import excess_of
from spiders.pages.family import family_page
from spiders.pages.guard import FLOOR
from spiders.pages.known import Profiles, shipped
from spiders.pages.markup import is_html, stream_of_html
from spiders.pages.problems import problem
from spiders.pages.profile import AUTOMATIC, Profile
from spiders.pages.redacting import without_withheld
from spiders.pages.selected.choosing import page_by_guard, page_of_site
from spiders.pages.soup import mended, stream_of_soup
from spiders.pages.stream import Stream, stream_of_text


def read(
    html: bytes | str,
    url: str | None = None,
    profile: str | None = None,
    charset: str | None = None,
    fetched: date | None = None,
    profiles: Profiles | None = None,
) -> ResultPage:
    """What a page says: a list of records, or one article's page, as HTML or flattened text.

    ``charset`` is the HTTP header's and is believed only while the bytes fit it; ``fetched`` is
    the day whose layout the page has, None today; ``profiles`` are those to choose from, None
    those that ship. Whatever the page is, it is read: what is wrong stands in ``problems``, and a
    page that is no page of a known site has problems in place of records. Raises UsageError for a
    profile that does not exist, nothing else.
    """
    return without_withheld(_read(html, url, profile, charset, fetched, profiles))


def _read(
    html: bytes | str,
    url: str | None,
    profile: str | None,
    charset: str | None,
    fetched: date | None,
    profiles: Profiles | None,
) -> ResultPage:
    known, day = profiles or shipped(), fetched or date.today()
    named = [known.named(profile)] if profile and profile != AUTOMATIC else []
    decoded = decode(html, charset)
    markup = is_html(decoded.text)
    if markup and (excess := excess_of(decoded.text)) is not None:
        return _unparsed(decoded, url, profile or AUTOMATIC, excess)
    if markup and profile != AUTOMATIC:
        sites = [one for one in named or known.of_host(url) if one.layout]
        if sites:
            return page_of_site(sites, html, decoded, url, day)
    unmarked = any(one.layout for one in named)  # its profile knows where things stand in markup
    found = _automatic(decoded, url) if profile == AUTOMATIC or unmarked else None
    if found is not None and found.confidence >= FLOOR:
        return found
    families = [one for one in named if one.addresses] if named else known.families(day)
    stream = _stream(decoded.text)
    pages = [family_page(stream, one, url, decoded) for one in families]
    page = max(pages, key=lambda one: one.confidence, default=None)
    if page is not None and page.confidence >= FLOOR:
        return page if page.ok or not stream.html else _mended(page, families, url, decoded)
    if profile is None and not any(_is_of(one, url) for one in families):
        guarded = page_by_guard(known, html, decoded, url, day) if markup else None
        found = guarded or _automatic(decoded, url)
        if found is not None and found.confidence >= FLOOR:
            return found
    name = profile or AUTOMATIC
    sure = max((one.confidence for one in (page, found) if one), default=0.0)
    page = _strange_page(stream, url, name, sure, decoded)
    return page if not stream.html else _mended(page, families, url, decoded)


def _unparsed(decoded: Decoded, url: str | None, name: str, excess: str) -> ResultPage:
    return ResultPage(
        url=url,
        profile=name,
        confidence=0.0,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        problems=(problem("excess", f"no result page: {excess}"),),
    )


def _automatic(decoded: Decoded, url: str | None) -> ResultPage | None:
    """The page as it is read without knowing its site; None where it cannot be looked at."""
    if not is_html(decoded.text):
        page: ResultPage | None = plain_page(decoded, url)
    else:
        page = automatic_page(decoded, url)
        if page is None or page.confidence < FLOOR:
            page = _automatic_mended(decoded, url) or page
    if page is None:
        return None
    return replace(page, problems=(*page.problems, *checks.decoding_problems(decoded)))


def _automatic_mended(decoded: Decoded, url: str | None) -> ResultPage | None:
    """The page without what hides a part of it; None where nothing does, or nothing is gained."""
    markup = mended(decoded.text)
    page = automatic_page(replace(decoded, text=markup), url) if markup else None
    if page is None or page.confidence < FLOOR:
        return None
    return replace(page, problems=(*page.problems, checks.broken_markup()))


def _is_of(profile: Profile, url: str | None) -> bool:
    """Whether an address is of a profile's site, whose pages nothing else reads."""
    addresses = profile.addresses
    told = addresses is not None and target_of(url or "", addresses) is not None
    return told or profile.is_of_host(url)


def _stream(text: str) -> Stream:
    if not is_html(text):
        return stream_of_text(text)
    try:
        return stream_of_html(text)
    except (etree.LxmlError, AssertionError):
        return stream_of_soup(text) or Stream("", html=True)


def _mended(
    page: ResultPage, families: list[Profile], url: str | None, decoded: Decoded
) -> ResultPage:
    """The page again with its markup mended, where that makes it pass its own check."""
    markup = mended(decoded.text)
    stream = stream_of_soup(markup) if markup else None
    if stream is None:
        return page
    for profile in families:
        again = family_page(stream, profile, url, decoded)
        if again.ok and again.confidence >= FLOOR:
            return replace(again, problems=(*again.problems, checks.broken_markup()))
    return page


def _strange_page(
    stream: Stream, url: str | None, name: str, confidence: float, decoded: Decoded
) -> ResultPage:
    own, _ = own_and_base(url, stream.canonical, stream.base)
    return ResultPage(
        url=own,
        profile=name,
        confidence=confidence,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        problems=(
            checks.strange(stream.text, stream.title),
            *checks.decoding_problems(decoded),
        ),
    )
