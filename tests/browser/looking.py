"""What one look at an open page tells: whether it fits, reads, and can be reached by key."""

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

_SPILT = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const out = [...document.body.querySelectorAll('*')].filter((element) => {
    const box = element.getBoundingClientRect();
    const cut = box.right > wide + 1 || (box.left < -1 && box.right > 0);
    return box.width && cut && !scrolls(element);
  });
  return {page: document.documentElement.scrollWidth - wide,
          out: out.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))};
}"""
_FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {what: at === document.body ? 'body' : at.outerHTML.slice(0, 100),
          words: (at.getAttribute('aria-label') || at.innerText || at.name || '').trim(),
          outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
          seen: box.bottom > 0 && box.top < innerHeight && box.width > 0};
}"""
TOUCH = """() => {
  document.querySelectorAll('details').forEach((each) => { each.open = true });
  for (const each of document.body.querySelectorAll('*')) {
    each.focus?.();
    const kinds = each.closest('a, button') ? ['mouseover'] : ['mouseover', 'mouseenter', 'click'];
    for (const kind of kinds) each.dispatchEvent(new MouseEvent(kind, {bubbles: true}));
  }
}"""
"""Unfolds and touches everything that a reader could, and follows no link."""


def violations(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds wrong, one line each: the rule and where it is broken; of all rules, or of
    these alone."""
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {json.dumps(node['target'])}" for each in found for node in each["nodes"]
    ]


def spilt(page: Page) -> dict[str, Any]:
    """How many CSS pixels the page scrolls sideways, and what stands outside of it: nothing may,
    but within what scrolls by itself."""
    told: dict[str, Any] = page.evaluate(_SPILT)
    return told


def tabbed(page: Page, times: int) -> list[dict[str, Any]]:
    """What each press of the tabulator leads to."""
    stops = []
    for _ in range(times):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(_FOCUSED))
    return stops


def background(page: Page) -> tuple[int, ...]:
    """Red, green and blue behind the page, 0 to 255 each."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(int(part) for part in colour.strip("rgba()").split(",")[:3])


def squeezed(text: str) -> str:
    """Text without its white space, which pages collapse."""
    return "".join(text.split())
