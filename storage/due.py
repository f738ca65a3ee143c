"""Which addresses are fetched again, and which are fetched at all.

Every function runs in a transaction of the caller's.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from storage import lost
from storage.schema import address, page, problem, step

DUE = {"state": "due", "not_before": 0, "attempts": 0, "reason": None, "ended": None}
"""What an address is that is to be fetched as if it never had been."""


def make_due(connection: Connection, source: str, *, states: Sequence[str] = ("done",)) -> None:
    """Everything of a source in these states that is fetched at all is due again, as a fresh run
    asks."""
    mine = and_(address.c.source == source, address.c.state.in_([*states]), is_reached())
    lost.clear(connection, mine)
    connection.execute(update(address).where(mine).values(DUE))


def is_reached() -> ColumnElement[bool]:
    """Addresses that are fetched at all: of a listing's next pages those that a walk has come to,
    and none of a file."""
    on_a_walk = or_(
        address.c.kind != "listing",
        address.c.depth == 0,
        address.c.id.in_(select(step.c.address)),
    )
    return and_(on_a_walk, func.substr(address.c.url, 1, 5) != "file:")


_PASSING = ("captcha",)
"""Problems that say of a page only that it was not shown this time."""


def make_unshown_due(connection: Connection, source: str) -> None:
    """Addresses of a source in quarantine whose answer was none (`_PASSING`) are due again."""
    unshown = (
        select(page.c.address)
        .join(problem, problem.c.page == page.c.id)
        .where(page.c.source == source, page.c.state == "quarantined")
        .where(problem.c.code.in_(_PASSING), page.c.run == address.c.ended)
    )
    mine = and_(address.c.source == source, address.c.state == "quarantined")
    connection.execute(
        update(address).where(mine, address.c.id.in_(unshown), is_reached()).values(DUE)
    )
