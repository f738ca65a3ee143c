"""Records made unreadable in a page that others stand on, all else left byte for byte.

What is taken is barred, not cut: every letter of a record's block becomes a bar and its ids become
zeros, while places, ranks and the stated total stay as they were. So the page reads on as it did,
but for the record that is gone.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from records import Record, ResultPage
from spiders.pages.landmarks import KIN
from spiders.pages.problems import problem
from spiders.pages.source import REFERENCE, Letters, Span, folded, stretches

BAR = "\u2588"
"""In place of a letter or digit."""
_AS_REFERENCE = "&#9608;"
"""A bar in an encoding that has none."""
_SHORTEST = 12
"""Letters of a wording that is looked for all over the page: a shorter one may be anybody's."""
_PIECE = 32
"""Letters of an abstract that give it away."""
_RANK = re.compile(r"\W*\d{1,3}\W*")
_BARRED = re.compile(rf"{REFERENCE.pattern}|[^\W_]")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""")
_OPENING = re.compile(r"<[a-zA-Z]")
_STRUCTURAL = frozenset({"class", "style", "rel", "type", "role", "colspan", "rowspan", "target"})
_ID = re.compile(r"(?=[0-9A-Za-z]*\d)[0-9A-Za-z]{4,}|%[0-9A-Fa-f]{2}")
_WORD = re.compile(r"[^\W_]")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Wordings:
    """What gives records away wherever it stands, folded: titles, pieces of abstracts, ids."""

    said: tuple[str, ...]
    """Titles, pieces of abstracts and native ids."""
    addresses: tuple[str, ...]
    """Paths with their queries."""

    def stand_in(self, text: str) -> bool:
        """Whether a text of any kind (a script, an address, a whole page) holds one of them."""
        return self._stand_in(_forms(text))

    def _stand_in(self, forms: set[str]) -> bool:
        return any(one in form for form in forms for one in self.said)

    def address(self, value: str) -> bool:
        """Whether the value of an attribute is one of the addresses, or holds a wording."""
        forms = _forms(value)
        return any(form.endswith(self.addresses) for form in forms) or self._stand_in(forms)


def _forms(text: str) -> set[str]:
    """A text folded, as it stands and as it is read once escapes are undone."""
    plain = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), html.unescape(text))
    return {folded(plain), folded(unquote(plain))}


def wordings(taken: Iterable[Record]) -> Wordings:
    """What to look for of records that are taken."""
    said: dict[str, None] = {}
    addresses: dict[str, None] = {}
    for each in taken:
        whole = folded(each.abstract or each.text)
        pieces = [whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE)]
        said |= dict.fromkeys([folded(each.title or ""), *pieces, folded(each.native_id or "")])
        parts = urlsplit(each.url or "")
        addresses[folded(f"{parts.path}?{parts.query}")] = None
    return Wordings(
        said=tuple(one for one in said if len(one) >= _SHORTEST),
        addresses=tuple(one for one in addresses if len(one) >= _SHORTEST),
    )


def redact(
    page: bytes,
    encoding: str,
    taken: Sequence[Record],
    kept: Sequence[Record] = (),
    also: Sequence[Record] = (),
) -> bytes:
    """The page with some of its records barred.

    ``encoding`` as the reader told it; ``taken`` and ``kept``: records as they were read of this
    page. What is said of a kept one stays, also where a taken one says the same; elsewhere a
    wording of a taken one, or of those in ``also``, which may be no records of this page, is barred
    wherever it stands: in headings, scripts, comments, attributes.
    A page that cannot be decoded comes out empty.
    """
    try:
        source = page.decode(encoding, "surrogateescape")
    except (LookupError, UnicodeError):
        return b""
    letters = Letters(source, [*stretches(source)])
    placed = _placed(letters, [*taken, *kept])
    safe = [span for each in kept for span in placed[id(each)]]
    blocks = [
        span
        for each in taken
        for span in placed[id(each)]
        if not any(_overlap(span, other) for other in safe)
    ]
    sought = wordings([*taken, *also])
    loose = [span for one in sought.said for span in letters.places(one)]
    loose = [span for span in loose if not any(_overlap(span, each) for each in (*safe, *blocks))]
    edits = [
        *_text_edits(source, letters, blocks, ranks=True),
        *_text_edits(source, letters, loose, ranks=False),
        *_markup_edits(source, letters, blocks, safe, sought),
    ]
    return _applied(source, edits, encoding)


def _placed(letters: Letters, records: Sequence[Record]) -> dict[int, list[Span]]:
    """Where each record stands, by its `id`: of several with one text, each in its turn."""
    alike: dict[str, list[Record]] = {}
    for each in sorted(records, key=lambda one: one.rank):
        alike.setdefault(folded(each.text), []).append(each)
    placed: dict[int, list[Span]] = {}
    for same in alike.values():
        spans = letters.blocks(same[0].text)
        in_turn = len(spans) == len(same)
        for turn, each in enumerate(same):
            placed[id(each)] = [spans[turn]] if in_turn else spans
    return placed


def without_withheld(page: ResultPage) -> ResultPage:
    """A page as it was read, without the records that were barred on it."""
    barred = [each for each in page.records if is_withheld(each)]
    if not barred:
        return page
    told = [problem("taken-down", "was taken down; the page was barred", e.rank) for e in barred]
    left = tuple(each for each in page.records if not is_withheld(each))
    return replace(page, records=left, problems=(*page.problems, *told))


def is_withheld(record: Record) -> bool:
    """Whether a record was barred on the page that it was read of.

    >>> is_withheld(Record(rank=3, key="text:0", title="3. \u2588\u2588 (\u2588)"))
    True
    """
    said = f"{record.title or ''}{record.abstract or ''}{record.text}"
    return BAR in said and not any(char.isalpha() for char in said.replace(KIN, ""))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


_Edit = tuple[int, int, str]


def _text_edits(
    source: str, letters: Letters, spans: Iterable[Span], *, ranks: bool
) -> Iterator[_Edit]:
    """`ranks`: a text that is nothing but a rank stays. So do the words that end a record of the
    family, which are every record's: by them its block is told."""
    spared = [letters.in_source(span) for span in letters.places(KIN)]
    for span in spans:
        begun, ended = letters.in_source(span)
        first, last = letters.parts_of(span)
        for part in letters.parts[first:last]:
            if part.kind != "text" or (ranks and _RANK.fullmatch(source, part.start, part.end)):
                continue
            at, end = max(part.start, begun), min(part.end, ended)
            for start, stop in (each for each in spared if at <= each[0] and each[1] <= end):
                yield at, start, _bar(source[at:start])
                at = stop
            yield at, end, _bar(source[at:end])


