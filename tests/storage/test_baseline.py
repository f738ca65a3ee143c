"""What a source's pages are like, and when a page is unlike them: no false alarm, early notice."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from records import Measures, Record, ResultPage, measures_from_json, measures_of, measures_to_json
from records.measures import is_legible
from storage.baseline import (
    ALARM,
    LAST,
    LEAST,
    TAUGHT,
    WINDOW,
    Baseline,
    Drift,
    Seen,
    chance_of_last,
    divergence,
)
from storage.symptoms import Tally
from tests.storage.filling import abstract

Change = Callable[[ResultPage], ResultPage]


def page(number: int, *, records: int = 20, more: bool = False) -> ResultPage:
    """Page `number` of an imagined source: nearly all fields filled, two languages, a DOI on
    most of the records."""
    dice = random.Random(number)
    return ResultPage(
        url=f"http://portal.example/{number}",
        profile="imagined",
        confidence=1.0,
        encoding="utf-8",
        replaced=0,
        next_url="http://portal.example/more" if more else None,
        records=tuple(_record(dice, rank) for rank in range(1, records + 1)),
    )


def _record(dice: random.Random, rank: int) -> Record:
    number = dice.randrange(10**9)
    text = abstract(number)
    title = " ".join(text.split()[: dice.randint(6, 14)])
    return Record(
        rank=rank,
        key=f"id:{number}",
        title=f"{title} {number}",
        authors=("Lee A.", "Wei Q.") if dice.random() < 0.97 else (),
        abstract=text if dice.random() < 0.95 else None,
        year=2000 + number % 20,
        identifiers={"doi": f"10.1/{number}"} if dice.random() < 0.7 else {},
        language="en" if dice.random() < 0.7 else "zh",
        text=f"{title} {text}",
    )


def each_record(**values: object) -> Change:
    return lambda read: replace(
        read,
        records=tuple(replace(record, **values) for record in read.records),  # type: ignore[arg-type]
    )


def third_as_prices(read: ResultPage) -> ResultPage:
    """A new layout read by the old profile."""
    dice = random.Random(len(read.records))
    return replace(
        read,
        records=tuple(
            replace(record, title=f"¥{dice.randint(10, 999)}.00", authors=(), abstract=None)
            for record in read.records[::3]
        ),
    )


def wrongly_decoded(read: ResultPage) -> ResultPage:
    def spoilt(text: str | None) -> str | None:
        return text and f"größe {text}".replace("e", "é").encode().decode("cp1252")

    return replace(
        read,
        records=tuple(
            replace(each, title=spoilt(each.title), abstract=spoilt(each.abstract))
            for each in read.records
        ),
    )


def first(count: int) -> Change:
    return lambda read: replace(read, records=read.records[:count])


def accepted(pages: Iterable[Measures]) -> list[Seen]:
    return [Seen(page=i, measures=each, accepted=True) for i, each in enumerate(pages)]


def learned(count: int = WINDOW + LAST) -> Baseline:
    return Baseline(accepted(measures_of(page(number)) for number in range(count)))


class Walk:
    """A source's pages in a row, judged as they come; what is taken back is in quarantine."""

    def __init__(self, before: int = WINDOW + LAST) -> None:
        self.seen = accepted(measures_of(page(number)) for number in range(before))
        self.baseline = Baseline(self.seen)
        self.stored: set[int] = set()
        """Of those judged here."""

    def take(self, read: ResultPage) -> list[Drift]:
        measures, number = measures_of(read), len(self.seen)
        found = self.baseline.judge(measures)
        back = {other for each in found for other, _ in each.alike}
        self.seen.append(Seen(page=number, measures=measures, accepted=not found))
        self.stored |= set() if found else {number}
        self.stored -= back
        self.seen = [
            replace(each, accepted=each.accepted and each.page not in back) for each in self.seen
        ]
        self.baseline = Baseline(self.seen)
        return found


def test_no_undisturbed_page_is_drift() -> None:
    baseline = Baseline()
    for number in range(1000):
        measures = measures_of(page(number))
        assert baseline.judge(measures) == []
        baseline.add(Seen(page=number, measures=measures, accepted=True))


