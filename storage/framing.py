"""Messages between two processes: bytes behind their length."""

import struct
from typing import IO

_LENGTH = struct.Struct("<q")


def tell(to: IO[bytes], said: bytes | memoryview) -> None:
    """Raises BrokenPipeError where nobody hears."""
    to.write(_LENGTH.pack(len(said)))
    to.write(said)
    to.flush()


def told(of: IO[bytes]) -> bytes | None:
    """None: it ended, also within a message."""
    length = of.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    said = of.read(_LENGTH.unpack(length)[0])
    return said if len(said) == _LENGTH.unpack(length)[0] else None
