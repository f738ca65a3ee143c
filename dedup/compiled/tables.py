"""Tables of numbers that take long to make, kept beside the kernels that read them."""

import os
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dedup.compiled.kept import folder

Tables = Mapping[str, NDArray[Any]]


def kept_tables(name: str, make: Callable[[], Tables]) -> Tables:
    """The tables of a name, as they were when they were first made: of this state of the sources,
    the lists and the Unicode version. Made anew where they cannot be kept."""
    place = folder()
    if place is None:
        return make()
    path = place / f"{name}-{_state()}.npz"
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return dict(kept)
    except (OSError, ValueError, BadZipFile, EOFError):
        made = make()
        _keep(path, made)
        return made


def _keep(path: Path, made: Tables) -> None:
    """Two processes may do so at once: a file gets its name when it is whole."""
    try:
        handle, beside = tempfile.mkstemp(prefix=".tables-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **made)
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except OSError:
            Path(beside).unlink(missing_ok=True)
    except OSError:
        return  # a folder that is read only, or full


def _state() -> str:
    said = blake2b(unicodedata.unidata_version.encode(), digest_size=8)
    here = Path(__file__).parent.parent
    for source in sorted((*here.glob("*.py"), *here.glob("*.tsv"))):
        said.update(blake2b(source.read_bytes()).digest())
    return said.hexdigest()
