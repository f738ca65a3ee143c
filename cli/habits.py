"""What a source's pages are like, in words."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cli.terminal import counted, tell

if TYPE_CHECKING:
    from storage.habits import Habits

_NEARLY_ALL = 0.8
_NEXT_TO_NONE = 0.1


def show_habits(habits: "Habits") -> None:
    """What pages of one kind are compared with."""
    if not habits.judged:
        tell(
            f"{habits.kind} pages are not compared yet: {counted(habits.pages, 'page')} known, "
            "20 are needed"
        )
        return
    tell(
        f"{habits.kind} pages are compared with {counted(habits.pages, 'page')} before them: "
        f"{counted(habits.records, 'record')} on most"
    )
    for name, least, most in (
        ("nearly all records have", _NEARLY_ALL, 1.0),
        ("some have", _NEXT_TO_NONE, _NEARLY_ALL),
    ):
        _tell_list(name, _between(habits.filled, least, most))
    _tell_list("languages", [f"{name} {share:.1%}" for name, share in habits.languages.items()])
    _tell_list(
        "characters",
        [f"{name} {each.least:,} to {each.most:,}" for name, each in habits.lengths.items()],
    )


def _between(shares: Mapping[str, float], least: float, most: float) -> list[str]:
    return [
        f"{name.replace('_', ' ')} {share:.0%}"
        for name, share in shares.items()
        if least <= share < most or share == most == 1.0
    ]


def _tell_list(name: str, items: Iterable[str]) -> None:
    if words := ", ".join(items):
        tell(f"  {name}: {words}")
