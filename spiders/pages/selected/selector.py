"""CSS selectors as XPath that takes no longer than page size times depth.

The usual translation of ``a b`` visits what is below every ``a``, and libxml2 then looks for
doubles among all that it met: some 20 s for a page of 8,000 elements nested 240 deep. Here a
selector is tested from its last part backwards, as browsers do: each element looks among its own
ancestors, and the nearest one that fits will do, because whatever stands above another fitting one
stands above it too.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import CombinedSelector, Function, Pseudo, Relation, Tree, parse_series
from cssselect.parser import Selector as Parsed
from cssselect.xpath import ExpressionError, XPathExpr
from lxml import etree

LONGEST = 300
"""Characters of a selector."""

# A step that ends in a number is left when it is reached; others go on to the end of their axis.
_PSEUDO = {
    "first-child": "not(preceding-sibling::*[1])",
    "last-child": "not(following-sibling::*[1])",
    "only-child": "not(preceding-sibling::*[1]) and not(following-sibling::*[1])",
    "empty": "not(node())",
}


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector, compiled."""

    text: str
    _all: etree.XPath
    _any: etree.XPath

    def of(self, element: etree._Element) -> list[etree._Element]:
        """What it selects of an element and what is below it, in page order."""
        return cast("list[etree._Element]", self._all(element))

    def is_in(self, element: etree._Element) -> bool:
        """Whether it selects anything there."""
        return cast("bool", self._any(element))


@lru_cache(maxsize=4096)
def selector(text: str) -> Selector:
    """Raises ValueError, in words, for what is too long, no selector, or of a kind not taken."""
    if len(text) > LONGEST:
        raise ValueError(f"a selector of {len(text)} characters; {LONGEST} is the most")
    try:
        conditions = [_Translator().alone(each.parsed_tree) for each in _parsed(text)]
        path = f"descendant-or-self::{_either(conditions)}"
        found = Selector(text, etree.XPath(path), etree.XPath(f"boolean({path})"))
        found.of(etree.Element("html"))  # a prefix without a namespace shows only now
    except (SelectorError, ExpressionError, etree.XPathError) as error:
        raise ValueError(f"{text!r} is no selector that is taken here: {error}") from None
    return found


def _parsed(text: str) -> list[Parsed]:
    found = parse(text)
    for each in found:
        if each.pseudo_element:
            raise ExpressionError("it ends in a pseudo-element; write attribute or own beside it")
    return found


def _either(tests: list[XPathExpr]) -> str:
    """One step for all alternatives: a union would look for doubles."""
    if len(tests) == 1:
        return _step(tests[0])
    return f"*[{' or '.join(f'self::{_step(test)}' for test in tests)}]"


def _step(test: XPathExpr) -> str:
    return f"{test.element}[{test.condition}]" if test.condition else test.element


