"""What the local page says in Chinese: all that it says in English, and nothing left over."""

import tomllib
from typing import Any

from reports.labels import labels_of
from storage.firings import STATES
from web.rendering import FOLDER, _environment

OWN = tomllib.loads((FOLDER / "zh.toml").read_text("utf-8"))["messages"]


def test_every_sentence_of_the_templates_is_there_and_no_other() -> None:
    environment: Any = _environment("en")
    said = set()
    for path in (FOLDER / "templates").glob("*.html"):
        for _, _, found in environment.extract_translations(path.read_text("utf-8")):
            forms = [found] if isinstance(found, str) else [each for each in found if each]
            said |= set(forms[-1:])
    reports = labels_of("zh").messages
    assert {*OWN} == said - {*reports}
    assert {*OWN}.isdisjoint(reports)


def test_every_state_of_a_scheduled_run_has_a_word() -> None:
    words = labels_of("zh", FOLDER).words
    assert {*STATES} <= {*words}
