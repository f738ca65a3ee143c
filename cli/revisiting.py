"""When addresses are asked again: told to people."""

from typing import TYPE_CHECKING

from cli.terminal import print_table
from records import iso_time

if TYPE_CHECKING:
    from storage.revisits import Revisit

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def show_revisits(revisits: "list[Revisit]") -> None:
    print_table(
        ("source", "due (UTC)", "#every", "changed (UTC)", "reason", "~address"),
        (
            (
                each.source,
                _minute(each.due_at),
                _span(each.every / 1e6),
                _minute(each.changed_at),
                each.reason,
                each.url,
            )
            for each in revisits
        ),
    )


def _minute(moment: int) -> str:
    return iso_time(moment)[:16].replace("T", " ")


def _span(seconds: float) -> str:
    """
    >>> _span(86_400 * 2.5), _span(5_400), _span(59)
    ('2.5 d', '1.5 h', '59.0 s')
    """
    unit, length = next(each for each in _UNITS if seconds >= each[1] or each[1] == 1)
    return f"{seconds / length:.1f} {unit}"
