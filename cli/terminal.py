"""Printing: data to stdout, all else to stderr, and nothing that a terminal would obey."""

import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from records import as_json
from records.visible import visible

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 120
"""Columns where the output is no terminal."""
_GAP = 3
"""Columns between two columns of a table."""
_NARROWEST = 12


def use_utf8() -> None:
    """Print UTF-8 whatever the locale; what it cannot say becomes an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str) -> None:
    """One line for people, on stderr."""
    print(visible(text), file=sys.stderr)


def tell(text: str = "") -> None:
    """One line for people, on stdout."""
    print(visible(text))


def print_json(value: Any) -> None:
    """One JSON object, a line, on stdout."""
    sys.stdout.write(json.dumps(as_json(value), ensure_ascii=False) + "\n")


def counted(count: int, noun: str) -> str:
    """
    >>> counted(1, "page"), counted(2_000, "page")
    ('1 page', '2,000 pages')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def console(stream: TextIO) -> "Console":
    """A rich console that takes text as it is: no markup, no emoji, no highlighting."""
    from rich.console import Console

    width = None if stream.isatty() else int(os.environ.get("COLUMNS") or _WIDTH)
    return Console(
        file=stream, markup=False, emoji=False, highlight=False, soft_wrap=False, width=width
    )


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, below: Sequence[str] = ()
) -> None:
    """A table for people on stdout. `below`: for each row a text on a line of its own beneath it,
    whole however long.

    A column's name may begin with ``#``: it holds numbers; or with ``~``: its cells are cut where
    room is short. All others are shown whole, however narrow the terminal.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    cells = [[Text(_cell(value)) for value in row] for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    widths = []
    for place, name in enumerate(columns):
        head = Text(name.lstrip("#~"))
        widths.append(max([head.cell_len, *(row[place].cell_len for row in cells)]))
        table.add_column(head, justify="right" if name[0] == "#" else "left", no_wrap=True)
    printer = console(sys.stdout)
    gaps = _GAP * (len(columns) - 1)
    loose = [place for place, name in enumerate(columns) if name[0] == "~"]
    room = printer.width - gaps - sum(w for place, w in enumerate(widths) if place not in loose)
    for left, place in enumerate(sorted(loose, key=widths.__getitem__)):
        widths[place] = min(widths[place], max(_NARROWEST, room // (len(loose) - left)))
        room -= widths[place]
        for row in cells:
            row[place].truncate(widths[place], overflow="ellipsis")
    for row in cells:
        table.add_row(*row)
    table.width = sum(widths) + gaps + 2  # rich counts the padding of both edges, though unpadded
    printer.width = max(printer.width, table.width)
    with printer.capture() as captured:
        printer.print(table)
    printed = captured.get().split("\n")[:-1]
    first = len(printed) - len(cells)
    for number, line in enumerate(printed, -first):
        sys.stdout.write(line + "\n")
        if 0 <= number < len(below):
            sys.stdout.write(f"    {visible(below[number])}\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return visible(" ".join(str(value).split()))
