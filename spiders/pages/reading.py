"""A page in, what it says out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from records import Address, Problem, Query, Record, ResultPage, record_key
from spiders.pages import checks
from spiders.pages.abstract import sections_of
from spiders.pages.addresses import (
    Target,
    absolute,
    is_absolute,
    link_to,
    parameters_of,
    target_of,
)
from spiders.pages.article import ArticlePage, article_entry, article_page
from spiders.pages.automatic.page import automatic_page, plain_page
from spiders.pages.blocks import MOST, Block, blocks_of
from spiders.pages.decoding import Decoded, decode
from spiders.pages.entry import Entry, entry_of
from spiders.pages.foot import footer_of, navigation_of
from spiders.pages.gaps import has_gaps, place_gaps
from spiders.pages.guard import FLOOR, article_confidence, list_confidence
from spiders.pages.landmarks import KIN, Landmarks, landmarks_of
from spiders.pages.language import language_of
from spiders.pages.markup import is_html, stream_of_html
from spiders.pages.problems import problem
from spiders.pages.profile import AUTOMATIC, Profile, candidates
from spiders.pages.soup import mended, stream_of_soup
from spiders.pages.spacing import in_one_line, lines_in
from spiders.pages.stream import Stream, stream_of_text

READER = "pages 3"
"""Name and version of the reader. The version grows when the same page would be read otherwise."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page on its way to being read: its text, its address, and the profile it is read by."""

    stream: Stream
    profile: Profile
    url: str | None
    base: str | None
    """What its links are relative to."""
    decoded: Decoded


def read(
    html: bytes | str,
    url: str | None = None,
    profile: str | None = None,
    charset: str | None = None,
    fetched: date | None = None,
) -> ResultPage:
    """What a page says: a list of records, or one article's page, as HTML or flattened text.

    ``charset`` is the HTTP header's and is believed only while the bytes fit it; ``fetched`` is
    the day whose layout the page has, None today. Whatever the page is, it is read: what is wrong
    stands in ``problems``, and a page that is no page of a known site has problems in place of
    records. Raises UsageError for a profile that does not exist, nothing else.
    """
    named = candidates(profile, url, fetched)
    decoded = decode(html, charset)
    found = _automatic(decoded, url) if profile == AUTOMATIC else None
    if found is not None and found.confidence >= FLOOR:
        return found
    stream = _stream(decoded.text)
    pages = [_read_as(_seen(stream, one, url, decoded)) for one in named]
    page = max(pages, key=lambda one: one.confidence, default=None)
    if page is not None and page.confidence >= FLOOR:
        return page if page.ok or not stream.html else _mended(page, named, url, decoded)
    if profile is None and not any(_is_of(one, url) for one in named):
        found = _automatic(decoded, url)
        if found is not None and found.confidence >= FLOOR:
            return found
    name = profile or AUTOMATIC
    sure = max((one.confidence for one in (page, found) if one), default=0.0)
    page = _strange_page(stream, url, name, sure, decoded)
    return page if not stream.html else _mended(page, named, url, decoded)


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
    return replace(page, problems=(*page.problems, _broken()))


def _broken() -> Problem:
    return problem(
        "broken-markup", "what is never closed hid a part of the page; it was read all the same"
    )


def _is_of(profile: Profile, url: str | None) -> bool:
    """Whether an address is of a profile's site, whose pages nothing else reads."""
    return target_of(url or "", profile.addresses) is not None or profile.is_of_host(url)


def _stream(text: str) -> Stream:
    if not is_html(text):
        return stream_of_text(text)
    try:
        return stream_of_html(text)
    except (etree.LxmlError, AssertionError):
        return stream_of_soup(text) or Stream("", html=True)


def _mended(
    page: ResultPage, named: list[Profile], url: str | None, decoded: Decoded
) -> ResultPage:
    """The page again with its markup mended, where that makes it pass its own check."""
    markup = mended(decoded.text)
    stream = stream_of_soup(markup) if markup else None
    if stream is None:
        return page
    for profile in named:
        again = _read_as(_seen(stream, profile, url, decoded))
        if again.ok and again.confidence >= FLOOR:
            return replace(again, problems=(*again.problems, _broken()))
    return page


def _seen(stream: Stream, profile: Profile, url: str | None, decoded: Decoded) -> _Seen:
    own = url or _absolute_only(stream.canonical) or _absolute_only(stream.base)
    base = absolute(stream.base, own) if stream.base else None
    return _Seen(stream, profile, own, base or own, decoded)


