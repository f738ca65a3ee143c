"""A truth printed anyhow: in any layout or style, in any encoding, with what landmarks could be
mistaken for; and what of it a reader got wrong."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from records import ResultPage, as_json
from tests.spiders.pages.renderer import (
    FOOT_WORDS,
    LAYOUTS,
    LICENCE,
    OPERATOR,
    flattened,
    result_page,
)
from tests.spiders.pages.styles import STYLES, styled_page
from tests.spiders.pages.works import Work, works

_BY_NAME = {style.__name__: style for style, *_ in STYLES}
FORMS = ("text", *LAYOUTS, *_BY_NAME)
CHARSETS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class Printed:
    """A page as bytes, and the truth that it was made from."""

    body: bytes
    works: list[Work]
    form: str
    charset: str
    header: str | None
    """What the HTTP header says of the encoding."""


def printed(seed: int, form: str | None = None) -> Printed:
    """The page of a seed."""
    dice = random.Random(seed)
    drawn = dice.choice(FORMS)
    form = form or drawn
    charset = dice.choice(CHARSETS)
    made = works(dice, dice.randrange(1, 9), rough=True)
    if form == "text":
        # A letter that GBK has not cannot be written in plain text.
        charset = "gb18030" if charset == "gbk" else charset
        page = flattened(made, dice)
    elif form in LAYOUTS:
        declared = dice.choice((None, charset.removesuffix("-sig")))
        page = result_page(made, dice, form, declared=declared).markup
    else:
        for work in made:
            work.heading = None
        page = styled_page(made, dice, _BY_NAME[form])
    header = dice.choice((None, None, charset.removesuffix("-sig")))
    body = page.encode(charset, "xmlcharrefreplace" if form != "text" else "strict")
    return Printed(body, made, form, charset, header)


def misreadings(said: ResultPage, expected: list[Work]) -> Iterator[str]:
    """In what a reading differs from the truth, a line each."""
    yield from _differences("records", len(said.records), len(expected))
    yield from _differences("total", (said.stated_total, said.stated_ms), (len(expected), 31))
    foot = said.footer
    footer = foot and (foot.operator, foot.licence, *[link.text for link in foot.links[:4]])
    yield from _differences("footer", footer, (OPERATOR, LICENCE, *FOOT_WORDS))
    for work, record in zip(expected, as_json(said.records), strict=False):
        for name, wanted in work.expected().items():
            yield from _differences(f"{name} of record {work.rank}", record[name], wanted)


def _differences(name: str, said: object, wanted: object) -> Iterator[str]:
    if said != wanted:
        yield f"{name}: {said!r} instead of {wanted!r}"
