"""Whatever changes and however small the budget, every address that is asked again has its turn."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from storage import SqlStore, frontier, open_store, revisits
from storage.ids import id63
from storage.revisits import Span
from storage.schema import address, visit
from tests.storage.filling import similar

HOUR = 3_600_000_000


class Visits:
    """Addresses of one source that are asked again, each by an interval that stays."""

    def __init__(self, store: SqlStore, every: Sequence[int], changing: Sequence[bool]) -> None:
        self.store = store
        self.every = {self._id(number): each for number, each in enumerate(every)}
        self.changing = {self._id(number) for number, each in enumerate(changing) if each}
        self.span = Span(least=min(every), most=max(every))
        self.due_at = dict(self.every)
        rows = [
            {"address": each, "page": 1, "checked_at": 0, "changed_at": 0, "reason": "first visit"}
            | {"every": hours, "due_at": hours}
            for each, hours in self.every.items()
        ]
        found = [similar(number) for number in range(len(every))]
        with store.database.write() as connection:
            frontier.add_addresses(connection, "here", found, depth=0, run=1, delay=0, now=0)
            connection.execute(update(address).values(state="done"))
            connection.execute(insert(visit), rows)

    def _id(self, number: int) -> int:
        return id63("address", "here", similar(number).fingerprint)

    def run(self, now: int, budget: int) -> None:
        """A run at a moment, that asks for all that its budget allows."""
        with self.store.database.write() as connection:
            revisits.make_due(connection, "here", span=self.span, budget=budget, now=now)
            due = select(address.c.id).where(address.c.state == "due")
            for each in connection.execute(due).scalars().all():
                self.due_at[each] = now + self.every[each]
                values = {"due_at": self.due_at[each]}
                if each in self.changing:
                    values["changed_at"] = now
                mine = visit.c.address == each
                connection.execute(update(visit).where(mine).values(values))
            connection.execute(update(address).values(state="done"))


def longest_wait(every: int, visits: Visits, *, budget: int, period: int) -> int:
    """How long an address may be overdue, with a run a period.

    Once it has waited for `intervals` of its own, each of the others goes before it at most once in
    as many runs as it takes to ask for all: to do so again, it has to wait for as many of its own.
    """
    rounds = -(-len(visits.every) // budget)
    intervals = max(1.0, rounds * period / visits.span.least)
    return int(intervals * every) + (rounds + 2) * period


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=2, max_size=7),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_no_address_waits_for_ever(
    addresses: list[tuple[int, bool]], budget: int, hours: int
) -> None:
    period = hours * HOUR
    every, changing = zip(*addresses, strict=True)
    with open_store("sqlite://", create=True) as store:
        visits = Visits(store, [each * HOUR for each in every], changing)
        for now in range(period, 50 * period, period):
            visits.run(now, budget)
            for each, due_at in visits.due_at.items():
                most = longest_wait(visits.every[each], visits, budget=budget, period=period)
                assert now - due_at <= most


def test_one_that_never_changes_has_its_turn_beside_more_that_do_than_the_budget_allows(
    store: SqlStore,
) -> None:
    visits = Visits(store, [HOUR, HOUR, HOUR, 8 * HOUR], [True, True, True, False])
    (quiet,) = visits.every.keys() - visits.changing
    asked = 0
    for now in range(HOUR, 200 * HOUR, HOUR):
        before = visits.due_at[quiet]
        visits.run(now, 1)
        asked += visits.due_at[quiet] != before
    assert asked >= 5
