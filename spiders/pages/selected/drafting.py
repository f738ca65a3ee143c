"""A first profile of a site, from what the automatic reader found on one of its pages.

The automatic reader says what the records are; where they stand is found again by their texts and
addresses, and put into the shortest selectors that select just that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

from lxml import etree

from records import Record, ResultPage, UsageError
from spiders.pages.addresses import absolute
from spiders.pages.document import addresses_in, root_of
from spiders.pages.selected.selector import selector
from spiders.pages.selected.shown import lines_of
from spiders.pages.spacing import one_line

_WORD = re.compile(r"[A-Za-z][\w-]*")
"""An id or a class that can be written as it is."""
_NUMBERED = re.compile(r"\d$")
"""An id of one element among others."""
_SHARE = 0.8
"""Of the records that have a field, in so many its selector must find it."""
_OPENING = 60
_MOST_CLIMBED = 12
_FIELDS = ("abstract", "authors", "venue", "year", "date")


@dataclass(slots=True)
class Draft:
    """Selectors by what they select; what was not found is not in it."""

    record: str
    fields: dict[str, str] = field(default_factory=dict)
    guard: str = ""
    total: str = ""
    total_pattern: str = ""
    next: str = ""
    query: str = ""
    footer: str = ""


def draft_of(markup: str, page: ResultPage) -> Draft:
    """Where the records of a page stand that was read automatically.

    Raises UsageError where it has too few records with titles, or they have nothing in common.
    """
    root = root_of(markup)
    if root is None:
        raise UsageError("the page is no markup that can be read")
    _, base = addresses_in(root, page.url)
    titles = [_title_of(root, record, base) for record in page.records]
    known = [(record, e) for record, e in zip(page.records, titles, strict=True) if e is not None]
    if len(known) < 2:
        raise UsageError("the page shows fewer than two records with titles; give another one")
    parts, record = _records(root, [element for _, element in known], len(page.records))
    draft = Draft(record)
    found = list(zip((each for each, _ in known), parts, strict=True))
    draft.fields = dict(_fields(found, [element for _, element in known]))
    draft.guard = _holder(root, parts) or record
    _around(draft, root, page, base)
    return draft


def _title_of(root: etree._Element, record: Record, base: str | None) -> etree._Element | None:
    """The link with a record's title, else the smallest element that shows it."""
    if not record.title:
        return None
    for link in root.iter("a"):
        leads = record.url and absolute(link.get("href", ""), base) == record.url
        if leads and _opening(record.title) in _opening_of(link):
            return link
    return _smallest(root, record.title)


def _opening(text: str) -> str:
    return one_line(text)[:_OPENING]


def _opening_of(element: etree._Element) -> str:
    return " ".join(lines_of(element))[: 10 * _OPENING]


def _smallest(within: etree._Element, text: str) -> etree._Element | None:
    """The innermost element that shows a text, first in page order."""
    wanted = _opening(text)
    best: etree._Element | None = None
    for element in within.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "title", "head"):
            continue
        if best is not None and best not in element.iterancestors():
            break
        if wanted in " ".join(lines_of(element)):
            best = element
    return best


def _records(
    root: etree._Element, titles: Sequence[etree._Element], count: int
) -> tuple[list[etree._Element], str]:
    """The elements around each title alone, and what selects them: the largest that one selector
    tells from all others. ``count``: records of the page, some perhaps without a title."""
    chains = [_alone(each, titles) for each in titles]
    of = {element: number for number, chain in enumerate(chains) for element in chain}
    tried = set()
    for outermost in reversed(range(_MOST_CLIMBED)):
        for chain in sorted(chains, key=len):
            for text in _of_record(chain, outermost):
                if text in tried:
                    continue
                tried.add(text)
                found = selector(text).of(root)
                parts = {of[each]: each for each in found if each in of}
                if len(parts) == len(chains) and len(found) in (len(chains), count):
                    return [parts[number] for number in range(len(chains))], text
    raise UsageError(
        "the records of the page have no class or place in common; write the profile by hand"
    )


def _of_record(chain: Sequence[etree._Element], outermost: int) -> Iterator[str]:
    """Selectors of one element around a title: by itself, and by the title within it."""
    if outermost < len(chain):
        part, title = chain[outermost], chain[0]
        yield from _names([part])
        if part is not title:
            for outer in _names([part]):
                yield from (f"{outer}:has({inner})" for inner in _simple([title]))


def _alone(title: etree._Element, titles: Sequence[etree._Element]) -> list[etree._Element]:
    """The elements around a title, itself first, that hold no other title."""
    others = {above for each in titles if each is not title for above in _up(each)}
    return [above for above in _up(title) if above not in others][:_MOST_CLIMBED] or [title]


