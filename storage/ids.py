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
