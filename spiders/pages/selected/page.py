"""A result page of a site whose profile says where things stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from lxml import etree

from records import Address, Link, Problem, Query, Record, ResultPage, normal_address
from spiders.pages import checks
from spiders.pages.addresses import absolute, address_of, is_absolute
from spiders.pages.blocks import MOST
from spiders.pages.decoding import Decoded
from spiders.pages.document import addresses_in, root_of, title_of
from spiders.pages.foot import footer_of
from spiders.pages.markup import MARKING_TAGS, is_hidden, stream_of_element
from spiders.pages.onward import onward
from spiders.pages.problems import problem
from spiders.pages.selected.fields import Identity, Raw, address_in, number_in, raw_of
from spiders.pages.selected.layout import Layout, Mark
from spiders.pages.selected.shown import Finds, Part, lines_of
from spiders.pages.selected.tries import first_of
from spiders.pages.spacing import one_line

_MOST_ELEMENTS = 30_000
_DEEPEST = 100
"""A page with more elements, or one nested deeper, is no result page; a selector would take long
on it."""
_WITHIN_WORDS = MARKING_TAGS - {"br"}
_ELEMENTS = etree.XPath("count(//*)")
_DEEP = etree.XPath("boolean(" + "/*" * (_DEEPEST + 1) + ")")
_HIDING = etree.XPath("//*[@hidden or @style]")
_TIME = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ms|msec|milli|毫秒)?", re.IGNORECASE)


@dataclass(slots=True)
class Document:
    """A page as a tree, to be read by one layout: reading takes parts of the tree out."""

    root: etree._Element
    decoded: Decoded
    url: str | None
    base: str | None
    hidden: frozenset[etree._Element] = frozenset()
    _words: str | None = field(default=None)

    @property
    def words(self) -> str:
        """All that it shows, lower-case, without white space."""
        if self._words is None:
            self._words = "".join("".join(lines_of(self.root)).lower().split())
        return self._words

    def has(self, mark: Mark) -> bool:
        """Whether a mark stands on it."""
        return mark.select.is_in(self.root) if mark.select is not None else mark.words in self.words

    def passes(self, layout: Layout) -> bool:
        """Whether all stands on it that a real page of the layout has."""
        return all(self.has(mark) for mark in layout.guard.required)


def document_of(decoded: Decoded, url: str | None) -> Document | None:
    """None where no tree can be built, or it is larger than any result page's."""
    root = root_of(decoded.text)
    if root is None or cast("float", _ELEMENTS(root)) > _MOST_ELEMENTS or _DEEP(root):
        return None
    own, base = addresses_in(root, url)
    return Document(root, decoded, own, base)


def selected_page(document: Document, layout: Layout, identity: Identity) -> ResultPage:
    """What a page says that passes the layout's guard, with what is wrong with it."""
    page = ResultPage(
        url=document.url,
        profile=identity.site,
        confidence=1.0,
        encoding=document.decoded.encoding,
        replaced=document.decoded.replaced,
    )
    stated = number_in(first_of(layout.total, _whole(document)))
    _clean(document, layout)
    footer = layout.footer.of(document.root)[:1] if layout.footer else []
    whole = _whole(document)
    parts = _parts(document, layout)
    said_empty = not parts and (stated == 0 or any(map(document.has, layout.guard.empty)))
    if len(parts) > MOST:
        return replace(page, problems=(problem("too-many-records", f"over {MOST} records"),))
    page = replace(
        page,
        query=Query(text=_line(first_of(layout.query, whole))),
        stated_total=0 if said_empty and stated is None else stated,
        stated_ms=_ms(first_of(layout.stated_ms, whole)),
        next_url=address_in(layout.next, whole, document.base),
        navigation=tuple(_links(document, layout)),
        footer=footer_of(stream_of_element(footer[0]), 0, document.base) if footer else None,
    )
    raws = [raw_of(layout.fields, part, document.base) for part in parts]
    records = tuple(_records(document, raws, parts, identity))
    wrong = () if said_empty else _problems(page, layout, records, raws)
    return replace(
        page,
        records=records,
        problems=(*wrong, *checks.decoding_problems(document.decoded)),
        search_total=page.stated_total if layout.total_counts == "search" else None,
        found=(*_found(records), *onward(page.next_url, page.url)),
    )


def refused_page(
    document: Document | None, decoded: Decoded, url: str | None, layout: Layout, profile: str
) -> ResultPage:
    """A page of a profile's host that does not pass its guard, and what it is instead."""
    if document is None:
        said = "it has more elements, or deeper ones, than any result page"
        strange = problem("not-recognised", f"no result page of {profile}: {said}")
    else:
        url, strange = document.url, _strange(document, layout, profile)
    return ResultPage(
        url=url,
        profile=profile,
        confidence=0.0,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        problems=(strange, *checks.decoding_problems(decoded)),
    )


