"""The reader's source names no class, no id and no nesting: nobody knows the site's markup."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import spiders.pages

ROOM = Path(spiders.pages.__file__).parent
SOURCES = sorted(path for path in ROOM.glob("*.py") if path.stem != "redacting")
"""What bars a record reads nothing by its names: it leaves them alone."""
PROFILES = [
    path
    for path in sorted(ROOM.glob("profiles/*.toml"))
    if "[addresses]" in path.read_text("utf-8")
]

ATTRIBUTES = {"class", "id", "className", "classname"}
SEARCHES = {
    *("select", "select_one", "css", "cssselect", "CSSSelector", "xpath", "find_class"),
    *("find_all", "findall_tag", "find_parent", "find_parents", "find_next", "find_previous"),
    *("find_next_sibling", "find_next_siblings", "find_previous_sibling", "get_element_by_id"),
    *("getparent", "getnext", "getprevious", "iterchildren", "itersiblings", "iterancestors"),
    *("parent", "parents", "children", "next_sibling", "previous_sibling"),
}
ARGUMENTS = {"class_", "attrs", "id_"}
SELECTOR = re.compile(
    r"@(?:class|id|name)\b"  # XPath on what a site calls its elements
    r"|(?:^|[^/:])//?[a-z]\w*/(?:\w+::)?[a-z]\w*(?:\[|/|$)"  # XPath by nesting
    r"|^[a-z]\w*\[\d+\]"  # by place
    r"|(?:ancestor|descendant|following|preceding|parent|child|self)::"
    r"|^\s*(?:\*|a|p|b|tr|td|th|li|ul|ol|d[dlt]|h[1-6]|div|span|font|table)?[.#](?!toml$)[A-Za-z]"
    r"|^[a-z]+\s*[>+~]\s*[a-z]+"  # CSS by nesting
    r"|\bclass\s*=|\bid\s*=\s*[\"']"
)


def named(source: str) -> Iterator[str]:
    """What of a source names a class, an id or a nesting."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if id(node) not in docs and (text in ATTRIBUTES or SELECTOR.search(text)):
                yield text
        elif isinstance(node, ast.Attribute) and node.attr in SEARCHES:
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg in ARGUMENTS:
            yield node.arg


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_reader_names_no_class_id_or_nesting(path: Path) -> None:
    assert list(named(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_profile_of_this_family_names_none_either(path: Path) -> None:
    assert "class" not in path.read_text("utf-8")
    assert not re.search(r"xpath|selector|css", path.read_text("utf-8"))


@pytest.mark.parametrize(
    "planted",
    [
        "soup.select('div.result')",
        "soup.find_all('a')",
        "tag.find('div', class_='x')",
        "tag.find('div', attrs={'x': 'y'})",
        "tree.xpath('//a')",
        "XPath('//table/tr')",
        "XPath('//*[@class=1]')",
        "XPath('descendant::td')",
        "tag.get('class')",
        "tag['id']",
        "element.getparent()",
        "X = '.record'",
        "X = '#list > li'",
        "X = 'div > p'",
        "X = 'td[2]'",
        "X = '<xsl:template match=\"td[@id]\">'",
    ],
)
def test_a_planted_selector_is_found(planted: str) -> None:
    assert list(named(planted))


def test_the_sources_are_found() -> None:
    assert {"reading", "landmarks", "blocks", "entry", "markup"} <= {path.stem for path in SOURCES}
    assert PROFILES
