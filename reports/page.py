"""Figures to one HTML file that asks nothing of anywhere: styles within, charts as inline SVG."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import InternationalizationExtension

from records import InputError
from records.visible import visible
from reports import charts
from reports.labels import ENGLISH, Labels, labels_of

if TYPE_CHECKING:
    from reports.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisRun:
    """When a report was made, and by what. Not of its figures: equal stores have equal ones."""

    written: str
    """ISO 8601 UTC."""
    seconds: float
    """That it took to gather the figures."""
    version: str


def render(figures: Figures, language: str = "en", this_run: ThisRun | None = None) -> str:
    """The whole page of a store. Equal figures, made in equal runs, give equal bytes."""
    return render_page("report.html", figures, language, this_run=this_run)


def render_page(template: str, figures: object, language: str = "en", **more: object) -> str:
    """A page made by a template of this folder that extends ``frame.html``. Raises UsageError for
    a language that there is not."""
    environment = environment_of(language)
    style = environment.get_template("style.html").render()
    # The style's own hash lets it in, and no other style, script, image or request.
    allowed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(
        figures=figures, style=style, style_hash=allowed, **more
    )


def write_report(figures: Figures, path: Path, language: str = "en") -> None:
    """Write the page as `write_text` does. Raises InputError."""
    write_text(render(figures, language), path)


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


@cache
def environment_of(language: str) -> Environment:
    """What makes pages in a language: the templates of this folder."""
    folder = Path(__file__).parent
    labels = labels_of(language)
    environment = environment_in(folder, labels, kept=folder / "__pycache__")
    environment.filters["lang"] = is_language
    environment.globals |= {"charts": charts, "language": labels.tag}
    return environment


def environment_in(folder: Path, labels: Labels, *, kept: Path) -> Environment:
    """What makes pages of the templates of a folder: whatever is printed is escaped, and shown
    without what a browser obeys. `kept`: where compiled templates are, if it can be written to."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        bytecode_cache=CompiledTemplates(kept),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[InternationalizationExtension],
    )
    environment.finalize = _visible
    translation: Any = environment  # the extension adds what its class does not have
    translation.install_gettext_callables(labels.message, labels.messages_of, newstyle=True)
    environment.filters |= {
        "number": number,
        "percent": partial(percent, labels=labels),
        "link": safe_link,
        "label": labels.word,
        "reason": labels.reason,
    }
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


def percent(value: float, labels: Labels = ENGLISH) -> str:
    """
    >>> percent(0.1234), percent(0), percent(0.00004), percent(0.99996), percent(1)
    ('12.3 %', '0 %', 'under 0.1 %', 'over 99.9 %', '100 %')
    """
    if 0 < value < 0.001:
        return labels.message("under 0.1 %")
    if 0.999 < value < 1:
        return labels.message("over 99.9 %")
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


_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def is_language(name: str | None) -> bool:
    """Whether a record's language may be given to a browser, which takes tags (RFC 5646) only.

    >>> is_language("zh"), is_language("en-GB"), is_language("English"), is_language(None)
    (True, True, False, False)
    """
    return name is not None and _LANGUAGE.fullmatch(name) is not None
