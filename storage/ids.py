"""Row ids that come from what a row is, not from when it arrived."""

import hashlib


def id63(*parts: str | int) -> int:
    """A positive 63-bit id of the parts: BLAKE2b, equal on every back end and in every order of
    arrival. Two ids in a million rows collide with a probability of 5e-8.

    >>> id63("record", "aid:0f1e") == id63("record", "aid:0f1e") != id63("page", "aid:0f1e")
    True
    """
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def in_file_name(text: str) -> str:
    """A text as it may stand in the name of a file.

    >>> in_file_name("harvest a/b")
    'harvest%20a%2fb'
    """
    return "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):x}" for c in text)
