"""Mark-up ``random``: tags, nesting, attributes, spelling and white space differ from page to page.

Seeded by the page. What a browser would show stays the same: each line starts a line, and nothing
stands between two pieces of a line that the layout does not put there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from crawler.sample.dice import Dice
from crawler.sample.elements import RECONSTRUCTION, Paint, escaped, head_noise
from crawler.sample.layout import NBSP, Entry, Layout, Line, Piece

_INLINE = ("span", "font", "b", "em", "i", "strong", "small", "u", "tt", "big", "bdi", "cite")
_NAMES = ("a1", "zw", "box", "nr", "lst", "kx", "main", "cell7", "t", "left_col", "wz", "u-2")
_WORDS = ("分享到", "加载中", "二维码", "验证标记", "more", "loading")

_LINES = ("div", "p", "li", "dd", "section", "h4", "center", "tr", "br", "blockquote", "pre-wrap")
"""How lines are set: a block a line, a table row, or ended by ``<br>``."""
_ITEMS = ("div", "article", "section", "fieldset", "none")
"""What holds a record, where the way lines are set leaves it open."""


@dataclass(frozen=True, slots=True)
class Hand:
    """The habits of one page."""

    dice: Dice
    upper: bool
    quote: str
    lines: str
    items: str
    deep: int
    """Most inline elements around a piece."""
    airy: bool
    """White space between blocks, and spaces broken over lines."""
    noise: float
    """Chance of a comment, a script or something hidden before a line."""
    escapes: str
    """How signs are written: ``named``, ``decimal`` or ``hex``."""
    numeric: float
    """Share of all other characters written as references."""

    def tag(self, name: str, *, close: bool = False) -> str:
        spelled = name.upper() if self.upper else name
        return f"</{spelled}>" if close else f"<{spelled}{self._attributes()}>"

    def attribute(self, name: str, value: str) -> str:
        name = name.upper() if self.upper else name
        return f" {name}={self.quote}{value}{self.quote}"

    def _attributes(self) -> str:
        names = ("class", "id", "align", "data-k", "title")
        chosen = self.dice.some(names, self.dice.between(0, 2)) if self.dice.chance(0.4) else []
        return "".join(self.attribute(name, self.dice.pick(_NAMES)) for name in chosen)

    def block(self, name: str, inner: str) -> str:
        gap = "\n" + " " * self.dice.between(0, 6) if self.airy else ""
        return f"{gap}{self.tag(name)}{inner}{self.tag(name, close=True)}"


def _hand(dice: Dice) -> Hand:
    return Hand(
        dice=dice,
        upper=dice.chance(0.3),
        quote=dice.pick(('"', '"', "'", "")),
        lines=dice.pick(_LINES),
        items=dice.pick(_ITEMS),
        deep=dice.between(0, 3),
        airy=dice.chance(0.6),
        noise=dice.pick((0.0, 0.05, 0.2)),
        escapes=dice.pick(("named", "decimal", "hex")),
        numeric=dice.pick((0.0, 0.0, 0.02)),
    )


_SIGNS = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", NBSP: "nbsp"}


def _character(char: str, hand: Hand) -> str:
    if char in _SIGNS:
        if hand.escapes == "named":
            return f"&{_SIGNS[char]};"
        return f"&#{ord(char)};" if hand.escapes == "decimal" else f"&#x{ord(char):x};"
    if char == " " and hand.airy and hand.lines != "pre-wrap" and hand.dice.chance(0.05):
        return "\n   "
    if hand.numeric and char != " " and hand.dice.chance(hand.numeric):
        return f"&#{ord(char)};"
    return char


def _text(text: str, hand: Hand) -> str:
    return "".join(_character(char, hand) for char in text)


def _piece(piece: Piece, hand: Hand) -> str:
    if piece.role == "gap":
        # Left as it is: two spaces part the names of a byline.
        return piece.text.replace(NBSP, _character(NBSP, hand))
    inner = _text(piece.text, hand)
    if piece.href is not None:
        # Unquoted and single-quoted addresses are whole: they hold no space and no quote.
        address = piece.href if hand.escapes == "hex" else piece.href.replace("&", "&amp;")
        opening = hand.tag("a")[:-1] + hand.attribute("href", address)
        inner = f"{opening}>{inner}{hand.tag('a', close=True)}"
    for name in hand.dice.some(_INLINE, hand.dice.between(0, hand.deep)):
        inner = f"{hand.tag(name)}{inner}{hand.tag(name, close=True)}"
    return inner


def _noise(hand: Hand) -> str:
    """Something no reader of the page sees."""
    if not hand.dice.chance(hand.noise):
        return ""
    word = hand.dice.pick(_WORDS)
    return hand.dice.pick(
        (
            f"<!-- {word} 相似文献 -->",
            f"<script>var s = '{word}《x》2001,1(1):1-2';</script>",
            f'<span style="display:none">{word}</span>',
            f"<em hidden>{word}</em>",
            f'<input type="hidden" name="k" value="{word}">',
            '<a name="x"></a>',
        )
    )


def _line(line: Line, hand: Hand) -> str:
    return _noise(hand) + "".join(_piece(piece, hand) for piece in line)


_Block = Callable[[tuple[Line, ...], Hand], str]


def _rows(lines: tuple[Line, ...], hand: Hand) -> str:
    rows = (hand.block("tr", hand.block("td", _line(line, hand))) for line in lines)
    return hand.block("table", "".join(rows))


def _broken(lines: tuple[Line, ...], hand: Hand) -> str:
    end = hand.dice.pick(("<br>", "<br/>", "<BR>", "<br />\n"))
    return "".join(_line(line, hand) + end for line in lines)


def _preformatted(lines: tuple[Line, ...], hand: Hand) -> str:
    style = hand.attribute("style", "white-space:pre-wrap")
    inner = "\n".join(_line(line, hand) for line in lines)
    return f"<pre{style}>{inner}</pre>"


def _listed(name: str, outer: str) -> _Block:
    def render(lines: tuple[Line, ...], hand: Hand) -> str:
        return hand.block(outer, "".join(hand.block(name, _line(line, hand)) for line in lines))

    return render


def _blocks(name: str) -> _Block:
    def render(lines: tuple[Line, ...], hand: Hand) -> str:
        return "".join(hand.block(name, _line(line, hand)) for line in lines)

    return render


_SETTINGS: dict[str, _Block] = {
    "tr": _rows,
    "br": _broken,
    "pre-wrap": _preformatted,
    "li": _listed("li", "ul"),
    "dd": _listed("dd", "dl"),
}


def _set(lines: tuple[Line, ...], hand: Hand) -> str:
    return _SETTINGS.get(hand.lines, _blocks(hand.lines))(lines, hand)


def _item(entry: Entry, hand: Hand) -> str:
    inner = _set(entry.lines, hand)
    return inner if hand.items == "none" else hand.block(hand.items, inner)


def scrambled(layout: Layout, paint: Paint) -> str:
    hand = _hand(paint.dice)
    parts = [_set(layout.header, hand)]
    parts += [_item(entry, hand) for entry in layout.entries]
    parts.append(_set(layout.footer, hand))
    body = "".join(parts)
    for _ in range(hand.dice.between(0, 3)):
        body = hand.block(hand.dice.pick(("div", "center", "form", "main")), body)
    meta = f"<meta charset={hand.quote}{paint.charset}{hand.quote}>" if paint.charset else ""
    noise = head_noise(hand.dice.between(1, 12)) if hand.dice.chance(0.5) else ""
    comment, title = f"<!-- {RECONSTRUCTION} -->", escaped(layout.title)
    if hand.dice.chance(0.2):
        return f"{meta}{comment}<title>{title}</title>{noise}{body}"
    return (
        f"<!DOCTYPE html><html><head>{meta}{comment}<title>{title}</title>{noise}</head>"
        f"<body>{body}</body></html>"
    )
