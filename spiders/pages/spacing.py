"""White space as pages use it for layout, and its removal from what they print."""

import re

SPACES = " \t\n\r\f\v\xa0\u2002\u2003\u2009\u200b\u3000\ufeff"
"""What is layout at the ends of a field. A line separator (U+2028) is text."""
_RUN = re.compile(r"[ \t]{2,}")


def trimmed(text: str) -> str:
    """Without layout at both ends; white space within is kept."""
    return text.strip(SPACES)


def printed(text: str, html: bool) -> str:
    """A field's text as a reader sees it: in HTML, a run of spaces shows as one."""
    text = trimmed(text)
    return _RUN.sub(" ", text) if html and "  " in text else text


def flowing(text: str) -> str:
    """The text of lines as one, a space between. Like `one_line`, and cheaper for long lines.

    >>> flowing(" a\\xa0\\n  b ")
    'a b'
    """
    lines = [line.strip(SPACES) for line in text.split("\n")]
    return " ".join(
        [one_line(line) if "  " in line or "\xa0" in line else line for line in lines if line]
    )


def one_line(text: str) -> str:
    """Every run of white space as one space.

    >>> one_line(" a\\xa0\\n b ")
    'a b'
    """
    return " ".join(text.split())
