"""The portal's addresses: ids that lead back to a record's number, and links in random order."""

import re
from hashlib import blake2b

from crawler.sample.dice import Dice

SIMILAR = "/relate_search.aspx"
ARTICLE = "/view_abstract.aspx"
SUBJECT = "/subject"

_AID = re.compile(r"[0-9A-Fa-f]{32}")


def _mask(seed: int, tail: bytes) -> int:
    digest = blake2b(tail, digest_size=4, key=b"mask", salt=str(seed).encode()[:16]).digest()
    return int.from_bytes(digest)


def _tail(seed: int, index: int) -> bytes:
    return blake2b(f"{seed}/{index}".encode(), digest_size=12, key=b"aid").digest()


def aid_of(seed: int, index: int) -> str:
    """32 hexadecimal digits that only `index_of` of the same seed leads back from.

    >>> index_of(7, aid_of(7, 123)), index_of(8, aid_of(7, 123)), index_of(7, "no aid")
    (123, None, None)
    """
    tail = _tail(seed, index)
    return f"{index ^ _mask(seed, tail):08X}{tail.hex().upper()}"


def index_of(seed: int, aid: str) -> int | None:
    if not _AID.fullmatch(aid):
        return None
    head, tail = int(aid[:8], 16), bytes.fromhex(aid[8:])
    index = head ^ _mask(seed, tail)
    return index if _tail(seed, index) == tail else None


def hex_id(*parts: object, digits: int = 16) -> str:
    """An id of the portal's other things: subjects, journals, years, issues."""
    text = "/".join(map(str, parts)).encode()
    return blake2b(text, digest_size=16).hexdigest()[:digits].upper()


def subject_id(seed: int, subject: int) -> str:
    """``pcid``: one value a subject."""
    return hex_id(seed, "subject", subject)


def settled_order(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The one order that the portal itself never links with: the target of its redirects."""
    return sorted(parameters, reverse=True)


def query_of(parameters: list[tuple[str, str]]) -> str:
    """As part of an address. Values are hexadecimal or decimal: nothing needs quoting."""
    return "&".join(f"{name}={value}" for name, value in parameters)


def _address(path: str, parameters: list[tuple[str, str]], dice: Dice) -> str:
    shuffled = dice.shuffled(parameters)
    if shuffled == settled_order(parameters):
        shuffled.reverse()
    return f"{path}?{query_of(shuffled)}"


def similar_address(seed: int, index: int, subject: int, language: str, dice: Dice) -> str:
    """Of the page of a record's kin; the order and the number of parameters vary."""
    parameters = [("aid", aid_of(seed, index)), ("pcid", subject_id(seed, subject))]
    if dice.chance(0.6):
        parameters.append(("cid", hex_id(seed, "class", subject, index % 7)))
    if dice.chance(0.7):
        parameters.append(("language", "1" if language == "en" else dice.pick(("0", "2"))))
    if dice.chance(0.3):
        parameters.append(("ctl", "17"))
    if dice.chance(0.2):
        parameters.append(("etl", "0"))
    return _address(SIMILAR, parameters, dice)


def article_address(
    seed: int, index: int, subject: int, venue: str | None, year: int | None
) -> str:
    """Of the article itself."""
    dice = Dice(seed, "article", index)
    parameters = [
        ("pcid", subject_id(seed, subject)),
        ("cid", hex_id(seed, "class", subject, index % 7)),
        ("jid", hex_id(seed, "journal", venue, digits=32)),
        ("aid", aid_of(seed, index)),
        ("yid", hex_id(seed, "year", year)),
        ("iid", hex_id(seed, "issue", venue, year)),
        ("sid", hex_id(seed, "section", subject, index % 5)),
        ("referenced_num", str(dice.between(0, 60)) if dice.chance(0.5) else ""),
    ]
    return f"{ARTICLE}?{query_of(parameters)}"


def start_address(seed: int, index: int, subject: int, language: str) -> str:
    """The address under which a subject's page lists its first record."""
    return similar_address(seed, index, subject, language, Dice(seed, "start", index))
