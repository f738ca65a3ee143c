"""Writes the generated parts of the docs: a command's options, the table of problem codes, the
S-curve with its numbers.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; all else is by hand.
"""

import ast
import inspect
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli.app import app
from cli.bodies import UNREAD
from crawler.config_errors import as_toml
from dedup.bands import WORDS, s_curve
from dedup.scheme import DEFAULT, Scheme
from docs.curve import drawn_curve
from spiders.pages import PROBLEMS
from spiders.pages.profile import Addresses, Politeness, Profile
from spiders.pages.selected.layout import Fields, Guard, Layout
from spiders.pages.selected.tries import Try
from storage.exports import ris
from storage.exports.columns import COLUMNS

LAYOUT = (Layout, Guard, Fields, Try)
DOCS = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: (?P<name>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def commands() -> dict[str, Any]:
    """Every command by its name as it is typed, ``export jsonl``."""
    found: dict[str, Any] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        if below:
            found |= {f"{name} {each}": sub for each, sub in below.items()}
        else:
            found[name] = command
    return found


def options_of(command: Any) -> list[tuple[str, str]]:
    """(how it is typed, what it means) of every argument and option but --help."""
    rows = []
    for each in command.params:
        if each.param_type_name == "argument":
            rows.append((each.metavar or each.name.upper(), each.help or ""))
            continue
        if "--help" in each.opts:
            continue
        typed = " or ".join(each.opts)
        if not each.is_flag:
            typed += f" {(each.metavar or 'N').replace('|', ' or ')}"  # a bar ends a cell
        default = each.default
        unsaid = default in (None, "") or isinstance(default, bool)
        shown = "" if unsaid else f" Default: `{default}`."
        rows.append((typed, f"{each.help or ''}{shown}"))
    return rows


def command_part(name: str) -> str:
    command = commands()[name]
    table = "\n".join(f"| `{typed}` | {meaning} |" for typed, meaning in options_of(command))
    return f"{command.help}\n\n| | |\n|---|---|\n{table}\n"


def problems_part(_name: str) -> str:
    rows = [(code, kind.severity, kind.meaning) for code, kind in PROBLEMS.items()]
    rows += [(code, "error", meaning) for code, meaning in UNREAD.items()]
    table = "\n".join(f"| `{code}` | {severity} | {meaning} |" for code, severity, meaning in rows)
    return f"| code | severity | meaning |\n|---|---|---|\n{table}\n"


def profiles_part(name: str) -> str:
    """The keys of one table of a profile, from its model."""
    model = {each.__name__: each for each in (Profile, Politeness, Addresses, *LAYOUT)}[name]
    meanings = docstrings_of(model)
    rows = []
    for key, each in model.model_fields.items():
        meaning = " ".join(meanings.get(key, "").split())
        needed = "**required** " if each.is_required() else ""
        default = each.get_default(call_default_factory=True)
        shown = f" Default: `{as_toml(default)}`." if isinstance(default, bool | float) else ""
        rows.append(f"| `{each.alias or key}` | {needed}{meaning}{shown} |")
    return "| key | |\n|---|---|\n" + "\n".join(rows) + "\n"


def exports_part(name: str) -> str:
    """The columns of an export, or the tags of RIS that say where a reference comes from."""
    if name == "ris":
        rows = [f"| `{tag}` | {said} |" for tag, said in ris.PROVENANCE.items()]
        return "\n".join(["| tag | holds |", "|---|---|", *rows]) + "\n"
    rows = [f"| `{each.name}` | {each.kind} | {each.meaning} |" for each in COLUMNS]
    return "\n".join(["| column | holds | |", "|---|---|---|", *rows]) + "\n"


def docstrings_of(model: type) -> dict[str, str]:
    """What stands below each field of a model. Pydantic would read it too, whenever a profile is
    imported, and that took longer than all else there is to do with them."""
    (described,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(described, ast.ClassDef)
    found = {}
    for field, below in pairwise(described.body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
            assert isinstance(field.target, ast.Name)
            assert isinstance(below.value, ast.Constant)
            found[field.target.id] = str(below.value.value)
    return found


def deduplication_part(name: str) -> str:
    """What bands find, the numbers of the scheme, or under what a record looks for its like."""
    if name == "bands":
        chances = [(step / 10, s_curve(DEFAULT, step / 10)) for step in range(1, 11)]
        rows = [f"| {at:.1f} | {share:.1%} | {1 - share:.2%} |" for at, share in chances]
        return "\n".join(["| similarity | found | missed |", "|---|---|---|", *rows]) + "\n"
    if name == "signature":
        return (
            f"There are {DEFAULT.permutations} of them: {DEFAULT.bands} bands of {DEFAULT.rows} "
            "neighbouring ones, and one equal band is enough.\n"
        )
    if name == "buckets":
        return "".join(f"- {words}\n" for words in WORDS.values())
    rows = [
        f"| `{key}` | {getattr(DEFAULT, key)} | {' '.join(meaning.split())} |"
        for key, meaning in docstrings_of(Scheme).items()
    ]
    return "\n".join(["| number | | |", "|---|---|---|", *rows]) + "\n"


PARTS: dict[str, Callable[[str], str]] = {
    "commands": command_part,
    "deduplication": deduplication_part,
    "exports": exports_part,
    "problems": problems_part,
    "profiles": profiles_part,
}
"""File, without its ending, to what writes its parts."""
CURVE = DOCS / "images" / "s-curve.svg"


def rendered(path: Path) -> str:
    """A file with its generated parts as they should be."""
    part = PARTS[path.stem]
    return _PART.sub(
        lambda found: f"{found[1]}{part(found['name'])}{found[3]}", path.read_text("utf-8")
    )


def main() -> None:
    for name in PARTS:
        path = DOCS / f"{name}.md"
        path.write_text(rendered(path), "utf-8")
    CURVE.write_text(drawn_curve(DEFAULT), "utf-8")


if __name__ == "__main__":
    main()
