"""What numba compiles: from text buffers to tokens, signatures, overlaps and clusters.

Importing a module of this package imports numba, so that is done in the function that needs it.
Each kernel has a plain counterpart in `dedup` that says what it must give; tests compare them.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from dedup.compiled.kept import folder, keep

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(function: _Kernel) -> _Kernel:
    """A function compiled when first called, kept on disk, run without the interpreter's lock.

    It makes no arrays: of those it is given it does not count who else holds them, and neither do
    the kernels that it calls. That would be done for each array at every call, for all the tables
    of an alphabet too, and took as long as all else that is done with an abstract.
    """
    return _compiled(function, _nrt=False)


def compiled_with_memory(function: _Kernel) -> _Kernel:
    """The same of a function that makes arrays, to work in or to return them."""
    return _compiled(function, _nrt=True)


def _compiled(function: _Kernel, **options: Any) -> _Kernel:
    kernel = numba.njit(nogil=True, **options)(function)
    if folder() is not None:
        keep(kernel)
    return cast(_Kernel, kernel)
