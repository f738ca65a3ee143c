"""Figures to one HTML file that asks nothing of anywhere: styles within, charts as inline SVG."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from base64 import b64encode
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from records import InputError
from records.visible import visible
from reports import charts

if TYPE_CHECKING:
    from reports.figures import Figures


def render(figures: Figures) -> str:
    """The whole page of a store. Equal figures give equal bytes."""
    return render_page("report.html", figures)


def render_page(template: str, figures: object) -> str:
    """A page made by a template of this folder that extends ``frame.html``."""
    environment = _environment()
    style = environment.get_template("style.html").render()
    # The style's own hash lets it in, and no other style, script, image or request.
    allowed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(
        figures=figures, style=style, style_hash=allowed
    )


def write_report(figures: Figures, path: Path) -> None:
    """Write the page as `write_text` does. Raises InputError."""
    write_text(render(figures), path)


def write_text(text: str, path: Path) -> None:
    """Write a file; its readers see the old one or the whole new one.

    Raises InputError where it cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: cannot be written: it is no file")
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


class CompiledTemplates(BytecodeCache):
    """Templates as code, which takes longer to make than a page of them: kept in a folder, where
    that can be written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError), self._file(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".template-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    bucket.write_bytecode(file)
                Path(name).replace(self._file(bucket))
            finally:
                Path(name).unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key}.{sys.implementation.cache_tag}.template"


@lru_cache
def _environment() -> Environment:
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        bytecode_cache=CompiledTemplates(folder / "__pycache__"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.finalize = _visible
    environment.filters |= {
        "number": number,
        "percent": percent,
        "link": safe_link,
    }
    environment.globals |= {"charts": charts}
    return environment


def _visible(value: object) -> object:
    """What a template prints: text of others without what a browser would obey."""
    return visible(value, keep="\n\t") if type(value) is str else value


def number(value: float) -> str:
    """
    >>> number(1234567), number(0.5)
    ('1,234,567', '0.5')
    """
    return f"{value:,}"


def percent(value: float) -> str:
    """
    >>> percent(0.1234), percent(0), percent(0.00004), percent(0.99996), percent(1)
    ('12.3 %', '0 %', 'under 0.1 %', 'over 99.9 %', '100 %')
    """
    if 0 < value < 0.001:
        return "under 0.1 %"
    if 0.999 < value < 1:
        return "over 99.9 %"
    return f"{value * 100:.1f}".removesuffix(".0") + " %"


def safe_link(url: str | None) -> str | None:
    """An address that a click may open: http or https, else None.

    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
