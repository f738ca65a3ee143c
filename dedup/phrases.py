"""What each kind of evidence says, in words."""

SCATTERED_WORDS = ", and differ in single words"
FORM_WORDS = "titles of one form name different things: two of a series"
PAGES_DIFFER = "pages differ"


def jaccard_words(value: float) -> str:
    return f"abstracts share {value:.0%} of their shingles"


def inside_words(value: float) -> str:
    return f", and {value:.0%} of the shorter stands in the longer"


def title_words(value: float, trust: float) -> str:
    words = "titles are equal" if value == 1 else f"titles are {value:.0%} alike"
    return words if trust else f"{words}, and say nothing of the work"


def authors_words(value: float) -> str:
    return f"{value:.0%} of the shorter list of authors agree"


def year_words(apart: int) -> str:
    return f"{apart} year{'' if apart == 1 else 's'} apart" if apart else "the same year"


def venue_words(same: bool) -> str:
    return "the same venue" if same else "venues differ"


def page_words(first: str, volume: str) -> str:
    """Of a page on which both begin, and of the volume if it is one."""
    return f"both begin on page {first}" + (f" of volume {volume}" if volume else "")


def identifier_words(kind: str, *, same: bool) -> str:
    return f"the same {kind}" if same else f"{kind}s differ"
