"""What an element shows: its text as lines, without what a reader does not see."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from lxml import etree

from spiders.pages.markup import LINE_TAGS, UNSEEN_TAGS
from spiders.pages.selected.selector import Selector
from spiders.pages.spacing import one_line

Hidden = Collection[etree._Element]


class Finds:
    """What selectors select in each of several parts of a page. One search of the whole page, and a
    look upwards from what it finds, is less work than a search of every part."""

    def __init__(self, root: etree._Element, parts: Sequence[Sequence[etree._Element]]) -> None:
        self._root = root
        self._count = len(parts)
        self._of: dict[etree._Element, int] = {
            element: index for index, elements in enumerate(parts) for element in elements
        }
        """The part that an element is in, -1: none, as far as that was asked."""
        self._found: dict[str, list[list[etree._Element]]] = {}

    def of(self, selector: Selector, part: int) -> list[etree._Element]:
        """What a selector selects in one part, in page order."""
        found = self._found.get(selector.text)
        if found is None:
            found = self._found[selector.text] = [[] for _ in range(self._count)]
            for element in selector.of(self._root):
                index = self._part_of(element)
                if index >= 0:
                    found[index].append(element)
        return found[part]

    def _part_of(self, element: etree._Element) -> int:
        passed = []
        at: etree._Element | None = element
        while at is not None and at not in self._of:
            passed.append(at)
            at = at.getparent()
        index = -1 if at is None else self._of[at]
        for each in passed:
            self._of[each] = index
        return index


@dataclass(slots=True)
class Part:
    """A part of a page, a record or all of it. Remembers texts, as fields often stand in one
    element."""

    elements: Sequence[etree._Element]
    """Side by side; mostly one."""
    finds: Finds
    index: int = 0
    """Which part of `finds` it is."""
    hidden: Hidden = ()
    _texts: dict[etree._Element, str] = field(default_factory=dict)

    def find(self, selector: Selector) -> list[etree._Element]:
        """What a selector selects in it, in page order."""
        return self.finds.of(selector, self.index)

    def text(self, element: etree._Element) -> str:
        """The lines of one of its elements."""
        text = self._texts.get(element)
        if text is None:
            text = self._texts[element] = "\n".join(lines_of(element, self.hidden))
        return text


def lines_of(element: etree._Element, hidden: Hidden = ()) -> list[str]:
    """The lines of an element that have text, white space collapsed. The element itself is read
    even where it is hidden: whoever selected it wants it.

    >>> lines_of(etree.HTML("<p>a<b>b</b> c<br>d<script>e</script></p>"))
    ['ab c', 'd']
    """
    if not len(element):
        text = one_line(element.text or "")
        return [text] if text else []
    parts: list[str] = []
    _collect(element, hidden, parts.append)
    text = "".join(parts)
    if "\n" not in text:
        text = one_line(text)
        return [text] if text else []
    lines = [one_line(line) for line in text.split("\n")]
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
    return one_line(" ".join(parts))