def _bar(text: str) -> str:
    """A text, with the references in it, with bars for letters."""
    return _BARRED.sub(lambda found: BAR if folded(html.unescape(found[0])) else found[0], text)


def _markup_edits(
    source: str,
    letters: Letters,
    blocks: Sequence[Span],
    safe: Sequence[Span],
    sought: Wordings,
) -> Iterator[_Edit]:
    """Barred: all markup of a block, and elsewhere what gives a record away, but for the blocks of
    kept ones."""
    inside = {n for span in blocks for n in range(*_with_opening(source, letters, span))}
    kept = {n for span in safe for n in range(*_with_opening(source, letters, span))}
    for number, part in enumerate(letters.parts):
        said = source[part.start : part.end]
        if part.kind == "text" or (number in kept and number not in inside):
            continue
        if part.kind == "tag":
            yield part.start, part.end, _barred_tag(said, sought, whole=number in inside)
        elif number in inside or sought.stand_in(said):
            yield part.start, part.end, "<!---->" if part.kind == "comment" else ""


def _with_opening(source: str, letters: Letters, span: Span) -> Span:
    """A block's stretches, with the tags that open right before its text."""
    first, last = letters.parts_of(span)
    while first > 0:
        before = letters.parts[first - 1]
        blank = before.kind == "text" and not source[before.start : before.end].strip()
        opens = before.kind == "tag" and _OPENING.match(source, before.start)
        if not blank and not opens:
            break
        first -= 1
    return first, last


def _barred_tag(tag: str, sought: Wordings, *, whole: bool) -> str:
    """`whole`: it stands in a taken record's block, and keeps nothing but what lays it out."""

    def barred(found: re.Match[str]) -> str:
        name, equals, value = found[1].lower(), found[2], found[3]
        gives_away = sought.address(value)
        if not gives_away and (not whole or name in _STRUCTURAL):
            return found[0]
        if any(char.isspace() or not char.isascii() for char in value):
            return found[1] + equals + _bar(value)
        value = _ID.sub(_zeros, value)
        return found[1] + equals + (_WORD.sub(_zeros, value) if sought.address(value) else value)

    return _ATTRIBUTE.sub(barred, tag)


def _zeros(found: re.Match[str]) -> str:
    return "0" * len(found[0])


def _applied(source: str, edits: Iterable[_Edit], encoding: str) -> bytes:
    parts: list[str] = []
    at = 0
    for start, end, said in sorted(edits):
        if start >= at:
            parts += [source[at:start], said]
            at = end
    text = "".join([*parts, source[at:]])
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeError:
        return text.replace(BAR, _AS_REFERENCE).encode(encoding, "surrogateescape")