def _up(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    yield from element.iterancestors()


def _names(elements: Sequence[etree._Element]) -> Iterator[str]:
    """Selectors that elements have in common, the shortest first: by class, tag, what is around."""
    own = list(_simple(elements))
    yield from own
    around = [each.getparent() for each in elements]
    for _ in range(3):
        if any(each is None for each in around):
            return
        above = [each for each in around if each is not None]
        for outer in _simple(above):
            for inner in own:
                yield (
                    f"{outer} > {inner}"
                    if above[0] is elements[0].getparent()
                    else (f"{outer} {inner}")
                )
        around = [each.getparent() for each in above]


def _simple(elements: Sequence[etree._Element]) -> Iterator[str]:
    tags = {str(each.tag) for each in elements}
    tag = tags.pop() if len(tags) == 1 else ""
    ids = {each.get("id", "") for each in elements}
    if len(ids) == 1 and _is_name(name := ids.pop()) and not _NUMBERED.search(name):
        yield f"#{name}"
    classes = reduce(set.intersection, [set(each.get("class", "").split()) for each in elements])
    named = sorted(filter(_is_name, classes), key=lambda each: (len(each), each))
    for one in named:
        yield f"{tag}.{one}"
    if len(named) > 1:
        yield tag + "".join(f".{one}" for one in named[:4])
    if tag:
        yield tag


def _is_name(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _fields(
    found: Sequence[tuple[Record, etree._Element]], titles: Sequence[etree._Element]
) -> Iterator[tuple[str, str]]:
    text = _first_in([part for _, part in found], titles)
    if text:
        yield "title", text
    for name in _FIELDS:
        places = []
        for record, part in found:
            value = getattr(record, name)
            value = value[0] if isinstance(value, tuple) and value else value
            element = _smallest(part, str(value).split("\n")[0]) if value else None
            if element is not None:
                places.append((part, element))
        if len(places) * 2 > len(found):
            text = _first_in([part for part, _ in places], [element for _, element in places])
            if text:
                yield name, text


def _first_in(parts: Sequence[etree._Element], wanted: Sequence[etree._Element]) -> str | None:
    """A selector whose first find in most parts is the element that is wanted there."""
    best = ("", 0)
    for text in dict.fromkeys(one for element in wanted[:5] for one in _named_or_placed(element)):
        compiled = selector(text)
        right = sum(
            compiled.of(part)[:1] == [element] for part, element in zip(parts, wanted, strict=True)
        )
        if right > best[1]:
            best = (text, right)
    return best[0] if best[1] >= _SHARE * len(parts) else None


def _named_or_placed(element: etree._Element) -> Iterator[str]:
    """Selectors of one element by what it is called, and by its place among its siblings."""
    yield from _names([element])
    place = 1 + sum(1 for _ in element.itersiblings(preceding=True))
    yield f"{element.tag}:nth-child({place})"


def _holder(root: etree._Element, parts: Sequence[etree._Element]) -> str | None:
    """What holds all records, by its id or class alone."""
    for above in parts[0].iterancestors():
        if all(any(above is each for each in part.iterancestors()) for part in parts):
            for text in _simple([above]):
                named = text[0] == "#" or "." in text
                if named and selector(text).of(root) == [above]:
                    return text
    return None


def _around(draft: Draft, root: etree._Element, page: ResultPage, base: str | None) -> None:
    if page.next_url:
        for link in root.iter("a"):
            if absolute(link.get("href", ""), base) == page.next_url:
                draft.next = _only(root, link)
    if page.query.text:
        for one in root.iter("input"):
            if one_line(one.get("value", "")) == page.query.text and (name := one.get("name")):
                draft.query = f'input[name="{name}"]' if '"' not in name else ""
                break
    if next(root.iter("footer"), None) is not None:
        draft.footer = "footer"
    if page.stated_total:
        _total(draft, root, page.stated_total)


def _total(draft: Draft, root: etree._Element, total: int) -> None:
    """The smallest element that shows the total, and the words before the number."""
    for form in (
        f"{total:,}",
        str(total),
        f"{total:,}".replace(",", "."),
        f"{total:,}".replace(",", " "),
    ):
        element = _smallest(root, form)
        text = " ".join(lines_of(element)) if element is not None else ""
        if element is None or len(text) > 300:
            continue
        before = re.findall(r"\S*[^\W\d]\S*", text[: text.index(form)])
        word = before[-1] if before else ""
        draft.total = _only(root, element)
        draft.total_pattern = f"{_escaped(word)} *" * bool(word) + r"(\d[\d., ]*)"
        return


def _escaped(word: str) -> str:
    return re.sub(r"([^\w])", r"\\\1", word)


def _only(root: etree._Element, element: etree._Element) -> str:
    """A selector whose first find on the page is this element; empty: there is none."""
    for text in _names([element]):
        if selector(text).of(root)[:1] == [element]:
            return text
    words = one_line(" ".join(lines_of(element)))
    text = f'{element.tag}:contains("{words}")'
    short = 0 < len(words) < 40 and not set('"\\') & set(words)
    return text if short and selector(text).of(root)[:1] == [element] else ""
