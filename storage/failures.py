"""Leases that brought no page: whose fault that is, and when to try again."""

from dataclasses import dataclass

from sqlalchemy import Connection

from records import Lease, host_of
from storage import frontier, revisits, suspension

_BACKOFF_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a lease brought no page."""

    reason: str
    again: bool
    """Whether a later try may bring it."""
    host: str
    """That was asked last: a redirect may have led away from the lease's own."""
    refused: bool | None
    """Whether that host refused, or could not be had; None: it was not asked."""
    is_gone: bool = False
    """Whether the host says that there is no such page."""
    wait: float | None = None
    """Seconds that the site asks for. None: none."""
    is_own: bool = True
    """Whether it is to be counted as an attempt of the address."""


def store_failure(
    connection: Connection,
    lease: Lease,
    failure: Failure,
    *,
    retries: int,
    run: int,
    now: int,
    span: revisits.Span | None = None,
) -> bool:
    """End a lease for a failure, and hold its host back where it is the host's; returns whether the
    address was given up. `retries`: further tries that it has; `span`: of its source, if its pages
    are revisited.

    What a suspended host refuses costs the address no attempt, and what had a page before is gone,
    not given up. Raises LateAcknowledgement, with
    nothing to be committed.
    """
    tries = lease.attempts + 1
    closed = _say_of_hosts(connection, lease, failure, now=now)
    if failure.is_gone and span is not None:
        reason = failure.reason
        if revisits.gone(connection, lease, reason=reason, run_id=run, span=span, now=now):
            return False
    is_own = failure.is_own and closed is None
    if not failure.again or (is_own and tries > retries):
        told = failure.reason if tries == 1 else f"{failure.reason}, after {tries} tries"
        frontier.acknowledge(connection, lease, state="failed", reason=told, run=run, now=now)
        return True
    rest = min(_LONGEST_WAIT_SECONDS, failure.wait or _BACKOFF_SECONDS * 2**lease.attempts)
    frontier.retry_later(
        connection,
        lease,
        reason=failure.reason,
        not_before=closed or now + int(rest * 1e6),
        now=now,
        counted=is_own,
    )
    return False


def _say_of_hosts(
    connection: Connection, lease: Lease, failure: Failure, *, now: int
) -> int | None:
    """Until when the host that failed is suspended, microseconds UTC; None: it is not."""
    own = host_of(lease.address.url)
    if own != failure.host:  # it sent us on
        suspension.answered(connection, own, now=now)
    if failure.refused:
        return suspension.refused(
            connection, failure.host, reason=failure.reason, wait=failure.wait, now=now
        )
    if failure.refused is False:
        suspension.answered(connection, failure.host, now=now)
    return None
