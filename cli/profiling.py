"""``glean profile``: sites as files, tested on pages, and begun from a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.endings import DONE, FAILED, GATE
from cli.options import ConfigFile, Debug, Json
from cli.terminal import counted, print_json, print_table, say, tell

if TYPE_CHECKING:
    from spiders.pages.known import Profiles

profile = typer.Typer(help="What is known of sites: list profiles, test them, begin a new one.")


@profile.command("list")
def list_profiles(config: ConfigFile = None, json: Json = False, debug: Debug = False) -> None:
    """List the profiles that pages are read by: those that ship, and your own."""
    known, folder = _known(config)
    said = [
        {
            "name": each.name,
            "hosts": list(each.hosts),
            "harvest": each.harvest,
            "layouts": len(each.layout),
            "pages": len(_fixtures(each.name, folder)),
            "own": _is_own(each.name, folder),
        }
        for each in sorted(known, key=lambda one: one.name)
    ]
    if json:
        print_json({"profiles": said})
        return
    print_table(
        ("name", "~hosts", "#layouts", "#test pages", "harvest", "from"),
        ((*_cells(each),) for each in said),
    )


def _cells(said: dict[str, Any]) -> tuple[str | int, ...]:
    hosts = ", ".join(said["hosts"]) or "any, by its guard"
    fetched = "yes" if said["harvest"] else "never"
    home = "yours" if said["own"] else "gleanings"
    return (said["name"], hosts, said["layouts"], said["pages"], fetched, home)


@profile.command("test")
def check_profiles(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Else every profile.")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Read the pages that are kept beside profiles, and compare with what must be read of them."""
    from spiders.pages.selected.fixtures import differences

    known, folder = _known(config)
    chosen = [known.named(name).name for name in dict.fromkeys(names or known.names)]
    said = []
    for name in chosen:
        for fixture in _fixtures(name, folder):
            found = list(differences(fixture, name, known))
            said.append({"profile": name, "page": fixture.stem, "differences": found})
    if json:
        print_json({"pages": said})
    else:
        _show_tests(chosen, said)
    if not said:
        say("there is no page to test with: keep some beside the profile, NAME/PAGE.html and .json")
        return FAILED
    return GATE if any(each["differences"] for each in said) else DONE


def _show_tests(chosen: list[str], said: list[dict[str, Any]]) -> None:
    for name in chosen:
        own = [each for each in said if each["profile"] == name]
        wrong = [each for each in own if each["differences"]]
        if not own:
            tell(f"{name}: no page to test with")
        elif wrong:
            tell(f"{name}: {len(wrong)} of {counted(len(own), 'page')} read otherwise")
        else:
            tell(f"{name}: {counted(len(own), 'page')} as expected")
        for each in wrong:
            for difference in each["differences"]:
                tell(f"  {each['page']}: {difference}")


def _known(config: Path | None) -> "tuple[Profiles, Path]":
    """The profiles, and the user's folder of them, which need not exist."""
    import os

    from crawler.config import load_config
    from spiders.pages.known import profiles_of

    folder = load_config(config, os.environ).reading.profiles
    return profiles_of(folder), Path(folder)


def _is_own(name: str, folder: Path) -> bool:
    return (folder / f"{name}.toml").is_file()


def _fixtures(name: str, folder: Path) -> list[Path]:
    from spiders.pages.known import SHIPPED
    from spiders.pages.selected.fixtures import fixtures_of

    return fixtures_of((folder if _is_own(name, folder) else SHIPPED) / name)
