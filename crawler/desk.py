"""The async face of one harvest: leases out, pages in, threads behind it.

The writer thread alone touches store and archive, one thing after another; pages go ahead to the
reader process, and a second thread waits where that has to be started. So neither the database nor
a page stalls Scrapy's clock, and as many pages are between lease and commit as there are places: a
full house holds back the feed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from crawler.ahead import Ahead
from crawler.capture import Fetched
from crawler.ingest import Ingest
from crawler.patience import patiently
from crawler.reader import Read
from crawler.sitting import Progress, Sitting
from crawler.terms import Terms
from crawler.turns import FIRST_PATIENCE_SECONDS, PATIENCE_SECONDS, Stopping, Turns, wait_for
from records import Address, LateAcknowledgement, Lease, host_of
from storage import SqlStore, frontier, hosts, lost, revisits, suspension
from storage.archive import Place
from storage.failures import Failure, store_failure
from storage.frontier import Handout
from storage.locks import StoreLock
from storage.pages import Outcome
from storage.quota import Quota

T = TypeVar("T")

_IN_HAND = 3
"""Pages between lease and commit for each request that may be under way."""
_BATCHES = 2
"""In so many parts all places are filled anew: the other half is more than may be asked at once."""
_SEEDS = 1_000
"""Start addresses added in one transaction."""
_TOLD_EVERY = 0.5
_COUNTED_EVERY = 2.0
NOT_MODIFIED = 304
QUARANTINE_SHARE = "quarantine share"
"""Why a harvest ended that found too many bad pages."""
HOSTS_SUSPENDED = "hosts suspended"
"""Why a harvest ended that nobody answers any more."""


class Desk:
    """Hands out leases, takes what became of them. Everything async runs on one event loop."""

    def __init__(
        self,
        store: SqlStore,
        ingest: Ingest,
        terms: Terms,
        lock: StoreLock,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        now: Callable[[], int],
    ) -> None:
        self.terms = terms
        self.fault: Exception | None = None
        """What ended the harvest, if anything unforeseen did."""
        self.reason = "stopped"
        self._store = store
        self._lock = lock
        self._quota = Quota(
            terms.source, ingest.run, terms.budget, is_shared=store.database.is_shared
        )
        self._ingest = ingest
        self._now = now
        self._tell = progress
        self._told = self._counted = 0.0
        self._progress = Progress(budget=terms.budget)
        self._sitting = Sitting(progress=self._progress, most_quarantined=terms.quarantine)
        self._leases: dict[int, Lease] = {}
        self._places: dict[int, Place | None] = {}
        self._conditions: dict[int, revisits.Condition] = {}
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, "writer")
        self._starts = ThreadPoolExecutor(1, "starts")
        self._ahead = Ahead(ingest.reader, self._starts)
        self.turns = Turns(
            store, self._write, self._stopped, delay=terms.delay, least=terms.least, now=now
        )

    # leases

    async def seed(self, addresses: Sequence[Address]) -> None:
        """Put start addresses into the frontier."""
        each_once = [*{each.fingerprint: each for each in addresses}.values()]

        def add(some: Sequence[Address]) -> None:
            with self._store.database.write() as connection:
                frontier.add_addresses(
                    connection,
                    self.terms.source,
                    some,
                    depth=0,
                    run=self._ingest.run,
                    delay=self.terms.delay,
                    now=self._now(),
                )

        def begin() -> tuple[int, int]:
            with self._store.database.write() as connection:
                if self._lock.alone:  # others have learnt from robots.txt what hosts ask for
                    hosts.keep_delay(connection, self.terms.source, delay=self.terms.delay)
                for name in {host_of(each.url) for each in addresses}:
                    if (delay := self.terms.least(name)) > self.terms.delay:
                        hosts.set_delay(connection, name, delay=delay, now=self._now())
                return self._quota.begin(connection)

        try:
            for start in range(0, len(each_once), _SEEDS):
                await self._write(partial(add, each_once[start : start + _SEEDS]))
            self._progress.pages, self._progress.unchanged = await self._write(begin)
        except Exception as error:
            self._fail(error)

    async def leases(self) -> AsyncIterator[Lease]:
        """Leases as they can be fetched, until nothing is due or the budget is spent.

        Waits while hosts rest, retries wait, or every place is taken. However it ends, the harvest
        does: what waits for a host then gives up.
        """
        heart = asyncio.create_task(self._beat())
        try:
            while (handout := await self._next()) is not None:
                for lease in handout.leases:
                    yield lease
        except Exception as error:
            self._fail(error)
        finally:
            heart.cancel()
            self.stop()

    async def _next(self) -> Handout | None:
        """Leases to fetch now; None: the run is at its end, or the harvest is."""
        while not self._stopped.is_set():
            self._changed.clear()
            room = self._room()
            if room > 0 and self._is_worth_asking():
                handout = await self._write(partial(self._lease, room))
                if handout.leases:
                    return handout
                if handout.wait_until is None and not self._leases:
                    self.reason = "nothing due"
                    return None
                if not self._leases and await self._write(self._is_refused_by_all):
                    self.reason = HOSTS_SUSPENDED
                    return None
                await self._rest(handout.wait_until)
            elif self._leases:
                await self._rest(None)
            else:
                self.reason = "page budget"
                return None
        return None

    def _is_worth_asking(self) -> bool:
        """Whether enough places are free: one by one, leases cost a transaction each. With more in
        hand than may be asked for at once, nothing waits for another."""
        return self._free() >= max(1, self.terms.concurrency * _IN_HAND // _BATCHES)

    def _free(self) -> int:
        return self.terms.concurrency * _IN_HAND - len(self._leases)

    def _room(self) -> int:
        """How many more leases there is place and budget for."""
        places = self._free()
        if self.terms.budget is None:
            return places
        told = self._progress
        spent = told.pages + told.quarantined + told.unchanged + len(self._leases)
        spent += self._quota.elsewhere
        return min(places, self.terms.budget - spent)

    def _lease(self, most: int) -> Handout:
        with self._store.database.queue() as connection:
            handout = frontier.lease(
                connection,
                self.terms.source,
                limit=self._quota.allowed(connection, most),
                max_depth=self.terms.depth,
                now=self._now(),
                held=[*self._leases],
            )
            mine = handout.leases or self._leases
            if not mine and lost.is_any_leased(connection, self.terms.source):
                # what others have in hand may lead on, or come back
                handout = Handout(leases=(), wait_until=self._now() + frontier.LOOK_AGAIN)
            if self.terms.span is not None:
                ids = [lease.id for lease in handout.leases]
                known = revisits.conditions(connection, ids, reader=self.terms.reader)
                self._conditions.update(known)
            if time.monotonic() - self._counted > _COUNTED_EVERY:
                self._counted = time.monotonic()
                self._progress.due = frontier.count_due(
                    connection, self.terms.source, max_depth=self.terms.depth
                )
        for lease in handout.leases:
            self._leases[lease.id] = lease
        return handout

    def _is_refused_by_all(self) -> bool:
        """Whether every host of what is due is to be left alone for longer than is waited."""
        terms, now = self.terms, self._now()
        with self._store.database.read() as connection:
            opens = suspension.opens_at(connection, terms.source, max_depth=terms.depth, now=now)
        has_any = self._sitting.stored or self._progress.unchanged
        patience = PATIENCE_SECONDS if has_any else FIRST_PATIENCE_SECONDS
        return opens is not None and opens > now + patience * 1_000_000

    async def _rest(self, until: int | None) -> None:
        """Wait until a lease ends, or the moment comes."""
        wait = None if until is None else max(0.01, (until - self._now()) / 1e6)
        await wait_for(self._changed, wait)

    async def _beat(self) -> None:
        """Renew what is leased, for as long as this process lives."""
        while True:
            await asyncio.sleep(hosts.LEASE_SECONDS / 4)
            leases = [*self._leases.values()]
            try:
                await self._write(partial(self._renew, leases))
            except Exception as error:
                self._fail(error)

    def _renew(self, leases: Sequence[Lease]) -> None:
        self._lock.keep()
        if not leases:
            return
        with self._store.database.write() as connection:
            frontier.heartbeat(connection, leases, now=self._now())

    def headers_of(self, lease: Lease) -> dict[str, str]:
        """What the page of a lease is asked for with, where one is at hand that may still stand."""
        condition = self._conditions.get(lease.id)
        return {} if condition is None else condition.headers

    # what became of them

    async def archived(self, lease: Lease, fetched: Fetched) -> None:
        """Archive a response of a lease: its page, a redirect on the way, a robots.txt.

        Raises Stopping where it cannot be written: nothing may rest on what is not kept.
        """
        condition = self._conditions.get(lease.id) if fetched.status == NOT_MODIFIED else None
        same_as = None if condition is None else condition.earlier
        try:
            place = await self._write(lambda: self._ingest.archive(fetched, same_as))
        except Exception as error:
            self._fail(error)
            raise Stopping(f"{fetched.url}: not archived") from error
        if fetched.role == "page":
            self._places[lease.id] = place

    async def page(self, lease: Lease, fetched: Fetched) -> None:
        """Read and store the page of a lease, and acknowledge it."""
        try:
            read = await self._ingest.read_ahead(self._ahead, fetched)
            place = self._places.get(lease.id)
            outcome = await self._write(lambda: self._commit(lease, fetched, place, read))
            self._count(outcome)
        except LateAcknowledgement:
            pass  # another worker has the address now, and stores it
        except Exception as error:
            self._fail(error)
            return  # `end` hands the lease back
        self._end(lease)

    async def unchanged(self, lease: Lease) -> None:
        """The page of a lease is the one we have: it is acknowledged as that."""

        def work() -> bool:
            assert self.terms.span is not None
            run, span = self._ingest.run, self.terms.span
            with self._store.database.write() as connection:
                revisits.unchanged(connection, lease, run_id=run, span=span, now=self._now())
            self._quota.store()
            return True

        self._progress.unchanged += await self._conclude(lease, work) or False

    def _commit(self, lease: Lease, fetched: Fetched, place: Place | None, read: Read) -> Outcome:
        outcome = self._ingest.commit(lease, fetched, place, read)
        self._quota.store()
        return outcome

    async def failed(self, lease: Lease, failure: Failure) -> None:
        """A lease brought no page: it is tried again later, or given up."""

        def work() -> bool:
            with self._store.database.write() as connection:
                return store_failure(
                    connection,
                    lease,
                    failure,
                    retries=self.terms.retries,
                    run=self._ingest.run,
                    now=self._now(),
                    span=self.terms.span,
                )

        self._progress.failed += await self._conclude(lease, work) or False

    async def _conclude(self, lease: Lease, work: Callable[[], T]) -> T | None:
        """End a lease that brought no page; None: it had passed on, or the harvest ends here."""
        result = None
        try:
            result = await self._write(work)
        except LateAcknowledgement:
            pass
        except Exception as error:
            self._fail(error)
            return None
        self._end(lease)
        return result

    async def hand_back(self, lease: Lease) -> None:
        """A lease was not used: due again at once, the attempt not counted."""
        await self._conclude(lease, partial(self._hand_back, [lease]))

    def _hand_back(self, leases: Sequence[Lease]) -> None:
        if not leases:
            return
        with self._store.database.write() as connection:
            for lease in leases:
                with suppress(LateAcknowledgement):  # it has passed on: nobody waits for it here
                    frontier.hand_back(connection, lease, now=self._now())

    def _count(self, outcome: Outcome) -> None:
        self._sitting.count(outcome)
        if self._sitting.is_past_its_share:
            self.reason = QUARANTINE_SHARE
            self.stop()

    def _end(self, lease: Lease) -> None:
        self._leases.pop(lease.id, None)
        self._places.pop(lease.id, None)
        self._conditions.pop(lease.id, None)
        self._changed.set()
        if time.monotonic() - self._told > _TOLD_EVERY:
            self._told = time.monotonic()
            self._progress.leased = len(self._leases)
            self._tell(self._progress)

    def break_off(self, error: Exception) -> None:
        """End the harvest for a fault that no page can be blamed for; leases are handed back."""
        self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Something that no page and no site can be blamed for: the harvest ends here."""
        if self.fault is None:
            self.fault = error
        self.stop()

    def stop(self) -> None:
        """Hand out nothing more."""
        self._stopped.set()
        self._changed.set()

    # the end

    async def close(self) -> None:
        """Hand back what was not fetched, and end the threads. `reason` says how it ended."""
        self.stop()
        self._ahead.close()
        await asyncio.to_thread(self.end)
        self._progress.leased = 0
        self._tell(self._progress)

    def end(self) -> None:
        """`close` where the event loop is gone, as after a second Ctrl-C; once is enough."""
        self._ahead.close()
        self._starts.shutdown(cancel_futures=True)
        self._writer.shutdown(cancel_futures=True)
        left = [*self._leases.values()]
        self._leases.clear()
        try:
            patiently(partial(self._hand_back, left))
        except Exception as error:
            self._fail(error)

    async def _write(self, work: Callable[[], T]) -> T:
        return await self._run(self._writer, lambda: patiently(work, self._lock.keep))

    @staticmethod
    async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def microseconds() -> int:
    """The time, microseconds UTC."""
    return time.time_ns() // 1000
