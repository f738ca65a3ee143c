"""Any result page, read without knowing its site."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from records import Problem, Query, Record, ResultPage, record_key
from spiders.pages.abstract import sections_of, without_heading
from spiders.pages.addresses import absolute, is_absolute
from spiders.pages.automatic.closing import foot_of, head_links
from spiders.pages.automatic.details import DATE, Details
from spiders.pages.automatic.following import next_page
from spiders.pages.automatic.numbering import ranks_of, unnumbered
from spiders.pages.automatic.regions import Block, Region, regions_of
from spiders.pages.automatic.settling import settled
from spiders.pages.automatic.titles import Headed, headed
from spiders.pages.automatic.totals import Stated, stated, statements
from spiders.pages.automatic.tree import Tree, tree_of
from spiders.pages.automatic.units import Unit, Units
from spiders.pages.automatic.weighing import Scale
from spiders.pages.blocks import MOST
from spiders.pages.checks import says_it_is_none
from spiders.pages.decoding import Decoded
from spiders.pages.guard import FLOOR
from spiders.pages.language import language_of
from spiders.pages.problems import problem
from spiders.pages.profile import AUTOMATIC
from spiders.pages.width import is_too_wide


@dataclass(frozen=True, slots=True)
class _Found:
    """The records of a tree, and how sure it is that they are."""

    tree: Tree
    blocks: list[Block]
    confidence: float


def automatic_page(decoded: Decoded, url: str | None) -> ResultPage | None:
    """The page's records, whatever its site; None where it cannot be looked at.

    A page of less confidence than the floor has no records, and no problem that says so.
    """
    root = _root(decoded.text)
    tree = tree_of(root) if root is not None else None
    if root is None or tree is None:
        return None
    own, base = _addresses(root, url)
    found = _found(tree)
    said = _stated(tree, found)
    page = ResultPage(
        url=own,
        profile=AUTOMATIC,
        confidence=found.confidence,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        query=_query(root),
    )
    if found.confidence < FLOOR:
        return replace(page, confidence=1.0, stated_total=0) if said.none else page
    if said.total is None and says_it_is_none(_title_of(root)):
        return replace(page, confidence=0.0)
    if len(found.blocks) > MOST:
        return replace(page, problems=(problem("too-many-records", f"over {MOST} records"),))
    return _read(page, _as_shown(found, said), said, base)


def _title_of(root: etree._Element) -> str:
    title = next(root.iter("title"), None)
    return (title.text or "") if title is not None else ""


def _addresses(root: etree._Element, url: str | None) -> tuple[str | None, str | None]:
    """The page's own address, as far as it is known, and what its links are relative to."""
    canonical = next(
        (
            link.get("href")
            for link in root.iter("link")
            if "canonical" in link.get("rel", "").lower().split()
        ),
        None,
    )
    stated = next((href for base in root.iter("base") if (href := base.get("href"))), None)
    own = url or next((one for one in (canonical, stated) if one and is_absolute(one)), None)
    return own, (absolute(stated, own) if stated else None) or own


def _root(markup: str) -> etree._Element | None:
    page = markup.encode("utf-8")
    if is_too_wide(page):
        return None
    try:
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        root: etree._Element | None = etree.fromstring(page, parser)
    except etree.LxmlError:
        return None
    return root


def _found(tree: Tree) -> _Found:
    scale = Scale(tree)
    best: Region | None = None
    most = 0.0
    for region in regions_of(tree):
        score = scale.score(region)
        if score > most:
            best, most = region, score
    if best is None:
        return _Found(tree, [], 0.0)
    if len(best.blocks) > MOST:
        return _Found(tree, best.blocks, scale.confidence(best))
    whole = settled(tree, best)
    return _Found(tree, whole.blocks, max(scale.confidence(best), scale.confidence(whole)))


def _stated(tree: Tree, found: _Found) -> Stated:
    nodes = [node for block in found.blocks for node in block]
    if found.confidence < FLOOR:
        return stated(statements(tree, ()), 0)
    return stated(statements(tree, nodes), len(found.blocks))


def _as_shown(found: _Found, said: Stated) -> _Found:
    """Without what is beyond the number that the page says it shows, where those of one class are
    just as many: the others are adverts."""
    shown, blocks = said.shown, found.blocks
    if shown is None or not len(blocks) / 2 <= shown < len(blocks):
        return found
    kinds = Counter(found.tree.kind[block[0]] for block in blocks)
    for kind, count in kinds.items():
        if kind and count == shown:
            kept = [block for block in blocks if found.tree.kind[block[0]] == kind]
            return replace(found, blocks=kept)
    return found


def _query(root: etree._Element) -> Query:
    """What the page was asked: the words in its field for words."""
    for element in root.iter("input"):
        kind = element.get("type", "text").lower()
        words = " ".join(element.get("value", "").split())
        if words and kind in ("search", "text"):
            return Query(text=words)
    return Query()


