"""One sitting of a run: what it has stored so far, and whether too much of that is bad."""

from dataclasses import dataclass, field

from storage.pages import Outcome

_LEAST_JUDGED = 10
"""Pages of a sitting from which their share in quarantine is looked at: of fewer, one bad page more
or less is a share of its own."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """A harvest or an import so far, this sitting and earlier ones of its run."""

    pages: int = 0
    records: int = 0
    """Listed on the pages of this sitting."""
    new: int = 0
    matches: int = 0
    quarantined: int = 0
    failed: int = 0
    unchanged: int = 0
    """Addresses that said that their page is the one we have."""
    due: int = 0
    """Addresses that wait, within the stated depth."""
    leased: int = 0
    budget: int | None = None


@dataclass(slots=True, kw_only=True)
class Sitting:
    """Counts what one sitting stores."""

    progress: Progress
    most_quarantined: float = 1.0
    """Share of its pages in quarantine beyond which it ends."""
    stored: int = field(default=0, init=False)
    bad: int = field(default=0, init=False)
    """Pages that went into quarantine, those that earlier sittings had stored included."""

    def count(self, outcome: Outcome) -> None:
        """One page more was stored."""
        told = self.progress
        bad = outcome.quarantined + outcome.taken_back
        told.pages += 1 - bad
        told.quarantined += bad
        told.records += outcome.records
        told.new += outcome.new
        told.matches += outcome.matches
        self.stored += 1
        self.bad += bad

    @property
    def is_past_its_share(self) -> bool:
        """Whether so many of its pages are bad that it is to end."""
        return self.stored >= _LEAST_JUDGED and self.bad > self.most_quarantined * self.stored
