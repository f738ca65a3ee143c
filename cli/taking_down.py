"""``glean takedown``: records out of store and archive, for good, on somebody's word."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.deciding import Who
from cli.deciding import named as named_user
from cli.endings import DONE, PARTLY
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import Place, place
from cli.terminal import counted, is_terminal, print_json, print_table, say, tell
from records import UsageError

if TYPE_CHECKING:
    from crawler.taking_down import Finished
    from storage import SqlStore


def takedown(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY_OR_URL]...", help="Records, by key or by their address."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="R", help="Why; kept with the receipt.")
    ] = None,
    who: Who = None,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="With every record of their clusters.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with takedowns that were not finished.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Show the receipts of all takedowns.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Take records down: out of the store and the archive, and kept from coming back."""
    if sum((bool(named), resume, listed)) != 1:
        raise UsageError("give records, or one of --resume and --list")
    if named and not (reason or "").strip():
        raise UsageError("--reason is missing: say why, it is kept with the receipt")
    found = place(config, store)
    with found.open() as opened:
        if listed:
            return _list(opened, json=json)
        if named:
            from crawler.taking_down import begin

            keys = _confirmed(opened, named, cluster=cluster, yes=yes)
            if not keys:
                tell("nothing was taken down")
                return DONE
            begin(opened, keys, who=named_user(who), reason=(reason or "").strip())
        return _finish(opened, found, json=json)


def _finish(opened: "SqlStore", found: Place, *, json: bool) -> int:
    from crawler.rules import rules_of
    from crawler.taking_down import finish

    archive = found.config.store.archive
    done = finish(opened, Path(archive) if archive else None, rules_of(found.config))
    if json:
        print_json(done)
    else:
        _tell(done)
    return PARTLY if done.left else DONE


def _list(opened: "SqlStore", *, json: bool) -> int:
    from storage import takedowns

    with opened.database.read() as connection:
        receipts = takedowns.receipts(connection)
    if json:
        print_json({"takedowns": receipts})
    else:
        for each in receipts:
            _tell_receipt(each)
        if not receipts:
            tell("nothing was ever taken down")
    return DONE


def _confirmed(opened: "SqlStore", named: list[str], *, cluster: bool, yes: bool) -> list[str]:
    """The keys to take, of those named and of their clusters."""
    meant = _meant(opened, named)
    others = [key for key in _clusters(opened, meant) if key not in meant]
    if yes:
        return [*meant, *others] if cluster else meant
    if not is_terminal(sys.stdin):
        raise UsageError("there is no terminal to confirm on: give --yes, and --cluster for all")
    keys = [*meant, *others]
    _show(opened, keys)
    asked = f"take down which? (1 to {len(keys)}, several with spaces, all; nothing to leave)"
    return _chosen(typer.prompt(asked, default="", show_default=False), keys)


def _chosen(said: str, keys: list[str]) -> list[str]:
    """
    >>> _chosen("1 3", ["a", "b", "c"]), _chosen("all", ["a", "b"]), _chosen("", ["a"])
    (['a', 'c'], ['a', 'b'], [])
    """
    words = said.replace(",", " ").split()
    if words == ["all"]:
        return keys
    if not all(word.isdecimal() and 1 <= int(word) <= len(keys) for word in words):
        raise UsageError(f"{said}: answer with numbers from 1 to {len(keys)}, or all")
    return [keys[int(word) - 1] for word in dict.fromkeys(words)]


def _meant(opened: "SqlStore", named: list[str]) -> list[str]:
    from storage import takedowns

    keys: dict[str, None] = {}
    with opened.database.read() as connection:
        for each in named:
            found = takedowns.named(connection, each)
            if not found:
                raise UsageError(
                    f"{each}: no record has this key or address; glean export jsonl lists them"
                )
            keys |= dict.fromkeys(found)
    return [*keys]


def _clusters(opened: "SqlStore", keys: list[str]) -> list[str]:
    together: dict[str, None] = {}
    for key in keys:
        cluster = opened.cluster_of(key)
        together |= dict.fromkeys(() if cluster is None else cluster.keys)
    return [*together]


def _show(opened: "SqlStore", keys: list[str]) -> None:
    records = [opened.record(key) for key in keys]
    print_table(
        ("#", "#year", "~title or abstract"),
        (
            (number, str(each.year or ""), each.title or each.abstract or each.text)
            for number, each in enumerate(records, 1)
        ),
        below=keys,
    )


def _tell(done: "Finished") -> None:
    for each in done.receipts:
        _tell_receipt(each)
    for left in done.left:
        say(f"not done yet: {left}")
    if done.left:
        say("run glean takedown --resume then; the records are out of the store already")
    elif not done.receipts:
        tell("nothing is left to be done")


def _tell_receipt(each: dict[str, Any]) -> None:
    tell(
        f"takedown {each['takedown']}: {counted(len(each['records']), 'record')}, {each['reason']}"
    )
    tell(f"  asked by {each['who']}, {each['begun_at']}; done {each['ended_at'] or 'not yet'}")
    for key in each["records"]:
        tell(f"  {key}")
    rows = ", ".join(f"{count:,} of {table}" for table, count in each["rows"].items())
    tell(f"  rows removed: {rows}")
    if each["decisions"]:
        told = counted(each["decisions"], "decision")
        tell(f"  {told} about them: kept with who, when and why; glean export decisions lists them")
    archive, database = each["archive"], each["database"]
    if archive is not None:
        members, searched = archive["members"], counted(archive["searched"], "response")
        tell(f"  archive: {counted(members, 'response')} barred, {searched} searched")
        for url in archive["said_by_others"]:
            tell(f"    a record that stays says the same: {url}")
        for where in archive["unread"]:
            tell(f"    cannot be decoded, and so was not searched: {where}")
    if database is not None and database["remains"]:
        tell("  database: records that stay say some of the same")
    for copy in each["copies"]:
        tell(f"  not edited: {copy['kind']} {copy['path']}, {copy['made_at']}")
