"""The numbers behind a decision, in one frozen, named value."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from records import ConfigError

BANDS = 22
"""As few as notice 98 of 100 pairs at 0.7 with five rows. With four rows, 20 would: but then a text
of a million shares a band with a dozen others that it has nothing in common with, each of which has
to be read and compared; with five rows with hardly any."""
ROWS = (2, 3, 4, 5, 6, 8, 10)

_NAME = re.compile(
    r"f(?P<folding>\d+)-s(?P<shingle>\d+)-b(?P<bands>\d+)x(?P<rows>\d+)-seed(?P<seed>\d+)"
    r"-t(?P<threshold>[\d.e-]+)-l(?P<borderline>[\d.e-]+)-j(?P<bridge>[\d.e-]+)"
    r"-k(?P<saturation>\d+)-m(?P<shortest>\d+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How texts are folded, signed, banded and judged: a generation of the band index.

    Two records are compared only under one scheme; `name` tells generations apart, and a store
    made under another name is rebuilt, never mixed. Raises ConfigError for numbers that cannot be.
    """

    folding: int = 5
    """Version of folding, tables, candidate keys and rules of evidence: raised when any of them
    changes."""
    shingle: int = 3
    """Consecutive tokens a shingle; a token is one word, or one character of a script that
    writes no spaces."""
    bands: int = BANDS
    rows: int = 5
    """Permutations a band: a band of two texts is equal with probability similarity ** rows."""
    seed: int = 1
    """Of datasketch's permutations."""
    threshold: float = 0.7
    """Jaccard from which two texts are near-duplicates."""
    borderline: float = 0.35
    """Strength from which a pair that is not `same` is worth a person's look."""
    bridge: float = 0.8
    """Strength from which one match may join two clusters of two or more groups each."""
    saturation: int = 64
    """K: a bucket of more groups than this makes no candidates of its own."""
    shortest: int = 12
    """Fewest shingles of a text that gives band keys; shorter ones collide by chance."""

    def __post_init__(self) -> None:
        for name in ("shingle", "bands", "rows", "saturation", "shortest"):
            if getattr(self, name) < 1:
                raise ConfigError(f"[dedup] {name} is {getattr(self, name)}: write 1 or more")
        for name in ("threshold", "borderline", "bridge"):
            if not 0 < getattr(self, name) <= 1:
                raise ConfigError(
                    f"[dedup] {name} is {getattr(self, name)}: write a number above 0, at most 1"
                )

    @property
    def permutations(self) -> int:
        """
        >>> Scheme().permutations
        110
        """
        return self.bands * self.rows

    @property
    def name(self) -> str:
        """Every number of the scheme, in the order of its fields; equal for equal schemes alone.

        >>> Scheme().name
        'f5-s3-b22x5-seed1-t0.7-l0.35-j0.8-k64-m12'
        """
        return (
            f"f{self.folding}-s{self.shingle}-b{self.bands}x{self.rows}-seed{self.seed}"
            f"-t{self.threshold!r}-l{self.borderline!r}-j{self.bridge!r}"
            f"-k{self.saturation}-m{self.shortest}"
        )

    @classmethod
    @lru_cache(maxsize=16)
    def named(cls, name: str) -> Self | None:
        """The scheme of a name. None: another version of this program folds so, this one does not.

        >>> Scheme.named(Scheme(threshold=0.9, rows=10).name)
        Scheme(folding=5, shingle=3, bands=22, rows=10, seed=1, threshold=0.9, borderline=0.35, \
bridge=0.8, saturation=64, shortest=12)
        >>> Scheme.named("f1-s3-b20x4-seed1-t0.7-l0.35-j0.8-k64-m12")
        """
        said = _NAME.fullmatch(name)
        if said is None or int(said["folding"]) != cls().folding:
            return None
        reals = ("threshold", "borderline", "bridge")
        scheme = cls(
            **{
                part: float(value) if part in reals else int(value)  # type: ignore[arg-type]
                for part, value in said.groupdict().items()
            }
        )
        return scheme if scheme.name == name else None

    @classmethod
    def from_threshold(cls, threshold: float) -> Self:
        """The scheme of a threshold: the most rows whose bands still notice 98 of 100 pairs at it.

        >>> Scheme.from_threshold(0.7) == DEFAULT, Scheme.from_threshold(0.9).rows
        (True, 10)
        """
        scheme = cls(threshold=threshold)
        return replace(scheme, rows=_rows_for(threshold))


@lru_cache
def _rows_for(threshold: float) -> int:
    missed = {rows: (1 - threshold**rows) ** BANDS for rows in ROWS}
    return max((rows for rows in ROWS if missed[rows] <= 0.02), default=ROWS[0])


DEFAULT = Scheme()