def _absolute_only(url: str | None) -> str | None:
    return url if is_absolute(url) else None


def _read_as(seen: _Seen) -> ResultPage:
    """The page as one profile has it, with the confidence that it is right."""
    addresses = seen.profile.addresses
    marks = landmarks_of(seen.stream, addresses)
    if marks.total is None:
        article = article_page(seen.stream)
        own = target_of(seen.url or "", addresses)
        if article and (sure := article_confidence(seen.stream, article, own, addresses)) >= FLOOR:
            return _article(seen, article, own, sure)
    return _list(seen, marks, list_confidence(seen.stream, marks))


def _strange_page(
    stream: Stream, url: str | None, name: str, confidence: float, decoded: Decoded
) -> ResultPage:
    return ResultPage(
        url=url or _absolute_only(stream.canonical) or _absolute_only(stream.base),
        profile=name,
        confidence=confidence,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        problems=(
            checks.strange(stream.text, stream.title),
            *checks.decoding_problems(decoded),
        ),
    )


def _list(seen: _Seen, marks: Landmarks, confidence: float) -> ResultPage:
    if confidence < FLOOR:
        return _page(seen, confidence, (), ())
    stream = seen.stream
    blocks = blocks_of(stream, marks)
    if len(blocks) > MOST:
        return _page(seen, confidence, (), (problem("too-many-records", f"over {MOST} records"),))
    cut = marks.foot is None and bool(blocks) and blocks[-1].kin is None
    if cut:
        blocks.pop()
    # One step for all records, then the next: each step's code stays in the processor's cache.
    entries, stray = _entries(stream, blocks, titled=bool(marks.titles))
    records = [
        None if block.unknown else _record(seen, block, entry, place)
        for place, (block, entry) in enumerate(zip(blocks, entries, strict=True), start=1)
    ]
    footer = footer_of(stream, marks.foot, seen.base)
    problems = (
        *_conflicts(blocks, records),
        *checks.list_problems(records, marks, stream.html, cut),
        *stray,
        *checks.footer_problems(footer),
    )
    page = _page(seen, confidence, tuple([record for record in records if record]), problems)
    return replace(
        page,
        query=_query(seen),
        stated_total=marks.stated_total,
        stated_ms=marks.stated_ms,
        footer=footer,
        navigation=navigation_of(
            stream, marks.total.start() if marks.total else marks.head_end, seen.base
        ),
        found=_kin_addresses(seen, blocks, records),
    )


def _entries(
    stream: Stream, blocks: list[Block], *, titled: bool
) -> tuple[list[Entry], list[Problem]]:
    """What the blocks say, and what was left over of the text behind their kin links. Where most
    records of a page have titles, the first line of the others is one too."""
    titled = titled or any(block.rank is not None for block in blocks)
    entries = [entry_of(stream, block, titled) for block in blocks]
    if not titled and sum(entry.title is not None for entry in entries) * 2 > len(entries):
        titled = True
        entries = [entry_of(stream, block, titled) for block in blocks]
    if not has_gaps(blocks):
        return entries, []
    stray = place_gaps(stream, blocks, entries)
    return [entry_of(stream, block, titled) for block in blocks], stray


def _conflicts(blocks: list[Block], records: list[Record | None]) -> Iterator[Problem]:
    for block, record in zip(blocks, records, strict=True):
        if record is None or block.title is None or block.kin is None or block.kin.target is None:
            continue
        if block.title.target.native_id.lower() != block.kin.target.native_id.lower():
            message = "title and kin link name different articles"
            yield problem("id-conflict", message, record.rank)


def _kin_addresses(
    seen: _Seen, blocks: list[Block], records: list[Record | None]
) -> tuple[Address, ...]:
    """The kin links in page order, each fingerprint once."""
    found: dict[str, Address] = {}
    for block, record in zip(blocks, records, strict=True):
        url = record.similar_url if record else None
        if block.kin and block.kin.target and url and is_absolute(url):
            address = link_to(url, block.kin.target, seen.profile.addresses)
            found.setdefault(address.fingerprint, address)
    return tuple(found.values())


def _page(
    seen: _Seen, confidence: float, records: tuple[Record, ...], problems: tuple[Problem, ...]
) -> ResultPage:
    return ResultPage(
        url=seen.url,
        profile=seen.profile.name,
        confidence=confidence,
        encoding=seen.decoded.encoding,
        replaced=seen.decoded.replaced,
        records=records,
        problems=(*problems, *checks.decoding_problems(seen.decoded)),
    )


