"""A page as a tree, and what it says of its own address."""

from lxml import etree

from spiders.pages.addresses import own_and_base
from spiders.pages.width import is_too_wide


def root_of(markup: str) -> etree._Element | None:
    """The tree of a page; None where none can be built."""
    page = markup.encode("utf-8")
    if is_too_wide(page):
        return None
    try:
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        root: etree._Element | None = etree.fromstring(page, parser)
    except etree.LxmlError:
        return None
    return root


def addresses_in(root: etree._Element, url: str | None) -> tuple[str | None, str | None]:
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
    return own_and_base(url, canonical, stated)


def title_of(root: etree._Element) -> str:
    """What a page calls itself; empty where it does not."""
    title = next(root.iter("title"), None)
    return (title.text or "") if title is not None else ""
