"""What an element shows: its text as lines, without what a reader does not see."""

from collections.abc import Callable, Collection

from lxml import etree

from spiders.pages.markup import LINE_TAGS, UNSEEN_TAGS

Hidden = Collection[etree._Element]


def lines_of(element: etree._Element, hidden: Hidden = ()) -> list[str]:
    """The lines of an element that have text, white space collapsed. The element itself is read
    even where it is hidden: whoever selected it wants it.

    >>> lines_of(etree.HTML("<p>a<b>b</b> c<br>d<script>e</script></p>"))
    ['ab c', 'd']
    """
    if not len(element):
        text = " ".join((element.text or "").split())
        return [text] if text else []
    parts: list[str] = []
    _collect(element, hidden, parts.append)
    lines = [" ".join(line.split()) for line in "".join(parts).split("\n")]
    return [line for line in lines if line]


def _collect(element: etree._Element, hidden: Hidden, add: Callable[[str], None]) -> None:
    if element.text:
        add(element.text.replace("\n", " "))
    for child in element:
        tag = child.tag
        if tag in LINE_TAGS:
            add("\n")
            if child not in hidden:
                _collect(child, hidden, add)
            add("\n")
        elif isinstance(tag, str) and tag not in UNSEEN_TAGS and child not in hidden:
            _collect(child, hidden, add)
        if child.tail:
            add(child.tail.replace("\n", " "))


def own_text(element: etree._Element) -> str:
    """The text of an element that is none of its children's."""
    parts = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(" ".join(parts).split())
