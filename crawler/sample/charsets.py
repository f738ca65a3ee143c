"""How a page becomes bytes: the encoding, and where, if anywhere, it is declared."""

from dataclasses import dataclass

from crawler.sample.dice import Dice


@dataclass(frozen=True, slots=True)
class Wire:
    """The encoding of one page."""

    codec: str
    """Python's name of the encoding of the bytes."""
    header: str | None
    """``charset`` of the Content-Type header. None: the header names none."""
    meta: str | None
    """``charset`` that the page itself declares. None: it declares none."""


WIRES = (
    (Wire("utf-8", "utf-8", "utf-8"), 4.0),
    (Wire("utf-8", None, "utf-8"), 2.0),
    (Wire("utf-8", None, None), 1.0),
    (Wire("gbk", "gb2312", "gb2312"), 2.0),
    (Wire("gbk", None, "gbk"), 1.0),
    (Wire("gb18030", None, "gb18030"), 1.0),
    (Wire("gb18030", "gb18030", None), 0.5),
    (Wire("gb18030", None, None), 0.5),
)
"""With weights. Old sites call GBK ``gb2312``; readers are expected to know."""

UTF_8 = WIRES[0][0]


def wire_of(dice: Dice) -> Wire:
    return dice.weighted(WIRES)


def lying(wire: Wire) -> Wire:
    """The same bytes under the name of another encoding."""
    other = "gbk" if wire.codec == "utf-8" else "utf-8"
    return Wire(wire.codec, other, other)


def encoded(html: str, codec: str) -> bytes:
    """Characters that the encoding lacks become references, as a page can hold them."""
    return html.encode(codec, "xmlcharrefreplace")


def content_type(media: str, wire: Wire) -> str:
    return media if wire.header is None else f"{media}; charset={wire.header}"
