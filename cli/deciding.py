"""``glean merge``, ``split`` and ``canonical``: a person's word on records, given or taken back."""

import getpass
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, tell
from records import Cluster, UsageError, as_json, iso_time

if TYPE_CHECKING:
    from storage.deciding import Decided
    from storage.decisions import Kind, Made

KeyA = Annotated[str, typer.Argument(metavar="A", help="Key of a record.")]
KeyB = Annotated[str, typer.Argument(metavar="B", help="Key of another.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for whoever asks.")]
Who = Annotated[
    str | None,
    typer.Option("--who", metavar="NAME", help="Who says so; else the name of the user."),
]
Undo = Annotated[bool, typer.Option("--undo", help="Take this decision back.")]


def merge(
    a: KeyA,
    b: KeyB,
    why: Why = "",
    who: Who = None,
    undo: Undo = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Decide that two records are one work."""
    _take("merge", (a, b), why, who, undo=undo, store=store, config=config, json=json)


def split(
    a: KeyA,
    b: KeyB,
    why: Why = "",
    who: Who = None,
    undo: Undo = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Decide that two records are different works."""
    _take("split", (a, b), why, who, undo=undo, store=store, config=config, json=json)


def canonical(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of a record.")],
    why: Why = "",
    who: Who = None,
    undo: Undo = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Decide that of its cluster this record is the one to keep."""
    _take("canonical", (key, None), why, who, undo=undo, store=store, config=config, json=json)


def _take(
    kind: "Kind",
    keys: tuple[str, str | None],
    why: str,
    who: str | None,
    *,
    undo: bool,
    store: str | None,
    config: Path | None,
    json: bool,
) -> None:
    from storage.decisions import Word

    word = Word(kind=kind, a=keys[0], b=keys[1], who=named(who), why=why.strip())
    with place(config, store).open() as opened:
        act = opened.take_back if undo else opened.decide
        decided = act(word, now=time.time_ns() // 1000)
    if json:
        from storage.answers import made_json

        print_json(
            {
                "decision": made_json(decided.made),
                "changed": decided.new,
                "clusters": as_json(_clusters(decided.after)),
                "settled_to": decided.settled_to,
            }
        )
    else:
        tell(in_words(decided))


def named(who: str | None) -> str:
    """Who decides: the name given, else the user's. Raises UsageError for an empty one."""
    if who is None:
        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):
            return f"user {os.getuid()}"
    if not who.strip():
        raise UsageError("--who: the name is empty; say who decides, or leave the option out")
    return who.strip()


def in_words(decided: "Decided") -> str:
    """What a decision changed, in one line."""
    said = decided.made.decision
    kept = "" if decided.before != decided.after else "no cluster changed: "
    if not decided.new:
        head = f"decided already by {said.who}, {iso_time(said.when)[:10]}; nothing changed: "
        kept = ""
    elif decided.made.taken_back is not None:
        head = f"{said.decision} taken back; "
    else:
        head = f"{said.decision} decided; "
    return head + kept + _standing(said.a, said.b, decided.after)


def _standing(a: str, b: str | None, after: tuple[Cluster | None, ...]) -> str:
    if b is not None and after[0] is not None and after[0] == after[1]:
        return f"both stand in {_cluster(after[0])}"
    keys = [a] if b is None else [a, b]
    return "; ".join(
        f"{key} stands alone" if found is None else f"{key} stands in {_cluster(found)}"
        for key, found in zip(keys, after, strict=True)
    )


def _cluster(found: Cluster) -> str:
    return f"cluster {found.id}: {counted(len(found.keys), 'record')}, canonical {found.canonical}"


def _clusters(found: tuple[Cluster | None, ...]) -> list[Cluster]:
    return list({each.id: each for each in found if each is not None}.values())


def told(made: "Made") -> str:
    """A decision in one line, with who, when and why."""
    said, back = made.decision, made.taken_back
    line = f"{said.decision} {said.a}{'' if said.b is None else f' {said.b}'}: "
    line += f"{said.who}, {iso_time(said.when)[:10]}{said.why and f': {said.why}'}"
    if back is not None:
        line += f"; taken back by {back.who}, {iso_time(back.when)[:10]}"
        line += back.why and f": {back.why}"
    return line
