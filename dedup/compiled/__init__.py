"""What numba compiles: from text buffers to tokens, signatures, overlaps and clusters.

Importing a module of this package imports numba, so that is done in the function that needs it.
Each kernel has a plain counterpart in `dedup` that says what it must give; tests compare them.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from dedup.compiled.kept import SETTINGS, folder

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(function: _Kernel) -> _Kernel:
    """A function compiled when first called, kept on disk, run without the interpreter's lock."""
    place = folder()
    if place is None:
        return cast(_Kernel, numba.njit(nogil=True)(function))
    former, SETTINGS.CACHE_DIR = SETTINGS.CACHE_DIR, str(place)
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    finally:
        SETTINGS.CACHE_DIR = former
