"""Tags and LaTeX in titles and abstracts."""

import re

_TAG = re.compile(
    r"</?(?:[a-z]{1,12}:)?([a-z][a-z0-9]{0,15})"
    r"""(?:\s+[\w:-]{1,40}\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s<>"']+))*\s*/?>""",
    re.IGNORECASE,
)
_INLINE_NAMES = """
a b bold em emph font i inf italic math mi mml mn mo msub msup roman sc span strong sub sup u
"""
INLINE = frozenset(_INLINE_NAMES.split())
"""Tags that stand within a word; any other separates."""
_COMMENT = re.compile(r"<!--(?:(?!-->|<!--).){0,4000}-->|<!\[CDATA\[|\]\]>", re.DOTALL)

_ACCENT = re.compile(r"""\\(?:["'`^~=.]\s?\{?\\?([a-zA-Z])\}?|[cvuHk]\{([a-zA-Z])\})""")
_GREEK_NAMES = """
alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi
rho sigma tau upsilon phi varphi chi psi omega
"""
GREEK = dict(zip(_GREEK_NAMES.split(), "αβγδεεζηθικλμνξπρστυφφχψω", strict=True))
_COMMAND = re.compile(r"\\([a-zA-Z]{1,30})\*?|\\([%&#$_{} ,;!])")
_BRACES = str.maketrans("", "", "${}")
_SCRIPT = re.compile(r"(?<=[\w)])[\^_](?=[\w(+-])")


def without_tags(text: str) -> str:
    """Text without HTML or JATS tags; an inequality is no tag.

    >>> without_tags("<jats:p>H<sub>2</sub>O</jats:p>"), without_tags("a<b, c > d")
    (' H2O ', 'a<b, c > d')
    """
    if "<" not in text and "]]>" not in text:
        return text
    text = _COMMENT.sub(" ", text)
    return _TAG.sub(lambda tag: "" if tag[1].lower() in INLINE else " ", text)


def without_latex(text: str) -> str:
    r"""Text without LaTeX: accents on their letters, Greek as letters, commands and braces gone.

    >>> without_latex(r"\textit{Sch\"{o}n} CO$_{2}$ of $\alpha$"), without_latex("costs $5")
    (' Schon CO2 of α', 'costs $5')
    """
    if "\\" in text:
        text = _ACCENT.sub(lambda accent: accent[1] or accent[2], text)
        text = _COMMAND.sub(_command, text)
    elif text.count("$") < 2 and "_{" not in text and "^{" not in text:
        return text
    return _SCRIPT.sub("", text.translate(_BRACES))


def _command(found: re.Match[str]) -> str:
    if found[2]:
        return found[2] if found[2] in "%&#" else " "
    return GREEK.get(found[1], GREEK.get(found[1].lower(), " "))
