"""Commands begun with a limit, or at a terminal of their own, by a small program in between.

`subprocess` could do it in the child (``preexec_fn``), but then copies this process first, which a
kernel refuses once it has grown large enough ("Cannot allocate memory").
"""

import sys
from collections.abc import Sequence

_ROOM = """
import os, resource, sys
room = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
os.execv(sys.argv[2], sys.argv[2:])
"""
_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def with_room(room: int, command: Sequence[str]) -> list[str]:
    """No file of the command may have more bytes: as on a disk that is full."""
    return [sys.executable, "-I", "-c", _ROOM, str(room), *command]


def at_terminal(command: Sequence[str]) -> list[str]:
    """Standard input, a terminal, is the one that the command's session has."""
    return [sys.executable, "-I", "-c", _TERMINAL, *command]
