"""What makes two readings the same record, and which reading of it is shown."""

import hashlib
import json
import re
import struct
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from records.nouns import Record, ResultPage
from records.secrets import may_hold_secrets, without_secrets
from records.wire import as_json

_OF_PAGE = frozenset({"rank", "key", "text"})
_SAID = tuple(f.name for f in fields(Record) if f.name not in _OF_PAGE)
_VALUES = attrgetter(*_SAID)
_AS_HASHED = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_LINKS = frozenset({"url", "similar_url"})
_OF_READING = _LINKS | {"cited_by", "free_pdf"}


def said_of(record: Record) -> dict[str, Any]:
    """The JSON of all a reading says, absent fields left out: without rank, key and block text.

    The whole block's text is kept only where neither title nor abstract holds it.
    """
    said: dict[str, Any] = {}
    for name, value in zip(_SAID, _VALUES(record), strict=True):
        if value:
            said[name] = value if isinstance(value, str) else as_json(value)
    if record.title is None and record.abstract is None and record.text:
        said["text"] = record.text
    return said


def content_of(record: Record) -> dict[str, Any]:
    """What `said_of` says of the work itself: no addresses, no citation counts."""
    return {name: value for name, value in said_of(record).items() if name not in _OF_READING}


class Hashes(NamedTuple):
    """What tells a reading from others."""

    content: str
    """128-bit hash, hex, of `content_of`."""
    reading: str
    """128-bit hash, hex, of `said_of`."""
    fields: int
    """How many fields it has."""


def hashes_of(record: Record) -> Hashes:
    """What is asked of every reading that is stored, for the price of little more than one."""
    said = said_of(record)
    content = {name: value for name, value in said.items() if name not in _OF_READING}
    hashed = _hash(content)
    return Hashes(hashed, hashed if len(content) == len(said) else _hash(said), len(said))


def content_hash(record: Record) -> str:
    """128-bit hash, hex, of `content_of`: equal for readings that say the same of a work."""
    return _hash(content_of(record))


def reading_hash(record: Record) -> str:
    """128-bit hash, hex, of `said_of`."""
    return _hash(said_of(record))


def page_hash(page: ResultPage) -> str:
    """128-bit hash, hex, of all that a reader said of a page: equal where nothing changed.

    Of the values of its fields and theirs, in order, as texts behind their lengths: JSON of a page,
    which has to look at each character for what to escape, takes four times as long.
    """
    sizes: list[int] = []
    texts: list[str] = []
    _take_apart(page, sizes, texts)
    digest = hashlib.blake2b(struct.pack(f"<{len(sizes)}q", *sizes), digest_size=16)
    digest.update("".join(texts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _take_apart(value: Any, sizes: list[int], texts: list[str]) -> None:
    """Adds the length of each text within a noun, a mapping or a list, numbers as texts, -1 for
    None, and how many values there are of what holds others; and the texts, in the same order."""
    kind: Any = type(value)
    values = _values(kind)(value)
    sizes.append(len(values))
    for each in values:
        if type(each) is str:
            sizes.append(len(each))
            texts.append(each)
        elif each is None:
            sizes.append(-1)
        elif isinstance(each, (int, float)):
            text = str(each)
            sizes.append(len(text))
            texts.append(text)
        elif each:
            _take_apart(each, sizes, texts)
        else:
            sizes.append(0)


@cache
def _values(kind: type) -> Callable[[Any], Sequence[Any]]:
    """What gives the values that an object of a type is made of; of a mapping, names and values by
    name."""
    if is_dataclass(kind):
        return attrgetter(*[f.name for f in fields(kind)])
    if issubclass(kind, Mapping):
        return lambda mapping: [*chain.from_iterable(sorted(mapping.items()))]
    return tuple


def region_hash(page: ResultPage) -> str:
    """128-bit hash, hex, of what a page lists: equal where nothing of that changed, whatever time
    the search took, what adverts and menus stand around it, and what session its links carry.

    Of the query, the stated totals, the records in their order with all they say but where their
    links lead, and whether there is a next page.
    """
    records = [
        [each.key, {name: value for name, value in said_of(each).items() if name not in _LINKS}]
        for each in page.records
    ]
    totals = [page.stated_total, page.search_total, page.next_url is not None]
    return _hash({"query": as_json(page.query), "totals": totals, "records": records})


def _hash(said: dict[str, Any]) -> str:
    text = _AS_HASHED.encode(said)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def key_folding(text: str) -> str:
    """The folding under which texts are one key: NFKC, case fold, white space collapsed.

    Never changed: stored keys rest on it. It is not the folding of a `Scheme`.

    >>> key_folding("Ａ\\u00a0 Study\\nof ﬁsh ")
    'a study of fish'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_key(title: str | None, abstract: str | None, block: str) -> str:
    """Key of a record without native id or address: ``text:`` and a 128-bit hash, hex.

    Of title and abstract, or of the whole block where neither was read.
    """
    if title or abstract:
        folded = f"{key_folding(title or '')}\x1f{key_folding(abstract or '')}"
    else:
        folded = key_folding(block)
    digest = hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"text:{digest.hexdigest()}"


def record_key(
    *,
    namespace: str | None,
    native_id: str | None,
    url: str | None,
    title: str | None,
    abstract: str | None,
    block: str,
) -> str:
    """A record's identity: its native id, else its address, else its text.

    >>> record_key(namespace="aid", native_id="0F1E", url=None, title=None, abstract=None, block="")
    'aid:0f1e'
    """
    if namespace and native_id:
        return f"{namespace}:{native_id.casefold()}"
    if url:
        return normal_address(url)
    return text_key(title, abstract, block)


_DEFAULT_PORTS = {"http": "80", "https": "443"}
_PLAIN = re.compile(
    r"(?P<place>(?P<scheme>https?)://(?P<host>[a-z0-9.-]+(?::(?P<port>[1-9][0-9]{0,4}))?)"
    r"/[!-\"$->@-~]*)(?:\?(?P<query>[!-\"$-~]+))?"
)
"""An address, as nearly all are, of which nothing is to be changed but the order of its parameters
(and a port, or a secret, taken out)."""


def normal_address(url: str) -> str:
    """One spelling of an address: lower-case scheme and host, no credentials (nor `SECRET`
    parameters), default port or fragment, parameters sorted (as bytes; nothing is decoded).

    >>> normal_address("HTTP://me:pw@Example.ORG:80/a?b=2&a=%C4%E3#top")
    'http://example.org/a?a=%C4%E3&b=2'
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None and not may_hold_secrets(url) and not _is_default(plain):
        if plain["query"] is None:
            return url
        query = "&".join(sorted(filter(None, plain["query"].split("&"))))
        return f"{plain['place']}?{query}" if query else plain["place"]
    return _respelled(url)


def _is_default(plain: re.Match[str]) -> bool:
    return plain["port"] is not None and plain["port"] == _DEFAULT_PORTS[plain["scheme"]]


def _respelled(url: str) -> str:
    """`normal_address`, whatever it is given."""
    url = without_secrets(url.strip())
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # no address at all: whoever fetches it says so
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    scheme = parts.scheme.lower()
    try:
        port = str(parts.port or "")
    except ValueError:
        port = parts.netloc.rpartition(":")[2]
    if port and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    return urlunsplit((scheme, host, parts.path or "/", query, ""))


def host_of(url: str) -> str:
    """The host and port that answer an address, as one politeness unit.

    >>> host_of("http://Example.org:80/a"), host_of("https://example.org:8443/")
    ('example.org', 'example.org:8443')
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None and not _is_default(plain):
        return plain["host"]
    return urlsplit(normal_address(url)).netloc
