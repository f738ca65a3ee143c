"""What is wrong with a configuration, in words: file, key, what is wrong, what to write."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_LISTS = (["source"], ["schedule"])
"""Sections that there may be several of."""


def in_words(
    errors: ValidationError, path: Path, document: Mapping[str, Any], model: type[BaseModel]
) -> Iterator[str]:
    """One line for each error."""
    details: list[Any] = errors.errors(include_url=False)
    for error in details:
        location = [*error["loc"]]
        fields, field = _find(model, location)
        where = _where(location, document)
        if error["type"] == "extra_forbidden":
            yield f"{path}: {where}: no such key; {_instead(str(location[-1]), fields)}"
            continue
        what = _what(error)
        if "write" in what or field is None:
            yield f"{path}: {where}: {what}" if where else f"{path}: {what}"
            continue
        yield f"{path}: {where}: {what}; write {_example(str(location[-1]), location, field)}"


def _find(
    model: type[BaseModel], location: list[Any]
) -> tuple[Mapping[str, FieldInfo], FieldInfo | None]:
    """The fields of the section that an error is in, and the field, if it is about one."""
    fields: Mapping[str, FieldInfo] = model.model_fields
    field: FieldInfo | None = None
    for name in location:
        if isinstance(name, int):
            continue
        inner = _section(field) if field is not None else None
        if inner is not None:
            fields = inner.model_fields
        field = fields.get(name)
    return fields, field


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kinds = [field.annotation, *get_args(field.annotation)]
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _where(location: list[Any], document: Mapping[str, Any]) -> str:
    """``network.delay``, ``source 2 (bulletin): depth``, ``network.allow[1]``."""
    if location[:1] in _LISTS and len(location) > 1 and isinstance(location[1], int):
        section = document[location[0]][location[1]]
        name = section.get("name") if isinstance(section, dict) else None
        place = f"{location[0]} {location[1] + 1}"
        place += f" ({name})" if isinstance(name, str) else ""
        key = _dotted(location[2:])
        return f"{place}: {key}" if key else place
    return _dotted(location)


def _dotted(location: list[Any]) -> str:
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in location)
    return text.removeprefix(".")


def _instead(key: str, fields: Mapping[str, FieldInfo]) -> str:
    near = get_close_matches(key, fields, n=1)
    if near:
        return f"did you mean to write {near[0]}?"
    return f"write one of {', '.join(fields)}"


def _what(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    words = _WORDS.get(error["type"])
    if words is not None:
        return words(error["input"], context)
    if error["type"] == "value_error":
        return str(context["error"])
    message = str(error["msg"])
    return message[:1].lower() + message[1:]


def _example(key: str, location: list[Any], field: FieldInfo) -> str:
    names = [step for step in location if isinstance(step, str)]
    key = names[-1]
    if _section(field) is not None:
        return f"[[{key}]]" if [key] in _LISTS else f"[{key}]"
    value = (field.examples or [field.get_default(call_default_factory=True)])[0]
    return f"{key} = {as_toml(value)}"


def as_toml(value: Any) -> str:
    """A value as TOML writes it.

    >>> as_toml(2.0), as_toml(["a"]), as_toml("b"), as_toml(())
    ('2.0', '["a"]', '"b"', '[]')
    """
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: Any) -> str:
    text = as_toml(value) if isinstance(value, str | int | float | list) else "a table"
    return text if len(text) <= 60 else text[:59] + "…"


def _bound(words: str, key: str) -> Callable[[Any, Mapping[str, Any]], str]:
    return lambda value, context: f"{_shown(value)} is not {words} {context[key]:g}"


def _kind(words: str) -> Callable[[Any, Mapping[str, Any]], str]:
    return lambda value, context: f"{_shown(value)} is not {words}"


_NUMBER = _kind("a number")
_WHOLE = _kind("a whole number")
_TABLE = _kind("a section of its own")

_WORDS: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "missing": lambda value, context: "is missing",
    "string_type": _kind("text in quotes"),
    "string_too_short": lambda value, context: "is empty",
    "float_type": _NUMBER,
    "finite_number": _kind("a finite number"),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "tuple_type": _kind("a list in brackets"),
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "literal_error": lambda value, context: f"{_shown(value)} is not one of {context['expected']}",
    "greater_than": _bound("greater than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
}
