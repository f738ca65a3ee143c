"""Stores to report on."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.sample import Truth
from crawler.sample.corpus import Corpus
from records import Address, Footer, Link, Problem, Query, Record, ResultPage, record_from_json
from storage import SqlStore, frontier, ledger, open_store
from storage.archive import body_digest
from storage.ids import id63
from storage.pages import Deposit
from storage.signing import sign

FOOTER = Footer(
    operator="北京样板科技有限公司",
    licence="京ICP备00000000号",
    province="北京",
    links=(Link(text="免责声明", url=None),),
    text="设为首页 | 免责声明 Copyright© 北京样板科技有限公司 京ICP备00000000号",
)

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil\u0007\x1b[2J",
    "</title><meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "\x00NUL\u2028",
]


class Shelf:
    """Puts pages into a store, one a call."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.pages = 0
        with store.database.write() as connection:
            self.run = ledger.begin_run(
                connection, "sample", depth=2, budget=None, fresh=False, now=1_700_000_000_000_000
            )

    def add(self, records: Sequence[Record], *, problems: tuple[Problem, ...] = ()) -> None:
        self.pages += 1
        aid = f"{self.pages:032x}"
        address = Address(
            url=f"http://portal.example/relate_search.aspx?aid={aid}",
            fingerprint=f"similar:{aid}",
            kind="similar",
        )
        page = ResultPage(
            url=address.url,
            profile="similar-literature",
            confidence=1.0,
            encoding="utf-8",
            replaced=0,
            query=Query(native_id=aid),
            stated_total=len(records),
            records=tuple(records),
            footer=FOOTER,
            problems=problems,
        )
        now = 1_700_000_000_000_000 + self.pages * 1_000_000
        with self.store.database.write() as connection:
            frontier.add_addresses(
                connection, "sample", [address], depth=0, run=self.run, delay=0, now=now
            )
        self.store.store_page(
            Deposit(
                source="sample",
                run=self.run,
                address=id63("address", "sample", address.fingerprint),
                lease=None,
                url=address.url,
                status=200,
                fetched_at=now,
                digest=body_digest(aid.encode()),
                charset=None,
                place=None,
                reader="test 1",
                page=page,
                signed=tuple(sign(each, self.store.scheme) for each in page.records),
            ),
            now=now,
        )

    def fill(self, size: int, *, seed: int = 7) -> None:
        """The records of the sample portal, 20 a page."""
        truth = Truth(Corpus(size, seed))
        for start in range(0, size, 20):
            said = [truth.record(aid) for aid in truth.aids[start : start + 20]]
            self.add([_record(each, rank) for rank, each in enumerate(said, 1)])


def _record(said: dict[str, Any], rank: int) -> Record:
    aid = str(said["aid"])
    url = f"https://portal.example/view_abstract.aspx?aid={aid}"
    return record_from_json(
        {**said, "rank": rank, "key": f"aid:{aid.casefold()}", "native_id": aid, "url": url}
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'glean.db'}", create=True) as opened:
        yield opened


@pytest.fixture
def shelf(store: SqlStore) -> Shelf:
    return Shelf(store)


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    """A text that means harm to whoever shows it."""
    return str(request.param)
