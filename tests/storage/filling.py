"""Pages to fill a store with, and the hand that puts them in."""

import random
from collections.abc import Sequence

from records import Address, Footer, Problem, Query, Record, ResultPage
from storage import SqlStore, frontier, ledger
from storage.archive import body_digest
from storage.ids import id63
from storage.pages import Deposit, Outcome
from storage.signing import sign

NOUNS = (
    "river delta sediment carbon nitrogen market policy archive network tourism soil glacier "
    "forest harbour enzyme protein signal spectrum catalyst polymer turbine bridge concrete "
    "aquifer pollen isotope magma reef plankton orchard wheat barley vaccine antibody retina "
    "cortex neuron ledger tariff harvest census parliament treaty dialect grammar manuscript choir"
).split()
VERBS = (
    "shapes limits raises lowers explains predicts follows precedes disturbs stabilises erodes "
    "feeds drains doubles halves reveals hides measures mirrors governs"
).split()


def abstract(seed: int, sentences: int = 8) -> str:
    """A text that shares next to nothing with that of another seed."""
    dice = random.Random(seed)
    return " ".join(
        f"The {dice.choice(NOUNS)} of {dice.choice(NOUNS)} {dice.choice(VERBS)} each "
        f"{dice.choice(NOUNS)} near {dice.choice(NOUNS)} {dice.randint(2, 999)}."
        for _ in range(sentences)
    )


def record(number: int, *, rank: int = 1, text: str | None = None, **fields: object) -> Record:
    """Record `number` of an imagined site, the same whenever it is asked for."""
    first, second = NOUNS[number % len(NOUNS)], NOUNS[number * 7 % len(NOUNS)]
    said = {
        "title": f"On the {first} of {second} {number}",
        "abstract": abstract(number) if text is None else text,
        "year": 1990 + number % 30,
        "native_id": f"{number:032x}",
        "similar_url": similar(number).url,
    }
    return Record(rank=rank, key=f"aid:{number:032x}", **{**said, **fields})  # type: ignore[arg-type]


def similar(number: int) -> Address:
    """The address of the page of a record's kin."""
    return Address(
        url=f"http://portal.example/relate_search.aspx?aid={number:032x}",
        fingerprint=f"similar:{number:032x}",
        kind="similar",
    )


def result_page(
    asked: int,
    records: Sequence[Record],
    *,
    total: int | None = None,
    footer: Footer | None = None,
) -> ResultPage:
    """A page that lists records in this order; a wrong total is a problem of the page."""
    ranked = tuple(
        Record(**{name: getattr(each, name) for name in each.__slots__} | {"rank": place})
        for place, each in enumerate(records, 1)
    )
    stated = len(ranked) if total is None else total
    wrong = Problem(code="total-mismatch", severity="error", message="states another total")
    return ResultPage(
        url=similar(asked).url,
        profile="similar-literature",
        confidence=1.0,
        encoding="utf-8",
        replaced=0,
        query=Query(native_id=f"{asked:032x}"),
        stated_total=stated,
        stated_ms=31,
        records=ranked,
        footer=footer,
        problems=() if stated == len(ranked) else (wrong,),
        found=tuple(similar(int(each.native_id or "0", 16)) for each in ranked),
    )


class Filler:
    """Puts pages into a store as a harvest does, with a clock of its own."""

    def __init__(self, store: SqlStore, source: str = "here") -> None:
        self.store = store
        self.source = source
        self.now = 1_000_000
        self.run = self.begin()

    def begin(self, *, fresh: bool = False) -> int:
        with self.store.database.write() as connection:
            return ledger.begin_run(
                connection, self.source, depth=9, budget=None, fresh=fresh, now=self.now
            )

    def add(
        self,
        asked: int,
        records: Sequence[Record],
        *,
        total: int | None = None,
        footer: Footer | None = None,
    ) -> Outcome:
        """Store the page of `asked` as if fetched a second after the one before."""
        self.now += 1_000_000
        page = result_page(asked, records, total=total, footer=footer)
        with self.store.database.write() as connection:
            frontier.add_addresses(
                connection,
                self.source,
                [similar(asked)],
                depth=0,
                run=self.run,
                delay=0,
                now=self.now,
            )
        return self.store.store_page(self.deposit(asked, page), now=self.now)

    def deposit(self, asked: int, page: ResultPage) -> Deposit:
        """A page of `asked`, ready to be stored."""
        return Deposit(
            source=self.source,
            run=self.run,
            address=id63("address", self.source, similar(asked).fingerprint),
            lease=None,
            url=similar(asked).url,
            status=200,
            fetched_at=self.now,
            digest=body_digest(repr(page).encode()),
            charset=None,
            place=None,
            reader="test 1",
            page=page,
            signed=tuple(sign(each, self.store.scheme) for each in page.records),
        )