class _Translator(HTMLTranslator):
    """Makes every selector a test of one element, that looks back and up."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = 0
        """Within how many tests that each element makes of many others."""

    def alone(self, tree: Tree) -> XPathExpr:
        """An expression without a path: a name, and conditions."""
        found = self.xpath(tree)
        assert not found.path
        return found

    def xpath_combinedselector(self, combined: CombinedSelector) -> XPathExpr:
        runs = _runs(combined)
        own = self.alone(runs[-1][0].pop())
        self._inner += 1
        *before, last = [_Run([self.alone(part) for part in parts], signs) for parts, signs in runs]
        self._inner -= 1
        if last.signs:
            own.add_condition(last.tied())
        if before:
            own.add_condition(last.up + _above(before))
        return own

    def _xpath_match_condition(self, selector: Tree) -> str | None:
        test = self.alone(selector)
        return None if _step(test) == "*" else f"self::{_step(test)}"

    def xpath_relation(self, relation: Relation) -> XPathExpr:
        axes = {" ": "descendant::", ">": "child::", "+": "following-sibling::*[1]/self::"}
        self._refuse_within(":has()")
        self._inner += 1
        tests = []
        for sign, wanted in relation.arguments:
            if sign.value not in axes:
                raise ExpressionError("~ is not taken")
            tests.append(f"{axes[sign.value]}{_step(self.alone(wanted.parsed_tree))}")
        self._inner -= 1
        return self.alone(relation.selector).add_condition(" or ".join(tests))

    def xpath_pseudo(self, pseudo: Pseudo) -> XPathExpr:
        condition = _PSEUDO.get(pseudo.ident)
        if condition is None:
            raise ExpressionError(f":{pseudo.ident} is not taken; there are: {_TAKEN}")
        return self.alone(pseudo.selector).add_condition(condition)

    def xpath_function(self, function: Function) -> XPathExpr:
        test = self.alone(function.selector)
        if function.name == "contains":
            self._refuse_within(":contains()")
            return self.xpath_contains_function(test, function)
        if function.name not in ("nth-child", "nth-of-type"):
            raise ExpressionError(f":{function.name}() is not taken; there are: {_TAKEN}")
        name = "*" if function.name == "nth-child" else test.element
        step, place = _series(function)
        if step or place < 1:
            raise ExpressionError(f":{function.name}() takes a number from 1, and no formula")
        if place > 1:
            test.add_condition(f"preceding-sibling::{name}[{place - 1}]")
        return test.add_condition(f"not(preceding-sibling::{name}[{place}])")

    def _refuse_within(self, name: str) -> None:
        if self._inner:
            raise ExpressionError(f"{name} stands in the last part of a selector only, and once")


_TAKEN = ", ".join(
    [f":{name}" for name in _PSEUDO]
    + [":nth-child(3)", ":nth-of-type(3)", ":not()", ":has()", ':contains("…")']
)


def _series(function: Function) -> tuple[int, int]:
    try:
        return parse_series(function.arguments)
    except ValueError:
        raise ExpressionError(f":{function.name}() takes a number") from None


@dataclass(frozen=True, slots=True)
class _Run:
    """Parts of a selector that are tied together by ``>`` and ``+``."""

    tests: list[XPathExpr]
    """Of its parts; without the one that is the last of the whole selector."""
    signs: list[str]
    """Behind each test but that of a run's last part."""

    def tied(self) -> str:
        """What must hold right above and before an element that is the last part."""
        condition = ""
        for test, sign in zip(self.tests, self.signs, strict=False):
            axis = "parent::" if sign == ">" else "preceding-sibling::*[1]/self::"
            condition = f"{axis}{_step(test)}" + (f"[{condition}]" if condition else "")
        return condition

    def last(self) -> str:
        """The step to an element that is the last part."""
        return _step(self.tests[-1]) + (f"[{self.tied()}]" if self.signs else "")

    @property
    def up(self) -> str:
        """From an element that is the last part to one whose ancestors are those of the first."""
        return "parent::*/" * self.signs.count(">")


def _above(runs: list[_Run]) -> str:
    """What must stand above an element: the nearest that ends the last run, and so on."""
    *before, last = runs
    further = f"/{last.up}{_above(before)}" if before else ""
    return f"ancestor::{last.last()}[1]{further}"


def _runs(tree: Tree) -> list[tuple[list[Tree], list[str]]]:
    """The parts of a selector and the signs between them, from left to right, cut where a part
    may stand anywhere below the one before."""
    found: list[tuple[list[Tree], list[str]]] = [([], [])]
    while isinstance(tree, CombinedSelector):
        parts, signs = found[0]
        parts.insert(0, tree.subselector)
        if tree.combinator == " ":
            found.insert(0, ([], []))
        elif tree.combinator in (">", "+"):
            signs.insert(0, tree.combinator)
        else:
            raise ExpressionError(f"{tree.combinator} is not taken")
        tree = tree.selector
    found[0][0].insert(0, tree)
    return found
