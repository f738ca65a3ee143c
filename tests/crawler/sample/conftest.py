"""Corpora for the sample portal's tests, each made once."""

from collections.abc import Callable
from functools import cache

import pytest

from crawler.sample.corpus import Corpus


@cache
def _corpus(size: int, seed: int = 7) -> Corpus:
    return Corpus(size, seed)


@pytest.fixture(scope="session")
def corpus_of() -> Callable[..., Corpus]:
    """A corpus by size and seed."""
    return _corpus