def _query(seen: _Seen) -> Query:
    """The article whose kin are listed, and what of the site was asked."""
    addresses = seen.profile.addresses
    target = target_of(seen.url or "", addresses)
    if target is None or target.kind != "similar":
        return Query()
    given = parameters_of((seen.url or "").partition("?")[2].partition("#")[0])
    filters = {name: value for name, value in given if name in addresses.filters and value}
    return Query(native_id=target.native_id, filters=filters)


def _record(seen: _Seen, block: Block, entry: Entry, place: int) -> Record:
    text, title, kin = seen.stream.text, block.title, block.kin
    target = title.target if title else kin.target if kin else None
    lines = [*lines_in(text[block.start : block.body]), *entry.lines]
    if kin:
        lines += lines_in(text[kin.start : kin.end])
    for start, end in block.tails:
        lines += lines_in(text[start:end])
    return _identified(
        seen,
        entry,
        rank=block.rank if block.rank is not None else place,
        native_id=target.native_id if target else None,
        url=absolute(title.href, seen.base) if title else None,
        similar_url=absolute(kin.href, seen.base) if kin and kin.href else None,
        text=in_one_line(lines),
    )


def _identified(
    seen: _Seen,
    entry: Entry,
    *,
    rank: int,
    native_id: str | None,
    url: str | None,
    similar_url: str | None,
    text: str,
) -> Record:
    """The record of an entry, with its identity and what its text alone tells."""
    title, abstract, appearance = entry.title, entry.abstract, entry.appearance
    return Record(
        rank=rank,
        key=record_key(
            namespace=seen.profile.namespace,
            native_id=native_id,
            url=_absolute_only(url),
            title=title,
            abstract=abstract,
            block=text,
        ),
        native_id=native_id,
        title=title,
        url=url,
        similar_url=similar_url,
        authors=entry.authors,
        venue=appearance.venue,
        year=appearance.year,
        volume=appearance.volume,
        issue=appearance.issue,
        pages=appearance.pages,
        abstract=abstract,
        sections=sections_of(abstract) if abstract else (),
        keywords=entry.keywords,
        language=_language(abstract, title, text),
        identifiers={"doi": entry.doi} if entry.doi else {},
        cited_by=entry.cited_by,
        free_pdf=entry.free_pdf,
        text=text,
    )


def _language(*texts: str | None) -> str | None:
    """Of the first text that tells."""
    return next((found for text in texts if text and (found := language_of(text))), None)


def _article(
    seen: _Seen, article: ArticlePage, own: Target | None, confidence: float
) -> ResultPage:
    stream, addresses = seen.stream, seen.profile.addresses
    own = own if own and own.kind == "article" else None
    kin = _own_kin(seen, own)
    target = own or (kin[1] if kin else None)
    similar_url = absolute(kin[0], seen.base) if kin else None
    entry = article_entry(stream, article)
    record = _identified(
        seen,
        entry,
        rank=1,
        native_id=target.native_id if target else None,
        url=seen.url if own else None,
        similar_url=similar_url,
        text=in_one_line(entry.lines),
    )
    footer = footer_of(stream, article.foot, seen.base)
    problems = list(checks.footer_problems(footer))
    if article.foot is None:
        problems.append(problem("truncated", "the page ends without a footer"))
    if stream.html and kin is None and target_of(seen.url or "", addresses) is None:
        problems.append(problem("no-links", "the page does not say which article it is of"))
    found: tuple[Address, ...] = ()
    if kin and similar_url and is_absolute(similar_url):
        found = (link_to(similar_url, kin[1], addresses),)
    page = _page(seen, confidence, (record,), tuple(problems))
    navigation = navigation_of(stream, article.start, seen.base)
    return replace(page, footer=footer, navigation=navigation, found=found)


def _own_kin(seen: _Seen, own: Target | None) -> tuple[str, Target] | None:
    """The link to the article's own kin: to its id, or where that is not known, with the words."""
    for start, end, href in seen.stream.links:
        target = target_of(href, seen.profile.addresses)
        if target is None or target.kind != "similar":
            continue
        words = "".join(seen.stream.text[start:end].split())
        if target.native_id.lower() == own.native_id.lower() if own else KIN in words:
            return href, target
    return None
