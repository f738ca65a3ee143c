"""Pages in WARC files of others: HTTP responses as they came, and texts made of them (WET)."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from crawler.capture import Fetched
from crawler.importing import Found, is_address
from crawler.limits import MAX_HEADERS, FetchFailed, codings_of, decoded
from records.secrets import without_secrets
from storage.warcs import Broken, Kept, Skipped, read_warc

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: ([^\r\n]*))?")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_READ = ("text/html", "application/xhtml+xml", "text/plain")
_AS_TEXT = ((b"Content-Type", b"text/plain; charset=utf-8"),)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")


def from_warc(paths: Iterable[Path], *, max_bytes: int) -> Iterator[Found | Skipped | Broken]:
    """The pages of WARC files, in order; what is no page is told as such.

    A page is a response with a status of success and HTML or text in it, or a conversion record.
    `max_bytes`: of one body, as it came and once decoded.
    """
    for path in paths:
        for each in read_warc(path, max_bytes=max_bytes):
            yield _found(each, max_bytes) if isinstance(each, Kept) else each


def _found(kept: Kept, max_bytes: int) -> Found | Skipped | Broken:
    shown = without_secrets(kept.url)
    if not is_address(kept.url):
        return Broken(shown, "is no web address")
    if kept.kind == "conversion":
        fetched = _fetched(kept, 200, "", _AS_TEXT, kept.block, kept.block)
        return Found(fetched=fetched, file=None)
    if urlsplit(kept.url).path == "/robots.txt":
        return Skipped("robots.txt")
    head, cut, raw = kept.block.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None or not cut:
        return Broken(shown, "its HTTP head is broken")
    code, reason = int(status[1]), (status[2] or b"").decode("latin-1").strip()
    if not 200 <= code < 300 or code == 206:
        return Skipped(f"status {code}")
    headers = _headers(head)
    if len(headers) > MAX_HEADERS:
        return Broken(shown, f"has {len(headers):,} headers")
    fetched = _fetched(kept, code, reason, headers, raw, b"")
    kind = (fetched.header("content-type") or "text/html").partition(";")[0].strip().lower()
    if kind not in _READ:
        return Skipped(kind[:40])
    if "chunked" in (fetched.header("transfer-encoding") or "").lower():
        raw = dechunked(raw) or raw  # some tools archive what was undone, with the header
    try:
        body = decoded(raw, codings_of(headers), url=kept.url, max_bytes=max_bytes)
    except FetchFailed as failure:
        return Broken(shown, str(failure).removeprefix(f"{shown}: "))
    return Found(fetched=_fetched(kept, code, reason, headers, raw, body), file=None)


def _headers(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    lines = _FOLD.sub(b" ", head).split(b"\n")[1:]
    pairs = (line.strip(b"\r").partition(b":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)


def _fetched(
    kept: Kept,
    status: int,
    reason: str,
    headers: tuple[tuple[bytes, bytes], ...],
    raw: bytes,
    body: bytes,
) -> Fetched:
    return Fetched(
        requested=kept.url,
        url=kept.url,
        role="page",
        status=status,
        reason=reason,
        headers=headers,
        raw=raw,
        body=body,
        fetched_at=kept.fetched_at,
        address=None,
    )


def dechunked(body: bytes) -> bytes | None:
    """A chunked body put together; None: it is not chunked, or not all there.

    >>> dechunked(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n"), dechunked(b"<p>abc")
    (b'abc', None)
    """
    parts: list[bytes] = []
    place = 0
    while (size := _SIZE.match(body, place)) is not None:
        length, begun = int(size[1], 16), size.end()
        if not length:
            return b"".join(parts)
        parts.append(body[begun : begun + length])
        place = begun + length
        if len(parts[-1]) < length:
            return None
        place += 2 if body.startswith(b"\r\n", place) else 1
    return None