ALONE = {
    "no authors": (each_record(authors=()), "no record has authors"),
    "no abstract": (each_record(abstract=None), "no record has an abstract"),
    "prices": (third_as_prices, "7 of 7 titles have fewer than"),
    "one title": (each_record(title="View details of it now"), "a title of its own"),
    "long titles": (each_record(title="word " * 80), "20 of 20 titles have"),
    "another language": (each_record(language="de"), "in the language de"),
    "wrongly decoded": (wrongly_decoded, "20 of 20 records are wrongly decoded"),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_a_whole_page_shows_is_noticed_on_the_first(name: str) -> None:
    change, words = ALONE[name]
    found = learned().judge(measures_of(change(page(5000))))
    assert words in " / ".join(each.problem.message for each in found)
    assert {each.problem.code for each in found} == {"drift"}
    assert {each.problem.severity for each in found} == {"error"}


def test_the_share_of_others_stands_in_the_message() -> None:
    (found,) = learned().judge(measures_of(each_record(authors=())(page(5000))))
    assert found.problem.message.startswith("no record has authors; on 200 earlier pages 9")
    assert found.problem.message.endswith(" % of the records did")


TOGETHER = {
    "few records": first(6),
    "none at all": first(0),
    "a field that most had": each_record(identifiers={}),
    "one of two languages": each_record(language="zh"),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_one_page_may_have_is_noticed_when_pages_go_on_having_it(name: str) -> None:
    walk = Walk()
    assert not walk.take(TOGETHER[name](page(5000)))
    found = [bool(walk.take(TOGETHER[name](page(5001 + number)))) for number in range(9)]
    assert any(found[:6])
    assert all(found[found.index(True) :])
    assert walk.stored == set(), "what was stored before it was noticed is taken back"


def test_half_a_site_that_changes_is_told_from_the_other_half() -> None:
    for change in (third_as_prices, first(6)):
        walk = Walk()
        dice = random.Random(3)
        wrong = [dice.random() < 0.5 for _ in range(60)]
        first_judged = len(walk.seen)
        for number, is_wrong in enumerate(wrong):
            read = page(5000 + number)
            walk.take(change(read) if is_wrong else read)
        kept = {number - first_judged for number in walk.stored}
        assert kept >= {number for number, each in enumerate(wrong) if not each}
        assert len(kept) - wrong.count(False) <= 3


def test_a_small_page_is_no_evidence() -> None:
    for count in (1, 2, 3):
        assert (
            learned().judge(measures_of(each_record(authors=())(page(5000, records=count)))) == []
        )
    assert learned().judge(measures_of(first(1)(page(5000)))) == []


def test_nothing_is_judged_before_enough_pages_were_seen() -> None:
    broken = measures_of(each_record(authors=())(page(5000)))
    assert learned(LEAST - 1).judge(broken) == []
    assert learned(LEAST).judge(broken) != []


def test_the_last_page_of_a_list_may_be_short() -> None:
    baseline = Baseline(accepted(measures_of(page(n, more=True)) for n in range(WINDOW)))
    for number in range(LAST):
        last = measures_of(page(5000 + number, records=2))
        assert baseline.judge(last) == []
        baseline.add(Seen(page=5000 + number, measures=last, accepted=True))


def test_pages_that_were_alike_in_a_row_before_may_be_so_again() -> None:
    short = {*range(60, 72), *range(130, 140)}
    pages = (page(n, records=5 if n in short else 20) for n in range(WINDOW))
    baseline = Baseline(accepted(measures_of(each) for each in pages))
    for number in range(LAST):
        measures = measures_of(page(5000 + number, records=5))
        assert baseline.judge(measures) == []
        baseline.add(Seen(page=5000 + number, measures=measures, accepted=True))


def test_released_pages_teach_what_is_right() -> None:
    baseline, broken = learned(), each_record(authors=())
    for number in range(TAUGHT):
        measures = measures_of(broken(page(5000 + number)))
        assert number or baseline.judge(measures)
        baseline.add(Seen(page=5000 + number, measures=measures, accepted=True, released=True))
    for number in range(60):
        measures = measures_of(broken(page(6000 + number)))
        assert baseline.judge(measures) == []
        baseline.add(Seen(page=6000 + number, measures=measures, accepted=True))
    assert baseline.judge(measures_of(third_as_prices(page(7000)))) != []


def test_one_released_page_does_not_excuse_a_site_that_breaks() -> None:
    baseline = learned()
    odd = measures_of(each_record(authors=())(page(4999)))
    baseline.add(Seen(page=4999, measures=odd, accepted=True, released=True))
    walk = Walk()
    walk.seen.append(Seen(page=len(walk.seen), measures=odd, accepted=True, released=True))
    walk.baseline = Baseline(walk.seen)
    found = [bool(walk.take(each_record(authors=())(page(5000 + n)))) for n in range(9)]
    assert any(found)
    assert walk.stored == set()


def test_articles_of_one_record_a_page_are_judged_by_the_last_together() -> None:
    walk = Walk(before=0)
    for number in range(WINDOW):
        walk.take(page(number, records=1))
    broken = [walk.take(each_record(year=None)(page(5000 + n, records=1))) for n in range(8)]
    assert any(broken)
    assert not {number for number in walk.stored if number >= WINDOW}


@given(st.permutations(range(60)), st.integers(0, 10**6))
def test_a_baseline_is_the_same_in_whatever_order_its_pages_came(
    order: list[int], seed: int
) -> None:
    dice = random.Random(seed)
    pages = [measures_of(page(seed + n, records=dice.randint(0, 5))) for n in range(60)]
    after = [measures_of(page(9000 + n)) for n in range(LAST - 1)]
    tallies = []
    for arrival in (range(60), order):
        seen = accepted([*(pages[place] for place in arrival), *after])
        tallies.append(figures(Baseline(seen).tally))
    assert tallies[0] == tallies[1]


def figures(tally: Tally) -> dict[str, object]:
    """All that a tally holds, without zeros."""
    return {
        "pages": (tally.pages, tally.records, tally.more),
        "filled": +tally.filled,
        "languages": +tally.languages,
        "sizes": +tally.sizes,
        "lengths": {name: +sizes for name, sizes in tally.lengths.items() if +sizes},
    }


def test_a_baseline_forgets_all_but_the_newest_pages() -> None:
    baseline = learned(3 * WINDOW)
    newest = Tally()
    for number in range(3 * WINDOW - LAST + 1 - WINDOW, 3 * WINDOW - LAST + 1):
        newest.add(measures_of(page(number)))
    assert figures(baseline.tally) == figures(newest)


@st.composite
def draws(draw: DrawFn) -> tuple[int, int, int, int]:
    last, pages = draw(st.integers(1, 20)), draw(st.integers(0, 60))
    return draw(st.integers(0, last)), last, draw(st.integers(0, pages)), pages


@given(draws())
def test_the_chance_of_the_last_is_that_of_drawing_them_by_lot(
    drawn: tuple[int, int, int, int],
) -> None:
    count, last, before, pages = drawn
    shown, total = count + before, last + pages
    fewer = sum(
        comb(shown, hit) * comb(total - shown, last - hit)
        for hit in range(count)
        if last - hit <= total - shown
    )
    assert chance_of_last(count, last, before, pages) == pytest.approx(
        1 - fewer / comb(total, last)
    )


@given(st.integers(1, 40), st.floats(0.01, 0.9), st.data())
def test_the_bound_of_one_page_is_one(of: int, share: float, data: st.DataObject) -> None:
    """Chernoff: never below the binomial tail that it stands for."""
    from math import exp

    hit = data.draw(st.integers(0, of))
    tail = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(hit, of + 1))
    assert exp(-of * divergence(hit / of, share)) >= tail * (1 - 1e-9)


def test_the_figures_that_are_promised_hold() -> None:
    from math import log

    def enough(pages: int) -> int:
        share = 1 / (pages + 1)
        return next(n for n in range(1, 99) if n * divergence(1, share) >= -log(ALARM))

    assert (enough(LEAST), enough(WINDOW)) == (6, 4)
    assert chance_of_last(10, 10, 0, LEAST) < ALARM < chance_of_last(10, 10, 0, 17)
    assert chance_of_last(5, 10, 0, 190) < ALARM


@given(st.integers(0, 10**6), st.integers(0, 30))
def test_measures_come_back_from_json(number: int, records: int) -> None:
    measures = measures_of(page(number, records=records))
    assert measures_from_json(measures_to_json(measures)) == measures


@pytest.mark.parametrize(
    ("text", "legible"),
    [
        ("本文研究了河流三角洲的泥沙输移,提出一种新的方法,并对结果进行了分析。" * 3, True),
        ("L'énergie de l'été « passée » coûte", True),
        ("Zur Größe der Flüsse", True),
        ("Reservoirs hold back the sand", True),
        ("河", True),
    ],
)
def test_text_is_told_from_what_a_wrong_decoding_leaves(text: str, legible: bool) -> None:
    assert is_legible(Record(rank=1, key="k", title=text)) is legible
    if len(text.encode()) > len(text) + 5:
        for wrong in ("cp1252", "latin-1"):
            spoilt = text.encode().decode(wrong, "replace")
            assert not is_legible(Record(rank=1, key="k", title=spoilt))


def test_chinese_taken_for_another_encoding_is_illegible() -> None:
    text = "本文研究了河流三角洲的泥沙输移,提出一种新的方法,并对结果进行了分析。" * 3
    for right, wrong in (("utf-8", "gbk"), ("gbk", "cp1252"), ("utf-8", "gb18030")):
        spoilt = text.encode(right).decode(wrong, "replace")
        assert not is_legible(Record(rank=1, key="k", abstract=spoilt))
