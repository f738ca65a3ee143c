"""What sources, schedules and profiles may be called."""

import re

_PROFILE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NAME = re.compile(r"[^\W_][\w.-]{0,63}")


def source_name(text: str) -> str:
    """A name that a source may have. Raises ValueError."""
    if not _NAME.fullmatch(text):
        raise ValueError(
            f"{text!r} cannot name a source; "
            "write letters, digits, dots, dashes, at most 64, a letter or digit first"
        )
    return text


def schedule_name(text: str) -> str:
    """A name that a schedule may have. Raises ValueError."""
    try:
        return source_name(text)
    except ValueError as error:
        raise ValueError(str(error).replace("a source", "a schedule")) from error


def profile_name(text: str) -> str:
    """A name that a profile may have, or nothing. Raises ValueError."""
    if text and not _PROFILE.fullmatch(text):
        raise ValueError(
            f'{text!r} names no profile; write a name of glean profile list, or "auto"'
        )
    return text
