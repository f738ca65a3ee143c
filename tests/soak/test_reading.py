"""Pages are read exactly, or say that something is wrong with them: over more truths, mark-ups and
encodings than a quick suite has time for."""

import random

import pytest

from spiders.pages import read
from tests.spiders.pages.printed import misreadings, printed
from tests.spiders.pages.renderer import PAGE_URL

pytestmark = pytest.mark.soak

CASES = 40_000
"""About a minute of one core."""
EXACT = 0.98


def test_no_page_is_misread_in_silence(soak_seed: int) -> None:
    dice = random.Random(soak_seed)
    exact = 0
    for _ in range(CASES):
        seed = dice.randrange(2**40)
        page = printed(seed)
        said = read(page.body, url=PAGE_URL, charset=page.header)
        wrong = list(misreadings(said, page.works))
        assert said.problems or not wrong, f"printed({seed}), {page.form}, {page.charset}: {wrong}"
        exact += not said.problems and not wrong
    assert exact >= EXACT * CASES, f"only {exact} of {CASES} pages were read exactly"
