"""Which pages in quarantine wait for somebody."""

from sqlalchemy import ColumnElement, and_, exists, or_

from storage.schema import page


def is_waiting() -> ColumnElement[bool]:
    """Of a row of `page`: it is in quarantine, and its address has not answered rightly since.

    A page is superseded by a later one of its address that was accepted: a captcha by the page
    behind it, a page of a layout that was tried and withdrawn by the next one. It is out of the
    list and nobody's work, but stays stored, for ``glean reparse`` as for whoever counts what a run
    put into quarantine; it waits again where the later one is taken back.
    """
    later = page.alias()
    moment = or_(
        later.c.fetched_at > page.c.fetched_at,
        # one capture, imported by two runs
        and_(later.c.fetched_at == page.c.fetched_at, later.c.run > page.c.run),
    )
    accepted = and_(later.c.address == page.c.address, later.c.state == "read", moment)
    return and_(page.c.state == "quarantined", ~exists().where(accepted))
