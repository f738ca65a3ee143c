"""What stands at the end of each file of the full-text index: a checksum of all before it."""

import json
import os
import struct
import zlib
from pathlib import Path

_CHUNK = 1 << 20
_MAGIC = 1337
"""Of tantivy's files: they end with JSON that names a CRC-32, its length, and this number."""


def is_whole(path: Path) -> bool:
    """Whether a file is as it was written; False where it is gone."""
    try:
        with path.open("rb") as file:
            end = os.fstat(file.fileno()).st_size - 8
            file.seek(max(end, 0))
            length, magic = struct.unpack("<II", file.read(8))
            body = end - length
            file.seek(body)
            said = json.loads(file.read(length))["crc"]
            file.seek(0)
            crc, left = 0, body
            while left and (chunk := file.read(min(_CHUNK, left))):
                crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return bool(magic == _MAGIC and left == 0 and crc == said)
