"""The reader process itself: pages from standard input, what they say on standard output.

A message is two lengths (`HEAD`), JSON of the first, bytes of the second. Asked is one page:
``url``, ``charset``, ``fetched_at`` (microseconds UTC), ``profile``, and its body; or, with
``said`` (what `records.page_hash` was when it was stored), its member of the archive. Answered is
one of: ``page``, ``signed``, ``reader``, ``measures`` and ``said``; ``same``, where ``said`` is
what it was; ``gone``, where the member does not hold the page whole; ``failed``. To members with
``seconds`` of processor time.
"""

import json
import os
import resource
import signal
import struct
import sys
import time
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

from crawler.capture import body_of
from crawler.limits import FetchFailed
from crawler.secrets import public_page
from records import (
    Address,
    InputError,
    Record,
    as_json,
    content_hash,
    measures_of,
    measures_to_json,
    page_hash,
)
from spiders.pages.known import Profiles, profiles_of
from storage.archive import exchange_in
from storage.signing import Signed

HEAD = struct.Struct(">II")
_SIGNED = 20_000
_LONGEST_ORIGIN = len("https://") + 253 + len(":65535")
"""No host has a longer name (RFC 1035, 3.1: 255 octets on the wire)."""


class _Signer:
    """Signs records, remembering those that many pages list."""

    def __init__(self, threshold: float) -> None:
        from dedup.scheme import Scheme

        self._scheme = Scheme.from_threshold(threshold)
        self._known: OrderedDict[str, Signed] = OrderedDict()

    def sign(self, record: Record) -> Signed:
        from storage.signing import sign

        wording = content_hash(record)
        signed = self._known.get(wording)
        if signed is None:
            signed = self._known[wording] = sign(record, self._scheme)
            if len(self._known) > _SIGNED:
                self._known.popitem(last=False)
        return signed


def _allowed(found: tuple[Address, ...], profiles: Profiles) -> tuple[Address, ...]:
    """Those of the addresses that are on hosts which are there and are fetched."""
    origins = ["/".join(each.url.split("/", 3)[:3]) for each in found]  # mostly one
    forbidden = {
        each
        for each in {*origins}
        if len(each) > _LONGEST_ORIGIN or profiles.forbids(each) is not None
    }
    if not forbidden:
        return found
    return tuple(
        each for each, origin in zip(found, origins, strict=True) if origin not in forbidden
    )


def _answer(
    asked: dict[str, Any], body: bytes, profiles: Profiles, signer: _Signer
) -> dict[str, Any]:
    from spiders.pages import READER, read

    day = datetime.fromtimestamp(asked["fetched_at"] / 1e6, UTC).date()
    # where a page was saved says nothing of what its links are relative to
    url = None if asked["url"] and asked["url"].startswith("file:") else asked["url"]
    page = read(
        body,
        url=url,
        profile=asked["profile"],
        charset=asked["charset"],
        fetched=day,
        profiles=profiles,
    )
    page = public_page(replace(page, found=_allowed(page.found, profiles)))
    digest = page_hash(page)
    if digest == asked.get("said"):
        return {"same": True}
    signed = [signer.sign(record) for record in page.records]
    return {
        "page": as_json(page) | {"found": as_json(page.found), "search_total": page.search_total},
        "said": digest,
        "signed": [[each.group, each.keys, each.self_same] for each in signed],
        "reader": READER,
        "measures": measures_to_json(measures_of(page)),
    }


def _answer_archived(
    asked: dict[str, Any], member: bytes, profiles: Profiles, signer: _Signer
) -> dict[str, Any]:
    begun = time.process_time()
    try:
        body = body_of(exchange_in(member))
    except (InputError, FetchFailed) as error:
        answer: dict[str, Any] = {"gone": str(error)}
    else:
        answer = _answer(asked, body, profiles, signer)
    return answer | {"seconds": time.process_time() - begun}


def _limit_memory(extra: int) -> None:
    """Let this process's data grow by so many bytes and no more, and leave no core file."""
    pages = int(open("/proc/self/statm").read().split()[5]) if os.path.exists("/proc/self") else 0  # noqa: PTH110, PTH123, SIM115
    held = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (held + extra, held + extra))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer pages from standard input on standard output until the input ends; first an empty
    answer, which says that it has begun."""
    threshold, memory, seconds = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    profiles = profiles_of(sys.argv[4])
    answers = os.dup(1)
    os.dup2(2, 1)  # nothing printed by a library gets between the answers
    signer = _Signer(threshold)
    # what is imported when needed is here before the ceiling is set, and no page pays for it
    signer.sign(Record(rank=1, key="text:0", abstract="warm " * 50))
    warm = {"url": None, "charset": None, "fetched_at": 0, "profile": None}
    _answer(warm, b"<p>warm", profiles, signer)
    _limit_memory(memory)
    try:
        _say(answers, b"")
        while (page := _next(sys.stdin.buffer)) is not None:
            _say(answers, _said(*page, profiles, signer, seconds))
    except BrokenPipeError:
        pass  # nobody is there any more who asked


def _next(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next page that is asked for; None: there is none, or only the beginning of one."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    length, size = HEAD.unpack(head)
    said, body = source.read(length), source.read(size)
    if len(said) < length or len(body) < size:
        return None
    return json.loads(said), body


def _said(
    asked: dict[str, Any], body: bytes, profiles: Profiles, signer: _Signer, seconds: int
) -> bytes:
    signal.alarm(seconds)
    try:
        read = _answer_archived if "said" in asked else _answer
        answer = read(asked, body, profiles, signer)
    except MemoryError:
        answer = {"failed": "reading it takes more memory than a page may have"}
    except Exception as error:  # a page must never end the harvest
        answer = {"failed": f"the reader failed: {type(error).__name__}: {error}"}
    said = json.dumps(answer).encode()
    signal.alarm(0)
    return said


def _say(pipe: int, said: bytes) -> None:
    data = memoryview(HEAD.pack(len(said), 0) + said)
    while data:
        data = data[os.write(pipe, data) :]


if __name__ == "__main__":
    main()
