"""What every page says to the frontier, compiled once (`storage.prepared`)."""

from sqlalchemy import BigInteger, bindparam, delete, insert, or_, select, update

from storage.portable import new_rows
from storage.prepared import Prepared
from storage.schema import address, found, host, lost

_NOW = bindparam("now", type_=BigInteger)

KNOWN = Prepared(
    select(address.c.id, address.c.depth).where(address.c.id.in_(bindparam("id", expanding=True))),
    "id",
)
DEPTH = Prepared(select(address.c.depth).where(address.c.id == bindparam("asked")))
ADD_ADDRESS = Prepared(insert(address))
ADD_HOST = Prepared(new_rows(host))
NO_ADDRESS: dict[str, object] = dict.fromkeys(each.name for each in address.c)
NO_HOST: dict[str, object] = dict.fromkeys(each.name for each in host.c)
"""Rows of which the others differ: the two are added whole."""
ADD_FOUND = Prepared(new_rows(found))

ACKNOWLEDGE = Prepared(
    update(address)
    .where(address.c.id == bindparam("lease"), address.c.token == bindparam("fence"))
    .where(address.c.state == "leased")
    .values(
        lease_until=None, state=bindparam("becomes"), reason=bindparam("why"), ended=bindparam("by")
    )
)
FREE = Prepared(
    update(host).where(host.c.held_by == bindparam("lease")).values(held_until=None, held_by=None)
)
HEARD_OF = Prepared(delete(lost).where(lost.c.address == bindparam("asked")))
ANSWERED = Prepared(
    update(host)
    .where(host.c.name == bindparam("asked"), host.c.refusals.is_not(None))
    .where(or_(host.c.closed_until.is_(None), host.c.closed_until <= _NOW))
    .values(refusals=None, suspensions=None, refusal=None, closed_until=None)
)
