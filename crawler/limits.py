"""What a response may cost, the words for what goes wrong, and content encodings undone safely."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, NamedTuple

from records import AddressRefused, GleaningsError
from records.secrets import without_secrets

MAX_HEADERS = 256
MAX_HEADER_BYTES = 16_384
"""Of one header line."""

RATIO = 250
"""Decoded bytes a received byte may become, once more than `RATIO_FREE` come out."""
RATIO_FREE = 1 << 20

_MAX_CODINGS = 2
_MAX_MEMBERS = 64


class FetchFailed(GleaningsError):
    """No response, or none that can be used. The subclass says why, in one word for tables."""

    word: ClassVar[str] = "failed"
    again: ClassVar[bool] = True
    """Whether asking again later may help."""
    refused: bool | None = False
    """Whether the host itself could not be had; None: that was not tried."""

    def __init__(self, url: str, what: str):
        super().__init__(f"{without_secrets(url)}: {what}")
        self.url = url


class TimedOut(FetchFailed):
    word = "timeout"
    refused = True


class ConnectionFailed(FetchFailed):
    word = "no connection"
    refused = True


class HostNotFound(FetchFailed):
    word = "host not found"
    refused = True


class CertificateRefused(FetchFailed):
    word = "certificate"
    again = False
    refused = None


class NotHttp(FetchFailed):
    """Headers that are malformed, too long or too many."""

    word = "not HTTP"
    again = False


class BodyCut(FetchFailed):
    """Less came than was announced, or a compressed body stops in the middle."""

    word = "cut short"


class BodyTooLarge(FetchFailed):
    """More bytes than the limit, as received or once decoded."""

    word = "too large"
    again = False


class BodyUndecodable(FetchFailed):
    word = "undecodable"


class RedirectRefused(FetchFailed):
    """Too many redirects, or one that leads nowhere."""

    word = "redirects"
    again = False


class HostSuspended(FetchFailed):
    """The host refused too often, and is left alone for a while."""

    word = "host suspended"
    refused = None

    def __init__(self, url: str, wait: float):
        """`wait`: seconds until it may be asked again."""
        super().__init__(url, f"its host is suspended for {wait:.0f} s more")
        self.wait = wait


class Why(NamedTuple):
    """An error, for the frontier."""

    word: str
    again: bool


def why(error: BaseException) -> Why:
    """The reason to store for a failed fetch, and whether to try again later.

    >>> why(TimedOut("http://h/", "no answer"))
    Why(word='timeout', again=True)
    """
    if isinstance(error, FetchFailed):
        return Why(error.word, error.again)
    if isinstance(error, AddressRefused):
        return Why("address refused", again=False)
    return Why(type(error).__name__, again=True)


def codings_of(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Content codings in the order in which they were applied; ``identity`` is none.

    >>> codings_of([(b"content-encoding", b"GZIP, identity"), (b"Content-Encoding", b"br")])
    ['gzip', 'br']
    """
    values = (value for name, value in headers if name.lower() == b"content-encoding")
    words = b",".join(values).decode("latin-1").lower().split(",")
    return [word.strip() for word in words if word.strip() not in ("", "identity", "none")]


def decoded(
    raw: bytes, codings: Sequence[str], *, url: str, max_bytes: int, cut: bool = False
) -> bytes:
    """A body with its content codings undone; never more than `max_bytes` of memory a layer.

    With `cut` the beginning is enough: of a body that is longer, or stops in the middle.
    Raises BodyTooLarge, BodyCut, BodyUndecodable.
    """
    if not raw or not codings:
        return raw
    if len(codings) > _MAX_CODINGS:
        raise BodyUndecodable(url, f"{len(codings)} content encodings on top of each other")
    limit = min(max_bytes, max(RATIO_FREE, RATIO * len(raw)))
    for coding in reversed(codings):
        decode = _DECODERS.get(coding)
        if decode is None:
            raise BodyUndecodable(url, f"content encoding {coding[:40]!r} is not one we read")
        raw, whole = _decode(decode, raw, limit + 1, coding, url)
        if len(raw) > limit:
            if cut:
                return raw[:limit]
            raise BodyTooLarge(url, f"{coding} decodes to more than {limit} bytes")
        if not whole and not cut:
            raise BodyCut(url, f"the {coding} body stops in the middle")
    return raw


Decoder = Callable[[bytes, int], tuple[bytes, bool]]
"""Bytes and how many may come out, to what came out and whether its end was reached."""


def _decode(decode: Decoder, raw: bytes, most: int, coding: str, url: str) -> tuple[bytes, bool]:
    try:
        return decode(raw, most)
    except MemoryError:
        raise
    except Exception as error:  # each library has exceptions of its own
        raise BodyUndecodable(url, f"the body is not {coding}: {error}") from error


def _gunzip(raw: bytes, most: int) -> tuple[bytes, bool]:
    out = b""
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        out += member.decompress(raw, most - len(out))
        if len(out) >= most or not member.eof:
            return out, False
        raw = member.unused_data
        if not raw.startswith(b"\x1f\x8b"):  # padding after the last member is common
            return out, True
    raise ValueError(f"more than {_MAX_MEMBERS} members")


def _inflate(raw: bytes, most: int) -> tuple[bytes, bool]:
    for wbits in (15, -15):  # some servers leave the zlib header out
        stream = zlib.decompressobj(wbits=wbits)
        try:
            return stream.decompress(raw, most), stream.eof
        except zlib.error as error:
            trouble = error
    raise trouble


def _unbrotli(raw: bytes, most: int) -> tuple[bytes, bool]:
    from aiohttp.compression_utils import BrotliDecompressor

    stream = BrotliDecompressor()
    out = stream.decompress_sync(raw, most)
    while stream.data_available and len(out) < most:
        out += stream.decompress_sync(b"", most - len(out))
    return out, True


def _unzstd(raw: bytes, most: int) -> tuple[bytes, bool]:
    from aiohttp.compression_utils import ZSTDDecompressor

    stream = ZSTDDecompressor()
    out = stream.decompress_sync(raw, most)
    while stream.data_available and len(out) < most:
        out += stream.decompress_sync(b"", most - len(out))
    return out, True


_DECODERS: dict[str, Decoder] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
