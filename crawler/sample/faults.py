"""How the portal misbehaves: by name, for a share of the records or for some of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.sample.dice import share_of
from records import UsageError

BEFORE = ("429", "503", "hang", "reset", "redirect", "redirect-loop")
"""Faults that come in place of a page."""
CONTENT = ("captcha", "soft-404", "empty", "wrong-total", "wrong-charset", "cut-page")
"""Faults of what the page says, under status 200."""
DELIVERY = ("slow", "cut-body", "cut-chunk")
"""Faults on the way to the client."""
ROBOTS = ("robots-503", "robots-disallow")
NAMES = (*BEFORE, *CONTENT, *DELIVERY, *ROBOTS)

_TWICE = ("429", "503")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave."""

    name: str
    """One of `NAMES`."""
    share: float = 0.1
    """Of the records whose pages it befalls, 0 to 1; which ones depends on the seed alone."""
    aids: frozenset[str] = frozenset()
    """Befalls these whatever the share is; upper or lower case."""
    times: int | None = None
    """How often a page is befallen before it is fine. None: twice for ``429`` and ``503``,
    always for the others."""
    seconds: float = 1.0
    """What Retry-After says (rounded up); how long a slow page takes."""

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise UsageError(f"no fault is called {self.name!r}; there are: {', '.join(NAMES)}")
        if not 0 <= self.share <= 1:
            raise UsageError(f"share of fault {self.name} is {self.share}; write 0 to 1")
        object.__setattr__(self, "aids", frozenset(map(str.upper, self.aids)))

    @property
    def limit(self) -> float:
        """How often it befalls one page."""
        if self.times is not None:
            return self.times
        return 2 if self.name in _TWICE else float("inf")

    def befalls(self, seed: int, aid: str) -> bool:
        """Whether it ever befalls the pages of this record."""
        return aid in self.aids or share_of(seed, "fault", self.name, aid) < self.share


def parse_fault(text: str) -> Fault:
    """``NAME`` or ``NAME:SHARE``. Raises UsageError.

    >>> parse_fault("slow:0.5").share, parse_fault("captcha").share
    (0.5, 0.1)
    """
    name, colon, share = text.partition(":")
    try:
        return Fault(name, share=float(share)) if colon else Fault(name)
    except ValueError as error:
        raise UsageError(f"fault {text!r}: write NAME or NAME:SHARE, such as slow:0.5") from error


def as_faults(faults: Iterable[Fault | str]) -> tuple[Fault, ...]:
    return tuple(parse_fault(fault) if isinstance(fault, str) else fault for fault in faults)
