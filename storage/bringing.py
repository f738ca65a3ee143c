"""Records of files into the store, by the same door as those of pages.

So many records of a file, in its order, are a page: stored whole or not at all, under an address
made of what it says. What stands already is left as it is, so an import that was killed goes on
where it was, and one that is run again changes nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

from sqlalchemy import bindparam, select

from records import Address, Measures, Query, Record, ResultPage, content_hash
from storage import frontier, imports
from storage.pages import Deposit
from storage.prepared import Prepared
from storage.schema import page
from storage.signing import sign_all
from storage.sql import SqlStore

AT_ONCE = 500
"""Records of a page: a transaction of a tenth of a second."""
READER = "import 1"
PROFILE = "import"

_STANDS = Prepared(
    select(page.c.id).where(page.c.address == bindparam("address"), page.c.state == "read").limit(1)
)


@dataclass(slots=True)
class Brought:
    """What an import did."""

    run: int | None = None
    """None: all of it stood there already."""
    records: int = 0
    """Read."""
    stored: int = 0
    new: int = 0
    matches: int = 0
    finished: bool = False


def bring(
    store: SqlStore,
    source: str,
    batches: Iterable[list[Record]],
    *,
    now: Callable[[], int],
    progress: Callable[[Brought], None] = lambda _: None,
) -> Brought:
    """Store records as a run of a source; to be settled then. Raises UsageError where a harvest of
    the source is not finished, StoreError."""
    begun = time.monotonic()
    done = Brought()
    reason = imports.STOPPED
    try:
        for records in _pages(batches):
            _store(store, source, records, done, now)
            progress(done)
        reason = imports.DONE
        done.finished = True
    except KeyboardInterrupt:
        return done
    finally:
        if done.run is not None:
            with store.database.write() as connection:
                seconds = time.monotonic() - begun
                imports.end(
                    connection, done.run, reason=reason, failed=0, seconds=seconds, now=now()
                )
    return done


def _pages(batches: Iterable[list[Record]]) -> Iterator[list[Record]]:
    held: list[Record] = []
    for batch in batches:
        held += batch
        while len(held) >= AT_ONCE:
            yield held[:AT_ONCE]
            held = held[AT_ONCE:]
    if held:
        yield held


def _store(
    store: SqlStore, source: str, records: list[Record], done: Brought, now: Callable[[], int]
) -> None:
    done.records += len(records)
    ranked = tuple(replace(each, rank=rank) for rank, each in enumerate(records, 1))
    digest = _digest(ranked)
    address = Address(url=f"file:import#{digest}", fingerprint=f"import:{digest}", kind="article")
    address_id = frontier.address_id(source, address)
    with store.database.read() as connection:
        if _STANDS.all(connection, address=address_id):
            return
    if done.run is None:
        done.run = _begin(store, source, now)
    deposit = Deposit(
        source=source,
        run=done.run,
        address=address_id,
        lease=None,
        url=address.url,
        status=200,
        fetched_at=now(),
        digest=digest,
        charset=None,
        place=None,
        reader=READER,
        page=_page(ranked),
        signed=sign_all(ranked, store.scheme),
        measures=Measures(records=len(ranked), more=False),
        released=True,
        said=digest,
        enters=address,
    )
    outcome = store.store_page(deposit, now=now())
    done.stored += outcome.records
    done.new += outcome.new
    done.matches += outcome.matches


def _begin(store: SqlStore, source: str, now: Callable[[], int]) -> int:
    with store.database.write() as connection:
        return imports.begin(connection, source, depth=0, budget=None, fresh=False, now=now())


def _digest(records: tuple[Record, ...]) -> str:
    hashed = blake2b(digest_size=32)
    for each in records:
        hashed.update(f"{each.key}\x1f{content_hash(each)}\x1f".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


def _page(records: tuple[Record, ...]) -> ResultPage:
    return ResultPage(
        url=None,
        profile=PROFILE,
        confidence=1.0,
        encoding="utf-8",
        replaced=0,
        query=Query(),
        stated_total=None,
        stated_ms=None,
        records=records,
    )
