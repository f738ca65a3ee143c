"""Which room may import what, read from the source: ours and third-party names alike.

The standard library is free to all. A name allows what lies below it (``records`` allows
``records.errors``, ``crawler.config`` allows nothing else of ``crawler``).
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Room:
    """What modules under one path may import besides themselves."""

    names: frozenset[str]
    everything: bool = False
    """The commands: any room, and any package, each inside the function that needs it."""


def _room(*names: str) -> Room:
    return Room(frozenset(names))


ROOMS = {
    "records": _room(),
    "dedup": _room("records", "numpy", "numba", "datasketch", "rapidfuzz", "pyarrow", "orjson"),
    "storage": _room(
        *("records", "dedup", "sqlalchemy", "alembic", "numpy", "pyarrow", "tantivy"),
        *("fastwarc", "warcio", "orjson"),
    ),
    "spiders": _room("records", "spiders.pages", "scrapy"),
    "spiders.pages": _room("records", "bs4", "cssselect", "lxml", "pydantic", "re2"),
    "reports": _room("records", "dedup", "storage", "jinja2"),
    "crawler": _room(
        *("records", "dedup", "storage", "spiders", "scheduling.triggers"),
        *("scrapy", "twisted", "w3lib", "pydantic", "aiohttp"),
    ),
    "web": _room("records", "dedup", "storage", "reports", "starlette", "uvicorn", "jinja2"),
    "scheduler": _room(
        *("records", "crawler.config", "crawler.schedules", "scheduling"),
        *("storage.database", "storage.firings", "apscheduler"),
    ),
    "scheduling": _room(
        *("records", "crawler.config", "crawler.schedules"),
        *("storage.database", "storage.engine", "storage.firings", "apscheduler", "tzlocal"),
    ),
    "cli": Room(frozenset({"records", "typer", "rich"}), everything=True),
}
"""A module belongs to the longest name that it lies under."""

OURS = {name.partition(".")[0] for name in ROOMS} | {"tests", "docs", "benchmarks", "examples"}
SOURCES = sorted(
    path
    for name in ROOMS
    if "." not in name
    for path in [*(ROOT / name).rglob("*.py"), ROOT / f"{name}.py"]
    if path.exists()
)
FORBIDDEN_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "base", "misc"}
MOST_LINES = 400
MOST_LINES_A_FUNCTION = 60
MOST_LINES_A_KERNEL = 240
KERNELS = {"alike", "title_tokens"}
"""Machines that go from character to character: what they know is in local variables, which a
function of its own for each step would have to take from memory at every character."""


@dataclass(frozen=True)
class Import:
    name: str
    """In full: ``x.y`` for ``from x import y``, whether or not y is a module."""
    line: int
    in_function: bool
    for_types: bool
    """Under ``if TYPE_CHECKING``: nothing is imported when the program runs."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Every import of a module, also inside functions and by `importlib`; `package`: it lies in."""

    def walk(node: ast.AST, in_function: bool, for_types: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            for name in imported_by(child, package):
                yield Import(name, getattr(child, "lineno", 0), in_function, for_types)
            inside = in_function or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                for part in child.body:
                    yield from walk(ast.Module([part], []), inside, True)
                for part in child.orelse:
                    yield from walk(ast.Module([part], []), inside, for_types)
            else:
                yield from walk(child, inside, for_types)

    yield from walk(ast.parse(source), False, False)


def imported_by(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parts = package.split(".")
        origin = parts[: len(parts) - node.level + 1] if node.level else []
        origin += [node.module] if node.module else []
        yield from (".".join([*origin, alias.name]) for alias in node.names)
    elif isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        literal = node.args[0] if node.args else None
        if called in ("import_module", "__import__") and isinstance(literal, ast.Constant):
            yield str(literal.value)


def room_of(module: str) -> str:
    return max((name for name in ROOMS if covers(name, module)), key=len)


def covers(name: str, module: str) -> bool:
    return module == name or module.startswith(name + ".")


def violations(source: str, module: str, *, package: str | None = None) -> list[str]:
    """What a module imports and may not, a line each; `package`: it lies in, its own name for
    an ``__init__``."""
    own = room_of(module)
    room = ROOMS[own]
    found = []
    for each in imports_of(source, package or module.rpartition(".")[0]):
        top = each.name.partition(".")[0]
        deferred = each.in_function or each.for_types
        allowed = (
            (top not in OURS and top in sys.stdlib_module_names)
            or (covers(own, each.name) and room_of(each.name) == own)
            or any(covers(name, each.name) for name in room.names)
            or (room.everything and deferred)
        )
        if not allowed:
            found.append(f"{module}:{each.line} imports {each.name}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_room_names(path: Path) -> None:
    module = module_name(path)
    package = module if path.name == "__init__.py" else None
    assert violations(path.read_text("utf-8"), module, package=package) == []


@pytest.mark.parametrize(
    ("module", "source", "imported"),
    [
        ("records.nouns", "import dedup", "dedup"),
        ("records.nouns", "import numpy as np", "numpy"),
        ("dedup.text", "from storage import sql", "storage.sql"),
        ("dedup.text", "def f():\n    import scrapy", "scrapy"),
        ("dedup.text", "async def f():\n    from sqlalchemy import select", "sqlalchemy.select"),
        ("dedup.text", "class A:\n    def f(self):\n        import bs4.element", "bs4.element"),
        ("dedup.text", "from importlib import import_module\nimport_module('lxml')", "lxml"),
        ("dedup.text", "__import__('lxml')", "lxml"),
        ("storage.sql", "from reports import write_report", "reports.write_report"),
        ("storage.sql", "try:\n    import psycopg\nexcept ImportError:\n    pass", "psycopg"),
        ("spiders.similar", "import bs4", "bs4"),
        ("spiders.pages.layout", "import scrapy", "scrapy"),
        ("spiders.pages.layout", "from spiders import similar", "spiders.similar"),
        ("spiders.pages.layout", "from .. import similar", "spiders.similar"),
        ("reports.figures", "from crawler.config import Config", "crawler.config.Config"),
        ("crawler.run", "import cli", "cli"),
        ("crawler.run", "from tests import anything", "tests.anything"),
        ("scheduler", "from crawler import run", "crawler.run"),
        ("scheduler", "import storage.sql", "storage.sql"),
        ("cli.asking", "import storage", "storage"),
        ("cli.asking", "import scrapy", "scrapy"),
    ],
)
def test_a_planted_import_is_found(module: str, source: str, imported: str) -> None:
    (found,) = violations(source, module)
    assert found.endswith(f" imports {imported}")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "dedup.text",
            "import re\nimport numpy\nfrom dedup import scheme\nfrom . import names",
        ),
        ("spiders.similar", "from spiders.pages import read\nimport scrapy"),
        ("spiders.pages.layout", "from spiders.pages.text import read\nfrom lxml import html"),
        ("scheduler", "from crawler.config import load_config\nfrom storage import firings"),
        ("cli.asking", "import typer\ndef f():\n    import scrapy\n    from storage import sql"),
        (
            "cli.asking",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from storage import Store",
        ),
    ],
)
def test_an_allowed_import_is_let_through(module: str, source: str) -> None:
    assert violations(source, module) == []


def test_every_package_is_a_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.stem for path in ROOT.glob("*.py")}
    assert packages | modules <= OURS


def sources_with_tests() -> list[Path]:
    aside = [p for folder in ("tests", "docs", "benchmarks") for p in (ROOT / folder).rglob("*.py")]
    return sorted([*SOURCES, *aside])


@pytest.mark.parametrize("path", sources_with_tests(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_named_for_its_idea(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert not path.stem.startswith("base_")
    source = path.read_text("utf-8")
    assert source.count("\n") <= MOST_LINES
    if "versions" in path.parts:  # a migration is a list of tables, written once
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            kernel = node.name in KERNELS and "compiled" in path.parts
            most = MOST_LINES_A_KERNEL if kernel else MOST_LINES_A_FUNCTION
            assert node.end_lineno - node.lineno < most, node.name
