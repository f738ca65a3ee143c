"""Any result page, read without knowing its site."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest

from lxml import etree

from records import Problem, Query, Record, ResultPage
from spiders.pages.addresses import absolute
from spiders.pages.automatic.asides import is_advert
from spiders.pages.automatic.asked import Asked, asked, heads_of
from spiders.pages.automatic.certainty import certainty, signs_of
from spiders.pages.automatic.closing import foot_of, head_links
from spiders.pages.automatic.fields import Printed, records_of
from spiders.pages.automatic.following import Following, next_page
from spiders.pages.automatic.heads import columns_of, under
from spiders.pages.automatic.numbering import ranks_of
from spiders.pages.automatic.plain import headed_lines, lines_of_records
from spiders.pages.automatic.regions import Block, Region, regions_of
from spiders.pages.automatic.settling import settled
from spiders.pages.automatic.titles import Headed, headed
from spiders.pages.automatic.totals import Stated, stated, statements
from spiders.pages.automatic.tree import Tree, tree_of
from spiders.pages.automatic.units import Unit, Units
from spiders.pages.automatic.weighing import Scale
from spiders.pages.blocks import MOST
from spiders.pages.checks import no_total, repeated, says_it_is_none
from spiders.pages.decoding import Decoded
from spiders.pages.document import addresses_in, root_of
from spiders.pages.guard import FLOOR
from spiders.pages.onward import onward
from spiders.pages.problems import problem
from spiders.pages.profile import AUTOMATIC

_TRIED = 5
"""So many groups are looked at closely, the likeliest first."""
_LOOKED_AT = 50
"""Of more blocks than a page has records, so many are looked at."""
_SURELY_NONE = 0.25
"""Where no group is as likely as this to be the records, a page that says so has none."""
_UNSTATED = 0.7
"""Of the confidence in records of a text that does not say how many it has: texts of other kinds
repeat lines as well."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The likeliest group of a tree."""

    tree: Tree
    region: Region
    units: list[list[Unit]] = field(default_factory=list)
    """Of each block; of more than `MOST` blocks, of the first few."""

    @property
    def blocks(self) -> list[Block]:
        return self.region.blocks


def automatic_page(decoded: Decoded, url: str | None) -> ResultPage | None:
    """The page's records, whatever its site; None where it cannot be looked at.

    A page of less confidence than the floor has no records, and no problem that says so.
    """
    root = root_of(decoded.text)
    tree = tree_of(root) if root is not None else None
    if root is None or tree is None:
        return None
    own, base = addresses_in(root, url)
    scale = Scale(tree)
    found = _found(tree, scale)
    said = _stated(tree, found.blocks)
    found = _as_shown(found, said)
    onto = next_page(tree, _links_within(found), base)
    query = asked(root, tree, found.blocks)
    page = ResultPage(
        url=own,
        profile=AUTOMATIC,
        confidence=0.0,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        query=Query(text=query.text),
        next_url=None if onto is None else onto.url,
    )
    sure = _certainty(scale, found, said, onto, query)
    if sure < _SURELY_NONE and _says_none(tree):
        return replace(page, confidence=1.0, stated_total=0, next_url=None)
    if sure >= FLOOR and said.total is None and says_it_is_none(_called(root, query)):
        sure = 0.0
    if sure < FLOOR:
        return replace(page, confidence=sure, next_url=None)
    page = replace(page, confidence=sure)
    if len(found.blocks) > MOST:
        return replace(page, problems=(problem("too-many-records", f"over {MOST} records"),))
    return _read(page, found, said, base)


def _certainty(
    scale: Scale, found: _Found, said: Stated, onto: Following | None, query: Asked
) -> float:
    if not found.units:
        return 0.0
    signs = signs_of(
        scale,
        found.tree,
        found.region,
        found.units,
        said,
        next_page=None if onto is None else onto.last > found.blocks[0][0],
        echo=query.echo,
        counted=any(rank is not None for rank in ranks_of(found.units)),
    )
    return certainty(signs)


def _called(root: etree._Element, query: Asked) -> str:
    """What a page calls itself, without the words it was asked for."""
    heads = heads_of(root)
    return heads.replace(query.text.casefold(), " ") if query.text else heads


def _found(tree: Tree, scale: Scale) -> _Found:
    """The likeliest of the groups that are neither the paragraphs of one text nor adverts all."""
    likeliest = nlargest(_TRIED, regions_of(tree), key=scale.score)
    finder = Units(tree)
    for best in likeliest:
        if len(best.blocks) > MOST:
            return _Found(tree, best, [finder.of(block) for block in best.blocks[:_LOOKED_AT]])
        whole = settled(tree, best)
        units = [finder.of(block) for block in whole.blocks]
        if not _is_prose(tree, whole.blocks, units) and not all(map(is_advert, units)):
            return _Found(tree, whole, units)
    return _Found(tree, Region([]))


def _is_prose(tree: Tree, blocks: list[Block], units: list[list[Unit]]) -> bool:
    """Whether most blocks are nothing but texts of one kind, with no title or picture to them."""
    bare = 0
    for block, own in zip(blocks, units, strict=True):
        start, end = block[0], tree.end[block[-1]]
        if len({unit.place for unit in own}) == 1 and own[0].link < 0 and not own[0].heading:
            bare += tree.pictures[start] == tree.pictures[end]
    return bare * 2 > len(blocks)


def _stated(tree: Tree, blocks: Sequence[Block]) -> Stated:
    nodes = [node for block in blocks for node in block]
    return stated(statements(tree, nodes), len(blocks))


def _says_none(tree: Tree) -> bool:
    """Whether a page says that it has no records, and nothing else of how many there are."""
    said = _stated(tree, ())
    return said.none and not said.total


def _as_shown(found: _Found, said: Stated) -> _Found:
    """Without what is beyond the number that the page says it shows, where those of one class are
    just as many: the others are adverts."""
    shown, blocks = said.shown, found.blocks
    if shown is None or not len(blocks) / 2 <= shown < len(blocks) <= MOST:
        return found
    kinds = Counter(found.tree.kind[block[0]] for block in blocks)
    for kind, count in kinds.items():
        if kind and count == shown:
            kept = [n for n, block in enumerate(blocks) if found.tree.kind[block[0]] == kind]
            region = replace(found.region, blocks=[blocks[n] for n in kept])
            return replace(found, region=region, units=[found.units[n] for n in kept])
    return found


def _links_within(found: _Found) -> set[int]:
    return {at for block in found.blocks for node in block for at in found.tree.links_in(node)}


def _read(page: ResultPage, found: _Found, said: Stated, base: str | None) -> ResultPage:
    tree, blocks = found.tree, found.blocks
    records = records_of(list(_printed(found, base)))
    after = tree.end[blocks[-1][-1]]
    return replace(
        page,
        records=records,
        stated_total=said.total,
        search_total=None if said.about else said.total,
        stated_ms=said.ms,
        found=onward(page.next_url, page.url),
        footer=foot_of(tree, after, base),
        navigation=head_links(tree, blocks[0][0], base),
        problems=tuple(_problems(records, said)),
    )


def _problems(records: Sequence[Record], said: Stated) -> Iterator[Problem]:
    count = len(records)
    if said.total is None:
        yield no_total(count)
    elif said.shown is not None and said.shown != count:
        yield problem(
            "total-mismatch", f"the page says it shows {said.shown} records; {count} were read"
        )
    yield from repeated(records)


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
    nodes += [at for node in block for at in tree.links_in(node)]
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
