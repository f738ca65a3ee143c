"""``glean profile``: sites as files, tested on pages, and begun from a page."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.bodies import Body, Missing, bodies_of
from cli.endings import DONE, FAILED, GATE
from cli.options import ConfigFile, Debug, Json
from cli.place import check_web
from cli.terminal import counted, print_json, print_table, say, tell
from records import InputError, UsageError

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


@profile.command("new")
def new_profile(
    page: Annotated[
        str, typer.Argument(metavar="URL_OR_FILE", help="A result page with several records.")
    ],
    url: Annotated[
        str | None, typer.Option("--url", metavar="U", help="The address the file came from.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Else NAME.toml in the folder of profiles."),
    ] = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> int:
    """Write a first profile of a site, from what is read automatically of one of its pages."""
    from spiders.pages import read
    from spiders.pages.decoding import decode
    from spiders.pages.known import profile_of_file
    from spiders.pages.profile import NAME
    from spiders.pages.selected.drafting import draft_of
    from spiders.pages.selected.written import as_toml

    known, folder = _known(config)
    body = _body(page, url, config, known)
    came_from, charset = body.url or url, body.charset
    read_as = read(body.content, url=came_from, profile="auto", charset=charset)
    address = read_as.url
    name = out.stem if out is not None else _named_after(address, page)
    file = out if out is not None else folder / f"{name}.toml"
    if not NAME.fullmatch(name) or file.suffix != ".toml":
        raise UsageError(f"{file}: name the file with small letters, digits and dashes, and .toml")
    if file.exists():
        raise UsageError(f"{file}: is there already, and is never written over; give --out FILE")
    if not read_as.records:
        why = read_as.problems[0].message if read_as.problems else "it says there are no records"
        say(f"{page}: nothing to go by: {why}; give another page, or write the profile by hand")
        return FAILED
    decoded = decode(body.content, charset)
    text = as_toml(draft_of(decoded.text, read_as), name, urlsplit(address or "").hostname)
    _write_new(file, text)
    again = read(
        body.content,
        url=came_from,
        profile=name,
        charset=charset,
        profiles=known.with_files([file]),
    )
    loaded = profile_of_file(file)
    tell(
        f"{file}: profile {loaded.name} reads {counted(len(again.records), 'record')} of the page, "
        f"where {len(read_as.records)} were read automatically; go through what says check in it"
    )
    for problem in again.problems:
        say(f"{page}: {problem.severity} {problem.code}: {problem.message}")
    return DONE if again.ok else GATE


def _named_after(url: str | None, page: str) -> str:
    """A profile's name from a host, else from a file."""
    host = (urlsplit(url or "").hostname or Path(page).stem).removeprefix("www.")
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:64] or "site"


def _body(page: str, url: str | None, config: Path | None, known: "Profiles") -> Body:
    """A page, of a file or the web. Raises UsageError, InputError."""
    if url is not None:
        check_web(url)
    (body,) = bodies_of([page], config, known)
    if isinstance(body, Missing):
        raise InputError(f"{page}: {body.why.removeprefix(f'{page}: ')}")
    return body


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises UsageError where it is, or cannot be."""
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise UsageError(f"{file}: is there already, and is never written over") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error


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
