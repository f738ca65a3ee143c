"""Any result page, read without knowing its site."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest

from lxml import etree

from records import Problem, Query, Record, ResultPage
from spiders.pages.addresses import absolute, is_absolute
from spiders.pages.automatic.closing import foot_of, head_links
from spiders.pages.automatic.fields import Printed, records_of
from spiders.pages.automatic.following import next_page
from spiders.pages.automatic.heads import columns_of, under
from spiders.pages.automatic.numbering import ranks_of
from spiders.pages.automatic.plain import headed_lines, lines_of_records
from spiders.pages.automatic.regions import Block, regions_of
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
from spiders.pages.problems import problem
from spiders.pages.profile import AUTOMATIC
from spiders.pages.width import is_too_wide

_TRIED = 5
"""So many groups are looked at closely, the likeliest first."""
_UNSTATED = 0.7
"""Of the confidence in records of a text that does not say how many it has: texts of other kinds
repeat lines as well."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The records of a tree, and how sure it is that they are."""

    tree: Tree
    blocks: list[Block]
    confidence: float
    units: list[list[Unit]] = field(default_factory=list)
    """Of each block."""


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
    """The likeliest of the groups that are not the paragraphs of one text."""
    scale = Scale(tree)
    likeliest = nlargest(_TRIED, regions_of(tree), key=scale.score)
    finder = Units(tree)
    for best in likeliest:
        if len(best.blocks) > MOST:
            return _Found(tree, best.blocks, scale.confidence(best))
        whole = settled(tree, best)
        units = [finder.of(block) for block in whole.blocks]
        if _is_prose(tree, whole.blocks, units):
            continue
        sure = max(scale.confidence(best), scale.confidence(whole))
        return _Found(tree, whole.blocks, sure, units)
    return _Found(tree, [], 0.0)


def _is_prose(tree: Tree, blocks: list[Block], units: list[list[Unit]]) -> bool:
    """Whether most blocks are nothing but texts of one kind, with no title or picture to them."""
    bare = 0
    for block, own in zip(blocks, units, strict=True):
        start, end = block[0], tree.end[block[-1]]
        if len({unit.place for unit in own}) == 1 and own[0].link < 0 and not own[0].heading:
            bare += tree.pictures[start] == tree.pictures[end]
    return bare * 2 > len(blocks)


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
            kept = [n for n, block in enumerate(blocks) if found.tree.kind[block[0]] == kind]
            return replace(
                found, blocks=[blocks[n] for n in kept], units=[found.units[n] for n in kept]
            )
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
    records = records_of(list(_printed(found, base)))
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


def _printed(found: _Found, base: str | None) -> Iterator[Printed]:
    """The blocks with their titles, numbers and links told."""
    tree, blocks, units = found.tree, found.blocks, found.units
    ranks = ranks_of(units)
    columns = columns_of(tree, blocks)
    for place, (block, parts) in enumerate(zip(blocks, headed(units), strict=True), start=1):
        own = ranks[place - 1]
        links = list(_links(tree, block))
        texts = [text for node in block for text in tree.text[node : tree.end[node]] if text]
        yield Printed(
            parts=parts,
            text=" ".join(" ".join(texts).split()),
            rank=place if own is None else own,
            url=_url(tree, parts, links, base),
            links=links,
            named=under(tree, block, columns, units[place - 1]),
        )


def _links(tree: Tree, block: Block) -> Iterator[str]:
    """What the link around a block, and those within, lead to."""
    around = tree.link[block[0]]
    nodes = [around] if around >= 0 else []
    nodes += [at for node in block for at in range(node, tree.end[node]) if tree.link[at] == at]
    for node in nodes:
        element = tree.element[node]
        if element is not None:
            yield element.get("href", "")


def _url(tree: Tree, parts: Headed, links: list[str], base: str | None) -> str | None:
    """Where the title leads, else the first link of the block that leads anywhere."""
    hrefs = list(links)
    if parts.title is not None and parts.title.link >= 0:
        element = tree.element[parts.title.link]
        if element is not None:
            hrefs.insert(0, element.get("href", ""))
    return next((url for href in hrefs if (url := absolute(href, base))), None)


def plain_page(decoded: Decoded, url: str | None) -> ResultPage:
    """The records of a page of which only the text is left."""
    found = lines_of_records(decoded.text)
    said = stated(found.around(), len(found.blocks)) if found.blocks else Stated()
    sure = found.confidence * (1 if said.total else _UNSTATED)
    page = ResultPage(
        url=url,
        profile=AUTOMATIC,
        confidence=round(sure, 2),
        encoding=decoded.encoding,
        replaced=decoded.replaced,
    )
    if sure < FLOOR or not found.blocks:
        return page
    if len(found.blocks) > MOST:
        return replace(page, problems=(problem("too-many-records", f"over {MOST} records"),))
    texts = [" ".join(found.lines[at] for at in block) for block in found.blocks]
    records = records_of(
        [
            Printed(parts=parts, text=text, rank=place)
            for place, (parts, text) in enumerate(
                zip(headed_lines(found), texts, strict=True), start=1
            )
        ]
    )
    return replace(
        page,
        records=records,
        stated_total=said.total,
        stated_ms=said.ms,
        problems=tuple(_problems(records, said)),
    )