def _strange(document: Document, layout: Layout, profile: str) -> Problem:
    guard = layout.guard
    named = (("captcha", guard.captcha), ("login", guard.login), ("not-found", guard.missing))
    for code, marks in named:
        for mark in marks:
            if document.has(mark):
                return problem(code, f"no result page of {profile}: {mark} stands on it")
    found = checks.strange("\n".join(lines_of(document.root)), title_of(document.root))
    if found.code != "not-recognised":
        return found
    lacking = next((mark for mark in guard.required if not document.has(mark)), "a record")
    return problem(
        "not-recognised",
        f"no result page of {profile}: {lacking} is not there; where the site was redesigned, "
        "write a new layout into its profile and run glean reparse",
    )


def _clean(document: Document, layout: Layout) -> None:
    """Takes out what is no text, and what the layout leaves out; notes what is hidden."""
    root = document.root
    etree.strip_elements(root, "script", "style", "template", etree.Comment, with_tail=False)
    for one in layout.without:
        for element in one.of(root):
            if element.getparent() is not None:
                _take_out(element)
    hiding = cast("list[etree._Element]", _HIDING(root))
    document.hidden = frozenset([one for one in hiding if is_hidden(one.attrib)])


def _take_out(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _whole(document: Document) -> Part:
    return Part([document.root], Finds(document.root, [[document.root]]), 0, document.hidden)


def _parts(document: Document, layout: Layout) -> list[Part]:
    """The elements of each record."""
    outermost: list[etree._Element] = []
    for element in layout.record.of(document.root)[: 2 * MOST]:
        if not outermost or all(above is not outermost[-1] for above in element.iterancestors()):
            outermost.append(element)
    elements: list[Sequence[etree._Element]] = [(element,) for element in outermost]
    if layout.goes_on:
        known = frozenset(outermost)
        elements = [(element, *_following(element, known)) for element in outermost]
    finds = Finds(document.root, elements)
    return [Part(each, finds, index, document.hidden) for index, each in enumerate(elements)]


def _following(
    element: etree._Element, known: frozenset[etree._Element]
) -> Iterator[etree._Element]:
    for after in element.itersiblings():
        if after in known:
            return
        if isinstance(after.tag, str):
            yield after


def _records(
    document: Document, raws: Sequence[Raw], parts: Sequence[Part], identity: Identity
) -> Iterator[Record]:
    """The records, with the texts of their blocks: words that are only marked up are whole."""
    for element in document.hidden:
        if element.getparent() is not None:
            _take_out(element)
    etree.strip_tags(document.root, *_WITHIN_WORDS)
    for place, (raw, part) in enumerate(zip(raws, parts, strict=True), start=1):
        texts = [text for element in part.elements for text in map(str, element.itertext())]
        yield raw.record(place, one_line(" ".join(texts)), identity)


def _problems(
    page: ResultPage, layout: Layout, records: Sequence[Record], raws: Sequence[Raw]
) -> Iterator[Problem]:
    count, total = len(records), page.stated_total
    if not records:
        yield problem(
            "no-records", "a result page without a record, that does not say there are none"
        )
        return
    if layout.total and (total is None or layout.total_counts == "page"):
        yield from checks.total_problems(total, count)
    for name in layout.wanted:
        if not any(_value(record, name) for record in records):
            yield problem("no-field", f"no record of the page has {name}; mend its profile")
    if layout.footer is not None and page.footer is None:
        yield problem("truncated", f"the page ends behind record {count}, without its footer")
    first = raws[0].rank
    for place, rank in enumerate([raw.rank for raw in raws]):
        if rank is not None and first is not None and rank != first + place:
            yield problem("rank-sequence", f"record {place + 1} of the page has rank {rank}", rank)
            break
    yield from checks.repeated(records)


def _value(record: Record, name: str) -> object:
    return record.rank if name == "rank" else getattr(record, name)


def _links(document: Document, layout: Layout) -> Iterator[Link]:
    seen: set[etree._Element] = set()
    for holder in layout.navigation.of(document.root) if layout.navigation else ():
        for link in holder.iter("a"):
            text = " ".join(lines_of(link, document.hidden))
            if text and link not in seen and (href := link.get("href")) is not None:
                seen.add(link)
                yield Link(text=text, url=absolute(href, document.base))


def _found(records: Sequence[Record]) -> Iterator[Address]:
    """The lists of the records' kin, each once."""
    found: dict[str, Address] = {}
    for url in [record.similar_url for record in records if is_absolute(record.similar_url)]:
        assert url is not None
        address = address_of(url) or Address(
            url=url.partition("#")[0], fingerprint=normal_address(url), kind="similar"
        )
        found.setdefault(address.fingerprint, address)
    yield from found.values()


def _line(text: str | None) -> str | None:
    return one_line(text) if text else None


def _ms(text: str | None) -> int | None:
    match = _TIME.search(text or "")
    if match is None:
        return None
    amount = float(match[1].replace(",", "."))
    return round(amount if match[2] else amount * 1000)
