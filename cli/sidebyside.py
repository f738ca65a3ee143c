"""Two records on a terminal, beside each other where there is room, with what differs marked."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from records import Clue
from records.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from reports.difference import Segment
    from reports.pairs import PairShown, RecordShown

NARROW = 84
"""Columns under which the records stand one below the other."""
MARKED = "bold underline"
"""Seen where there are no colours, too."""
_LABEL = 10


def pair_table(pair: "PairShown", width: int) -> "RenderableType":
    """Both records field by field; fields that neither has are left out."""
    from rich.table import Table

    fields = _fields(pair)
    if width < NARROW:
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=_LABEL, style="dim")
        table.add_column(ratio=1, overflow="fold")
        for side in (0, 1):
            for label, sides in fields:
                if sides[side].plain:
                    table.add_row(label, sides[side])
            table.add_row()
        return table
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=_LABEL, style="dim")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for label, (a, b) in fields:
        table.add_row(label, a, b)
    return table


def reasons(clues: Sequence[Clue]) -> "Text":
    """What speaks for and against one work, a line each."""
    from rich.text import Text

    said = Text()
    for clue in clues:
        said.append("+ " if clue.supports else "- ", style="bold")
        said.append(f"{visible(clue.kind)}: {visible(clue.words)}\n")
    said.rstrip()
    return said


def _fields(pair: "PairShown") -> "list[tuple[str, tuple[Text, Text]]]":
    from reports.difference import differences

    a, b = pair.a, pair.b
    rows = [("key", (_plain(a.key), _plain(b.key))), ("title", _marked(pair.titles()))]
    for label, said in (("authors", _people), ("venue", _venue), ("language", _language)):
        first, second = said(a), said(b)
        if first and second:
            rows.append((label, _marked(differences(first, second))))
        else:
            rows.append((label, (_plain(first), _plain(second))))
    rows.append(("address", (_plain(a.url or ""), _plain(b.url or ""))))
    if a.abstract and b.abstract:
        rows.append(("abstract", _marked(pair.marked())))
    else:
        rows.append(("abstract", (_plain(a.abstract or ""), _plain(b.abstract or ""))))
    return [(label, sides) for label, sides in rows if any(side.plain for side in sides)]


def _people(record: "RecordShown") -> str:
    return "; ".join(record.authors)


def _venue(record: "RecordShown") -> str:
    return ", ".join(str(each) for each in (record.venue, record.year) if each)


def _language(record: "RecordShown") -> str:
    return record.language or ""


def _plain(text: str) -> "Text":
    from rich.text import Text

    return Text(visible(text, keep="\n"))


def _marked(sides: "tuple[Iterable[Segment], Iterable[Segment]]") -> "tuple[Text, Text]":
    return _with_marks(sides[0]), _with_marks(sides[1])


def _with_marks(segments: "Iterable[Segment]") -> "Text":
    from rich.text import Text

    text = Text()
    for each in segments:
        text.append(visible(each.text, keep="\n"), style=MARKED if each.differs else "")
    return text
