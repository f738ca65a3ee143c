"""Addresses without credentials: what is stored, archived, logged and shown of them.

The names are a closed list. In it is what is an access key or a session whatever the site: a value
that lets its holder in, and that names no page. Not in it are names that some sites use so and
others for what a page is: ``key`` (a key, and a search's keyword), ``sid`` (a session, and a
story), ``auth`` (an author), ``session`` (of a conference), ``pass``, ``code``, ``user``; two pages
would become one. Nor are signatures (``sig``, ``X-Amz-Signature``): they come with links that a
site shows to everybody, say nothing of who asks, and without them the link leads nowhere.
"""

import re
from urllib.parse import unquote

SECRET = frozenset(
    "access_token accesstoken access_key accesskey api_key apikey api-key x-api-key x_api_key "
    "api_token apitoken auth_token authtoken bearer client_secret csrf_token id_token jwt "
    "oauth_token passwd password private_token pwd refresh_token secret secret_key secretkey "
    "security_token token user_token "
    "asp.net_sessionid cfid cftoken jsessionid phpsessid sess_id sesskey sessid session-id "
    "session_id sessionid".split()
)
"""Parameters, lower-case, whose values are nobody else's business."""

_USERINFO = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]{2})([^/\\?#]*)@")
_MAY = ("token", "key", "secret", "passw", "pwd", "jwt", "bearer", "sess", "cfid", "%", "@")
_PARTS = re.compile(r"([?&;#])")


def without_secrets(url: str) -> str:
    """An address without user name and password, and without `SECRET` parameters, in its query,
    its path (``;jsessionid=…``) or its fragment; nothing else of it is changed.

    >>> without_secrets("http://me:pw@h/a;JSESSIONID=1?b=2&api_key=3&c=%20#x")
    'http://h/a?b=2&c=%20#x'
    >>> without_secrets("?token=1"), without_secrets("http://h/?key=word")
    ('', 'http://h/?key=word')
    """
    if "@" in url:
        url = _USERINFO.sub(r"\1", url)
    return _split(url)[0] if may_hold_secrets(url) else url


def may_hold_secrets(text: str) -> bool:
    """A quick look at one address, or several: False where there is nothing to take out."""
    text = text.lower()
    for each in _MAY:  # noqa: SIM110, any() takes three times as long
        if each in text:
            return True
    return False


def secrets_of(url: str) -> tuple[str | None, tuple[str, ...]]:
    """What `without_secrets` takes out: user name and password as written (None: there are none),
    and parameters as written."""
    found = _USERINFO.match(url)
    return (found[2] if found else None), tuple(_split(url)[1])


def _split(url: str) -> tuple[str, list[str]]:
    """An address without secret parameters, and those."""
    first, *rest = _PARTS.split(url)
    kept, taken = [first], []
    opened = ""
    for mark, part in zip(rest[::2], rest[1::2], strict=True):
        if is_secret(part.partition("=")[0]):
            taken.append(part)
            opened = opened or (mark if mark in "?#" else "")
            continue
        if opened and mark in "&;":  # of a query that began with a secret
            mark = opened
        opened = ""
        kept += [mark, part]
    return "".join(kept), taken


def is_secret(name: str) -> bool:
    """Whether a parameter's value is a credential."""
    name = unquote(name).strip().lower()
    return name in SECRET or name.startswith("aspsessionid")
