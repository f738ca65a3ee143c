"""Pages saved as files, by a browser or otherwise."""

import os
import re
from collections.abc import Iterator
from email import message_from_bytes
from html import unescape
from pathlib import Path
from urllib.parse import quote_from_bytes

from crawler.capture import Fetched
from crawler.importing import Found, is_address
from spiders.pages import address_of
from storage.warcs import Broken, Skipped

_KINDS = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".mhtml": "multipart/related",
    ".mht": "multipart/related",
}
_LOOKED_AT = 1 << 16
"""Of the beginning of a page: where it says whence it comes."""
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://\S+)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(link|base)\b([^>]{1,4000})>", re.IGNORECASE)
_CANONICAL = re.compile(r"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)


def from_files(folder: Path, *, max_bytes: int) -> Iterator[Found | Skipped | Broken]:
    """The pages saved in a folder and the folders in it, in the order of their names.

    HTML, text and MHTML by their names' endings; links to files are not followed. A page comes
    from the address that it names; one that names none, from its place in the folder, wherever the
    folder stands. It was fetched when its file was last changed.
    """
    for path in _files(folder):
        kind = _KINDS.get(path.suffix.lower())
        if kind is None:
            yield Skipped(path.suffix.lower()[:10] or "no ending")
        elif path.is_symlink():
            yield Skipped("link")
        else:
            yield _found(folder, path, kind, max_bytes)


def _files(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for here, folders, names in os.walk(folder, onerror=fail):
        pages = {os.path.splitext(name)[0] for name in names}  # noqa: PTH122
        # what a browser saves beside a page is part of it
        folders[:] = sorted(
            name for name in folders if not (name.endswith("_files") and name[:-6] in pages)
        )
        yield from (Path(here, name) for name in sorted(names))


def _found(folder: Path, path: Path, kind: str, max_bytes: int) -> Found | Broken:
    try:
        with path.open("rb") as file:
            said = os.fstat(file.fileno())
            body = file.read(max_bytes + 1)
    except OSError as error:
        return Broken(str(path), f"cannot be read: {error.strerror or error}")
    if len(body) > max_bytes:
        return Broken(str(path), f"is {said.st_size:,} bytes long; the limit is {max_bytes:,}")
    place = quote_from_bytes(os.fsencode(path.relative_to(folder)))
    file_address = f"file:///{place}"
    url, content_type = None, kind
    if kind == "multipart/related":
        part = _html_part(body)
        if part is None:
            return Broken(str(path), "is no MHTML file with a page in it")
        body, url, content_type = part
    fetched = Fetched(
        requested=file_address,
        url=url or claimed_address(body) or file_address,
        role="page",
        status=200,
        reason="",
        headers=((b"Content-Type", content_type.encode("latin-1", "replace")),),
        raw=body,
        body=body,
        fetched_at=said.st_mtime_ns // 1000,
        address=None,
    )
    return Found(fetched=fetched, file=file_address)


def claimed_address(body: bytes) -> str | None:
    """Where a saved page says that it comes from: as its saver noted, else its canonical address,
    else a base that is a page of a known site."""
    text = body[:_LOOKED_AT].decode("latin-1")
    noted = _SAVED_FROM.search(text)
    if noted:
        return _web(noted[1])
    base = None
    for tag in _TAG.finditer(text):
        href = _HREF.search(tag[2])
        url = _web(unescape(next(filter(None, href.groups()), ""))) if href else None
        if tag[1].lower() == "base":
            base = base or url
        elif url and _CANONICAL.search(tag[2]):
            return url
    return base if base and address_of(base) else None


def _web(url: str) -> str | None:
    url = url.strip()
    return url if url.isascii() and is_address(url) else None


def _html_part(data: bytes) -> tuple[bytes, str | None, str] | None:
    """The page of an MHTML file, with its address and content type; None: it holds none."""
    try:
        message = message_from_bytes(data)
        own = _web(str(message.get("Snapshot-Content-Location", "")))
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                content = part.get_payload(decode=True)
                if isinstance(content, bytes):
                    url = own or _web(str(part.get("Content-Location", "")))
                    return content, url, str(part.get("Content-Type", "text/html"))
    except (ValueError, LookupError, RecursionError):
        pass  # as broken as mail can be
    return None
