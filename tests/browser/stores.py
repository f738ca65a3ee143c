"""What browsers are shown: a store of the sample portal's records, and one that means harm."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from crawler.sample import Truth
from crawler.sample.corpus import Corpus
from records import Footer, Link, Problem, Record, record_from_json
from storage import SqlStore, open_store
from tests.browser.hostile import ADDRESSES, TEXTS
from tests.storage.filling import Filler, abstract, record, result_page

A_PAGE = 20
_FOOTER = Footer(
    operator="北京样板科技有限公司",
    licence="京ICP备00000000号",
    province="北京",
    links=(Link(text="免责声明", url=None),),
    text="设为首页 | 免责声明 Copyright© 北京样板科技有限公司 京ICP备00000000号",
)
UNDECIDED = (
    (
        "Transport of sediment and burial of carbon in the delta",
        "Transport of sediment and burial of carbon in the delta and its estuary",
    ),
    (
        "Uptake of nitrate and release of phosphorus in the reservoir",
        "Uptake of nitrate and release of phosphorus in the reservoir and its outlet",
    ),
)
"""Titles of records without abstracts, too near to be told apart."""


def store_of_the_portal(path: Path, size: int) -> str:
    """The address of a settled store that a harvest of the sample portal could have left, with one
    page in quarantine and two pairs that a person has to decide."""
    url = f"sqlite:///{path}"
    truth = Truth(Corpus(size, 7))
    listed = [_said(truth.record(aid)) for aid in truth.aids]
    with open_store(url, create=True) as store:
        filler = Filler(store, "sample-portal")
        for number, page in enumerate(_pages(listed)):
            filler.add(number, page, footer=_FOOTER)
        filler.add(9_999, listed[:3], total=20)
        for number, (a, b) in enumerate(UNDECIDED, 8_000):
            pair = [
                record(10 * number + side, text="", title=said, year=None)
                for side, said in enumerate((a, b))
            ]
            filler.add(number, pair)
        store.settle()
    return url


def _said(told: dict[str, Any]) -> Record:
    aid = str(told["aid"])
    url = f"https://portal.example/view_abstract.aspx?aid={aid}"
    return record_from_json(
        {**told, "rank": 1, "key": f"aid:{aid.casefold()}", "native_id": aid, "url": url}
    )


def _pages(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), A_PAGE):
        yield records[start : start + A_PAGE]


def hostile_records() -> list[Record]:
    """Eight works of two records each, with every text of `hostile` somewhere: as the name of an
    author, as title, venue or key; some as the language too. As many as any report shows."""
    texts = iter(TEXTS)
    records = []
    for number in range(8):
        names = tuple(islice(texts, 11))
        title, venue, *keys = islice(texts, 4)
        for twin, said in enumerate(keys):
            place = 2 * number + twin
            made = record(
                place,
                text=f"{abstract(number)} {title}",
                title=title,
                venue=venue,
                authors=names,
                url=ADDRESSES[place],
                language=TEXTS[-1 - number],
                year=2001,
            )
            records.append(replace(made, key=f"aid:{place}{said}"))
    assert next(texts, None) is None
    return records


def hostile_store(path: Path) -> str:
    """The address of a settled store that holds every text of `hostile` as an author's name, in a
    footer and as the reason of a quarantine."""
    url = f"sqlite:///{path}"
    listed = hostile_records()
    with open_store(url, create=True) as store:
        filler = Filler(store, TEXTS[0])
        filler.add(1, listed)
        for number, said in enumerate(_chunks(TEXTS, 40), 100):
            footer = Footer(operator=said[0], licence=said[-1], text=" ".join(said))
            filler.add(number, [listed[0]], footer=footer)
        for number, said in enumerate(_chunks(TEXTS, 40), 200):
            _quarantine(store, filler, number, " ".join(said))
        store.settle()
    return url


def _quarantine(store: SqlStore, filler: Filler, number: int, reason: str) -> None:
    """A page that fails its own check, for a reason of others' words."""
    filler.add(number, [])
    page = result_page(number, [])
    problem = Problem(code="captcha", severity="error", message=reason)
    deposit = filler.deposit(number, replace(page, problems=(problem,)))
    filler.now += 1_000_000
    store.store_page(replace(deposit, url=ADDRESSES[number % len(ADDRESSES)]), now=filler.now)


def _chunks(texts: Sequence[str], count: int) -> Iterable[Sequence[str]]:
    """The texts in this many parts of nearly equal length, each text once."""
    return [texts[start::count] for start in range(count)]
