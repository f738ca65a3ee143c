"""What a busy site may ask for."""

import pytest

from crawler.failures import retry_after


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, float("inf")),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:01:00 -0000", 60.0),
        ("Thu, 01 Jan 1970 00:01:00 +99999999999999999999", None),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
        ("Wed, 31 Dec 1969 23:59:59 GMT", 0.0),
        ("-5", None),
        ("²", None),
        ("", None),
        ("soon", None),
        (None, None),
    ],
)
def test_whatever_a_site_says_is_a_wait_or_nothing(said: str | None, seconds: float | None) -> None:
    assert retry_after(said, 0) == seconds