def _read(page: ResultPage, found: _Found, said: Stated, base: str | None) -> ResultPage:
    tree, blocks = found.tree, found.blocks
    inside = {
        at
        for block in blocks
        for node in block
        for at in range(node, tree.end[node])
        if tree.link[at] == at
    }
    records = tuple(_Records(tree, blocks, base))
    after = tree.end[blocks[-1][-1]]
    return replace(
        page,
        records=records,
        stated_total=said.total,
        stated_ms=said.ms,
        next_url=next_page(tree, inside, base),
        footer=foot_of(tree, after, base),
        navigation=head_links(tree, blocks[0][0], base),
        problems=tuple(_problems(records, said)),
    )


def _problems(records: Sequence[Record], said: Stated) -> Iterator[Problem]:
    count = len(records)
    if said.total is None:
        yield problem("no-total", f"the page does not state a total; {count} records were read")
    elif said.shown is not None and said.shown != count:
        yield problem(
            "total-mismatch", f"the page says it shows {said.shown} records; {count} were read"
        )
    seen: dict[str, int] = {}
    for record in records:
        first = seen.setdefault(record.key, record.rank)
        if first != record.rank:
            yield problem("duplicate-record", f"the record stands at {first} too", record.rank)


class _Records:
    """The records of blocks, one after the other."""

    def __init__(self, tree: Tree, blocks: list[Block], base: str | None) -> None:
        units = Units(tree)
        self._tree = tree
        self._base = base
        self._blocks = blocks
        self._units = [units.of(block) for block in blocks]
        self._headed = headed(self._units)
        self._details = Details(self._headed)
        self._ranks = ranks_of(self._units)

    def __iter__(self) -> Iterator[Record]:
        for place, block in enumerate(self._blocks, start=1):
            yield self._record(place, block)

    def _record(self, place: int, block: Block) -> Record:
        parts, own = self._headed[place - 1], self._ranks[place - 1]
        links = list(self._links(block))
        title = _title(parts, own)
        abstract = _abstract(parts)
        url = self._url(parts, links)
        date = self._details.date(parts)
        appearance = self._details.appearance(parts, date)
        doi = self._details.doi(parts, links)
        text = self._text(block)
        return Record(
            rank=own if own is not None else place,
            key=record_key(
                namespace=None,
                native_id=None,
                url=url if is_absolute(url) else None,
                title=title,
                abstract=abstract,
                block=text,
            ),
            title=title,
            url=url,
            authors=self._details.authors(parts),
            venue=appearance.venue,
            year=appearance.year,
            volume=appearance.volume,
            issue=appearance.issue,
            pages=appearance.pages,
            abstract=abstract,
            sections=sections_of(abstract) if abstract else (),
            language=_language(abstract, title, text),
            identifiers={"doi": doi} if doi else {},
            date=date,
            text=text,
        )

    def _text(self, block: Block) -> str:
        tree = self._tree
        parts = [text for node in block for text in tree.text[node : tree.end[node]] if text]
        return " ".join(" ".join(parts).split())

    def _links(self, block: Block) -> Iterator[str]:
        """What the links of a block, or the one around it, lead to."""
        tree = self._tree
        around = tree.link[block[0]]
        nodes = [around] if around >= 0 else []
        nodes += [at for node in block for at in range(node, tree.end[node]) if tree.link[at] == at]
        for node in nodes:
            element = tree.element[node]
            if element is not None:
                yield element.get("href", "")

    def _url(self, parts: Headed, links: list[str]) -> str | None:
        """Where the title leads, else the first link of the block that leads anywhere."""
        title = parts.title
        hrefs = list(links)
        if title is not None and title.link >= 0:
            element = self._tree.element[title.link]
            if element is not None:
                hrefs.insert(0, element.get("href", ""))
        return next((url for href in hrefs if (url := absolute(href, self._base))), None)


def _title(parts: Headed, rank: int | None) -> str | None:
    """The title without the record's number and the date behind it."""
    if parts.title is None:
        return None
    words = unnumbered(parts.title.words, rank)
    for date in DATE.finditer(words):
        if date.end() == len(words) and date.start() > 8:
            words = words[: date.start()].rstrip(" ,，-–—|·(（")
            break
    return words or None


def _abstract(parts: Headed) -> str | None:
    lines = [line for unit in parts.abstract for line in _lines(unit)]
    return without_heading("\n".join(lines)) or None


def _lines(unit: Unit) -> list[str]:
    return [line for line in unit.text.split("\n") if line]


def _language(*texts: str | None) -> str | None:
    """Of the first text that tells."""
    return next((found for text in texts if text and (found := language_of(text))), None)
