"""Near-duplicates: from text to signatures, candidates, evidence and clusters."""

from dedup.corpus import Deduplicated
from dedup.engine import Engine, deduplicate

__all__ = ["Deduplicated", "Engine", "deduplicate"]
