"""The docs name every command with its options, and no command that does not exist."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cli import main
from reports.figures import Figures

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def load_generator() -> Any:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()
COMMANDS = GENERATOR.commands()
REFERENCE = (DOCS / "commands.md").read_text("utf-8")


def section(name: str) -> str:
    """What the reference says of one command."""
    found = re.search(rf"^### glean {re.escape(name)}\n(.*?)(?=^##|\Z)", REFERENCE, re.S | re.M)
    assert found, f"docs/commands.md has no section for glean {name}"
    return found[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_section_with_every_option(name: str) -> None:
    text = section(name)
    for each in COMMANDS[name].params:
        for option in each.opts if each.param_type_name == "option" else ():
            assert option in text or option == "--help", f"{option} of glean {name}"
    assert COMMANDS[name].help


def test_the_reference_names_no_command_that_is_gone() -> None:
    assert set(re.findall(r"^### glean (.+)$", REFERENCE, re.M)) == set(COMMANDS)


@pytest.mark.parametrize("name", GENERATOR.PARTS)
def test_generated_parts_are_fresh(name: str) -> None:
    path = DOCS / f"{name}.md"
    assert path.read_text("utf-8") == GENERATOR.rendered(path), "stale: run make docs"


def test_the_curve_is_that_of_the_scheme() -> None:
    drawn = GENERATOR.CURVE.read_text("utf-8")
    assert drawn == GENERATOR.drawn_curve(GENERATOR.DEFAULT), "stale: run make docs"
    assert drawn != GENERATOR.drawn_curve(GENERATOR.Scheme.from_threshold(0.9))


def test_a_stale_part_would_be_noticed(tmp_path: Path) -> None:
    path = tmp_path / "problems.md"
    stale = (DOCS / "problems.md").read_text("utf-8").replace("| `captcha` |", "| `robot` |")
    path.write_text(stale, "utf-8")
    assert GENERATOR.rendered(path) != stale


def test_a_problem_code_is_listed_once() -> None:
    codes = re.findall(r"^\| `(.+?)` \|", (DOCS / "problems.md").read_text("utf-8"), re.M)
    assert len(codes) == len(set(codes))


def test_every_figure_of_the_report_is_named() -> None:
    text = section("report")
    for name in Figures.__dataclass_fields__:
        assert f"`{name}`" in text, name


def readme_commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    typed = [shlex.split(line, comments=True) for line in lines]
    return [words for words in typed if words and words[0].endswith("glean")]


@pytest.mark.parametrize("words", readme_commands(), ids=" ".join)
def test_a_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    names = [name for name in COMMANDS if words[1 : 1 + len(name.split())] == name.split()]
    assert len(names) == 1
    known = {option for each in COMMANDS[names[0]].params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_readme_names_the_make_targets_that_there_are() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert {"demo", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize(
    "page",
    ["README.md", *sorted(f"docs/{page.name}" for page in DOCS.glob("*.md"))],
)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        assert "://" in target or (path.parent / target).exists(), target


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    files = ["Makefile", ".ci/run", "constraints.txt", "pyproject.toml", "README.md"]
    for name in files:
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"https?://|index-url|/home/|/root/|/work/", text), name


def test_pins_are_names_and_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert len({line.partition("==")[0].casefold() for line in lines}) == len(lines)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)


def test_a_command_asked_for_help_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([*name.split(), "--help"]) == 0
        assert COMMANDS[name].help.split()[0] in capsys.readouterr().out
