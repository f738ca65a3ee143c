"""Where compiled kernels are kept: one folder for each state of what they are made from.

numba looks whether the file of a kernel has changed, not whether what the kernel calls has, nor
the numbers that it reads: a folder of former kernels would go on giving former results.
"""

import logging
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

_IMPORTED = re.compile(rb"^from dedup\.(?!compiled\b)(\w+) import", re.MULTILINE)
_FORGOTTEN_AFTER = 7 * 86_400
"""Seconds after which the folder of another state is removed."""

SETTINGS: Any = numba.config
"""Where numba takes ``NUMBA_CACHE_DIR`` from; it makes its attributes as it goes."""

_TIME = "about 20 s"
_log = logging.getLogger(__name__)


class _Kept(FunctionCache):
    """Machine code on disk, as numba keeps it."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is kept of a signature, or None. Without all that numba reads in before it looks:
        what is compiled needs it, what is kept does not, and it takes as long as a thousand
        records."""
        rtsys.initialize(target_context)
        kept: Any = super()
        with self._guard_against_spurious_io_errors():
            return kept._load_overload(sig, target_context)


def keep(kernel: Any) -> None:
    """Have what is compiled of a kernel kept in `folder`, and taken from there."""
    made: Any = _Kept
    former, SETTINGS.CACHE_DIR = SETTINGS.CACHE_DIR, str(folder())
    try:
        kernel._cache = made(kernel.py_func)
    finally:
        SETTINGS.CACHE_DIR = former


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """The folder, made if it is not there: beside this package, else in the user's cache, which
    begins with what the installation brought. None: neither can be written, so nothing is kept.
    """
    name = f"kernels-{_state()}"
    beside = Path(SETTINGS.CACHE_DIR or Path(__file__).parent / "__pycache__")
    found = beside / name
    if _is_ours(found) or _made(found):
        return found
    try:
        own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gleanings" / name
    except RuntimeError:  # nobody's home
        own = None
    if own is not None and (_is_ours(own) or _made(own, found if found.is_dir() else None)):
        return own
    _log.warning("compiling kernels: %s; set NUMBA_CACHE_DIR to a folder to keep them in", _TIME)
    return None


def _state() -> str:
    """Of the sources of this package and of what they import, and of what compiles them."""
    here = Path(__file__).parent
    kernels = [source.read_bytes() for source in sorted(here.glob("*.py"))]
    names = {name.decode() for source in kernels for name in _IMPORTED.findall(source)}
    numbers = [here.parent.joinpath(f"{name}.py").read_bytes() for name in sorted(names)]
    compiler = f"{sys.implementation.cache_tag} {numba.__version__} {platform.machine()}"
    said = blake2b(compiler.encode(), digest_size=8)
    for source in (*kernels, *numbers):
        said.update(blake2b(source).digest())
    return said.hexdigest()


def _is_ours(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def _made(place: Path, beginning: Path | None = None) -> bool:
    """Make a folder with what another holds; whether it can be used. Two processes may do so at
    once: a folder gets its name when it is filled."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".kernels-", dir=place.parent))
    except OSError:
        return False
    try:
        if beginning is not None:
            shutil.copytree(beginning, made, dirs_exist_ok=True)
        made.chmod(0o755)
        made.rename(place)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        return _is_ours(place)  # another process was first
    _forget(place)
    if beginning is None:
        _log.warning("compiling kernels: once, %s", _TIME)
    return True


def _forget(place: Path) -> None:
    """Remove the folders of states that are long gone."""
    since = time.time() - _FORGOTTEN_AFTER
    for other in place.parent.glob("kernels-*"):
        if other != place and other.stat().st_mtime < since:
            shutil.rmtree(other, ignore_errors=True)
