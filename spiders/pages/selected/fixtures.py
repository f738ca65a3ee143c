"""Pages kept beside a profile with what must be read of them: ``SITE/NAME.html`` and
``SITE/NAME.json``, which says ``url``, ``fetched`` (a day), ``charset``, and ``expected``.

``expected`` is a page object of `glean read`, of which everything but the records may be left out,
and of each record what does not matter; problems are their codes.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from records import ResultPage, as_json
from spiders.pages.known import Profiles
from spiders.pages.reading import read

_SHOWN = 80


def fixtures_of(folder: Path) -> list[Path]:
    """The descriptions of the pages in a profile's folder; none where it is not there."""
    return sorted(folder.glob("*.json"))


def differences(fixture: Path, profile: str, known: Profiles) -> Iterator[str]:
    """What is read otherwise than expected, field by field; nothing where all is right."""
    try:
        said = json.loads(fixture.read_text("utf-8"))
        body = fixture.with_suffix(".html").read_bytes()
        day = date.fromisoformat(said["fetched"]) if said.get("fetched") else None
        expected = dict(said["expected"])
        expected["records"] = [dict(each) for each in expected["records"]]
        page = read(body, said.get("url"), None, said.get("charset"), day, known)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"cannot be tested: {type(error).__name__}: {error}"
        return
    yield from _of_page(page, {"profile": profile, "problems": []} | expected)


def _of_page(page: ResultPage, expected: dict[str, Any]) -> Iterator[str]:
    read_as = as_json(page)
    read_as["problems"] = [problem.code for problem in page.problems]
    records = read_as.pop("records")
    wanted = expected.pop("records")
    yield from _of_fields("", read_as, expected)
    if len(records) != len(wanted):
        yield f"records: {len(records)} were read, {len(wanted)} expected"
    for place, (record, fields) in enumerate(zip(records, wanted, strict=False), start=1):
        yield from _of_fields(f"record {place}, ", record, fields)


def _of_fields(where: str, read_as: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if name not in read_as:
            yield f"{where}{name}: there is no such key"
        elif isinstance(value, dict) and isinstance(read_as[name], dict):
            yield from _of_fields(f"{where}{name}.", read_as[name], value)
        elif read_as[name] != value:
            yield f"{where}{name}: read {_shown(read_as[name])}, expected {_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
