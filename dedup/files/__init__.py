"""Deduplication from files to files: corpora in, clusters, matches and the records to keep out."""

from dedup.files.account import Outcome
from dedup.files.job import Job
from dedup.files.running import deduplicate_files

__all__ = ["Job", "Outcome", "deduplicate_files"]
