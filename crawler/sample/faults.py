"""How the portal misbehaves: by name, for a share of the records or for some of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.sample.dice import share_of
from crawler.sample.services import SERVICES
from records import UsageError

BEFORE = ("403", "410", "429", "503", "hang", "reset", "redirect", "redirect-loop")
"""Faults that come in place of a page."""
CONTENT = ("captcha", "soft-404", "empty", "wrong-total", "wrong-charset", "cut-page")
"""Faults of what the page says, under status 200."""
DELIVERY = ("slow", "cut-body", "cut-chunk")
"""Faults on the way to the client."""
ROBOTS = ("robots-503", "robots-disallow")
SITE = ("redesign",)
"""Faults of the site as a whole: its search service looks otherwise from some page on."""
NAMES = (*BEFORE, *CONTENT, *DELIVERY, *ROBOTS, *SITE)

_TWICE = ("429", "503")
_AFTER, _INTO = 5, "cards"


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
    after: int = _AFTER
    """Of ``redesign``: so many pages of results are served before."""
    into: str = _INTO
    """Of ``redesign``: the layout after it."""

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise UsageError(f"no fault is called {self.name!r}; there are: {', '.join(NAMES)}")
        if self.into not in SERVICES:
            raise UsageError(
                f"no search page is called {self.into!r}; there are: {', '.join(SERVICES)}"
            )
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
    """``NAME`` or ``NAME:SHARE``; ``redesign:PAGES:LAYOUT``, of which either may be left out.
    Raises UsageError.

    >>> parse_fault("slow:0.5").share, parse_fault("captcha").share
    (0.5, 0.1)
    >>> parse_fault("redesign:3:terms").after, parse_fault("redesign:3").into
    (3, 'cards')
    """
    name, colon, share = text.partition(":")
    try:
        if name == "redesign":
            after, _, into = share.partition(":")
            return Fault(name, after=int(after or _AFTER), into=into or _INTO)
        return Fault(name, share=float(share)) if colon else Fault(name)
    except ValueError as error:
        raise UsageError(f"fault {text!r}: write NAME or NAME:SHARE, such as slow:0.5") from error


def as_faults(faults: Iterable[Fault | str]) -> tuple[Fault, ...]:
    return tuple(parse_fault(fault) if isinstance(fault, str) else fault for fault in faults)
