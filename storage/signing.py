"""A record's place in the bucket index: a function of the record and the scheme, no SQL."""

from dataclasses import dataclass

from dedup.bands import bucket_keys
from dedup.evidence import Folded, fold_record, is_itself
from dedup.scheme import Scheme
from records import Record


@dataclass(frozen=True, slots=True)
class Signed:
    """A record's place in the bucket index; a function of the record and the scheme."""

    group: int
    """Id of its text group."""
    keys: tuple[int, ...]
    """Its candidate keys, signed 64-bit; empty: nothing to find it by."""
    self_same: bool
    """Whether two records of this text are one work ("Front Matter" is not)."""


def sign(each: Record, scheme: Scheme) -> Signed:
    """Fold and sign a record: the costly part, done outside the transaction."""
    folded = fold_record(each, scheme)
    return sign_folded(folded, scheme)


def sign_folded(folded: Folded, scheme: Scheme) -> Signed:
    return Signed(folded.group, bucket_keys(folded, scheme), is_itself(folded, scheme))
