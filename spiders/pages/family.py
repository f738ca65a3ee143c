"""A page of the similar-literature family, read by its landmarks: a list of kin, or an article."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from records import Address, Problem, Query, Record, ResultPage
from spiders.pages import checks
from spiders.pages.addresses import (
    Target,
    absolute,
    is_absolute,
    link_to,
    own_and_base,
    parameters_of,
    target_of,
)
from spiders.pages.article import ArticlePage, article_entry, article_page
from spiders.pages.blocks import MOST, Block, blocks_of
from spiders.pages.decoding import Decoded
from spiders.pages.entry import Entry, entry_of
from spiders.pages.foot import footer_of, navigation_of
from spiders.pages.gaps import has_gaps, place_gaps
from spiders.pages.guard import FLOOR, article_confidence, list_confidence
from spiders.pages.identified import identified
from spiders.pages.landmarks import KIN, Landmarks, landmarks_of
from spiders.pages.problems import problem
from spiders.pages.profile import Addresses, Profile
from spiders.pages.spacing import in_one_line, lines_in
from spiders.pages.stream import Stream


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page on its way to being read: its text, its address, and the profile it is read by."""

    stream: Stream
    profile: Profile
    addresses: Addresses
    url: str | None
    base: str | None
    """What its links are relative to."""
    decoded: Decoded


def family_page(stream: Stream, profile: Profile, url: str | None, decoded: Decoded) -> ResultPage:
    """The page as a profile of the family has it, with the confidence that it is right."""
    own, base = own_and_base(url, stream.canonical, stream.base)
    addresses = profile.addresses
    assert addresses is not None
    seen = _Seen(stream, profile, addresses, own, base, decoded)
    marks = landmarks_of(stream, addresses)
    if marks.total is None:
        article = article_page(stream)
        target = target_of(own or "", addresses)
        if article and (sure := article_confidence(stream, article, target, addresses)) >= FLOOR:
            return _article(seen, article, target, sure)
    return _list(seen, marks, list_confidence(stream, marks))


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
            address = link_to(url, block.kin.target, seen.addresses)
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
    addresses = seen.addresses
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
    return _entered(
        seen,
        entry,
        rank=block.rank if block.rank is not None else place,
        native_id=target.native_id if target else None,
        url=absolute(title.href, seen.base) if title else None,
        similar_url=absolute(kin.href, seen.base) if kin and kin.href else None,
        text=in_one_line(lines),
    )


def _entered(
    seen: _Seen,
    entry: Entry,
    *,
    rank: int,
    native_id: str | None,
    url: str | None,
    similar_url: str | None,
    text: str,
) -> Record:
    """The record of an entry."""
    return identified(
        rank=rank,
        text=text,
        title=entry.title,
        abstract=entry.abstract,
        url=url,
        similar_url=similar_url,
        native_id=native_id,
        namespace=seen.profile.namespace,
        authors=entry.authors,
        appearance=entry.appearance,
        keywords=entry.keywords,
        identifiers={"doi": entry.doi} if entry.doi else {},
        cited_by=entry.cited_by,
        free_pdf=entry.free_pdf,
    )


def _article(
    seen: _Seen, article: ArticlePage, own: Target | None, confidence: float
) -> ResultPage:
    stream, addresses = seen.stream, seen.addresses
    own = own if own and own.kind == "article" else None
    kin = _own_kin(seen, own)
    target = own or (kin[1] if kin else None)
    similar_url = absolute(kin[0], seen.base) if kin else None
    entry = article_entry(stream, article)
    record = _entered(
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
        target = target_of(href, seen.addresses)
        if target is None or target.kind != "similar":
            continue
        words = "".join(seen.stream.text[start:end].split())
        if target.native_id.lower() == own.native_id.lower() if own else KIN in words:
            return href, target
    return None
