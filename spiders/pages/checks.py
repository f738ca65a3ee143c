"""What a page says of itself, against what was read."""

from collections.abc import Iterator, Sequence

from records import Footer, Problem, Record
from spiders.pages.decoding import Decoded
from spiders.pages.landmarks import Landmarks
from spiders.pages.problems import problem

_DAMAGED = 0.005
"""The share of undecoded characters from which the text is in doubt."""
_MARKS = (
    ("captcha", ("安全验证", "人机验证", "滑动验证", "captcha", "are you a robot",
                 "verify you are human", "unusual traffic", "访问过于频繁")),
    ("not-found", ("not found", "does not exist", "doesn't exist", "can't be found",
                   "cannot be found", "could not be found", "no longer available", "页面不存在",
                   "找不到", "未找到", "已被删除")),
    ("login", ("请登录", "请先登录", "用户登录", "登录名", "password", "密码")),
    ("captcha", ("验证码",)),
)  # fmt: skip
_CALLED = (*_MARKS, ("not-found", ("404", "no longer")), ("login", ("sign in", "log in", "登录")))
"""What a page calls itself; of its text they say less: many a page has a link to sign in."""
_LOOKED_AT = 5000


def decoding_problems(decoded: Decoded) -> Iterator[Problem]:
    """What went wrong before the page was text."""
    if decoded.mixed:
        yield problem(
            "mixed-encodings",
            f"parts of the page are not in {decoded.encoding}; they were decoded apart",
        )
    if decoded.declared:
        yield problem(
            "charset-mismatch",
            f"the page is declared as {decoded.declared} and was read as {decoded.encoding}",
        )
    if decoded.replaced:
        share = decoded.replaced / max(len(decoded.text), 1)
        code = "damaged" if share > _DAMAGED and decoded.replaced > 2 else "undecoded"
        yield problem(
            code,
            f"characters that cannot be decoded as {decoded.encoding} or cannot be stored: "
            f"{decoded.replaced}; each is U+FFFD now",
        )


def broken_markup() -> Problem:
    """Of a page that was read after its markup was mended."""
    return problem(
        "broken-markup", "what is never closed hid a part of the page; it was read all the same"
    )


def strange(text: str, title: str | None) -> Problem:
    """What a page is that is not a result page."""
    words = text[:_LOOKED_AT].lower()
    if not words.strip() and not (title or "").strip():
        return problem("empty", "the page has no text; fetch it again")
    for marks, said in ((_CALLED, (title or "").lower()), (_MARKS, words)):
        for code, alike in marks:
            for mark in alike:
                if mark in said:
                    return problem(code, f"no result page: it says {mark!r}")
    return problem(
        "not-recognised",
        "no result page: too few landmarks of a known site, and nothing repeats as records do",
    )


def says_it_is_none(title: str) -> bool:
    """Whether what a page calls itself says that it is no result page, whatever it lists to go on
    to."""
    words = title.lower()
    return any(mark in words for _, marks in _CALLED for mark in marks)


def list_problems(
    placed: list[Record | None], marks: Landmarks, html: bool, cut: bool
) -> Iterator[Problem]:
    """A list's own check: its total, its ranks, its links, its end. ``placed``: what stands at
    each place of the page, None where nothing but the place is known."""
    count = len(placed)
    yield from total_problems(marks.stated_total, count)
    if cut:
        yield problem("truncated", f"the page ends within record {count + 1}, which is left out")
    elif marks.foot is None:
        yield problem("truncated", f"the page ends behind record {count}, without a footer")
    for place, record in enumerate(placed, start=1):
        if record is None:
            yield problem("no-text", "the page has nothing of the record but its place", place)
    records = [record for record in placed if record]
    yield from _rank_problems(placed)
    if html:
        yield from _link_problems(records)
    yield from repeated(records)


def _rank_problems(placed: list[Record | None]) -> Iterator[Problem]:
    for place, record in enumerate(placed, start=1):
        if record and record.rank != place:
            message = f"record {place} of the page has rank {record.rank}"
            yield problem("rank-sequence", message, record.rank)
            return


def no_total(count: int) -> Problem:
    """Of a page that does not say how many records there are."""
    return problem("no-total", f"the page does not state a total; {count} records were read")


def total_problems(total: int | None, count: int) -> Iterator[Problem]:
    """What is wrong with the total that a page states of itself."""
    if total is None:
        yield no_total(count)
    elif total != count:
        yield problem("total-mismatch", f"the page states {total} records; {count} were read")


def _link_problems(records: list[Record]) -> Iterator[Problem]:
    without = [record for record in records if record.similar_url is None]
    if records and len(without) == len(records):
        yield problem("no-links", "no record of the page has a link to its kin")
        return
    for record in without:
        yield problem("no-kin-link", "the record has no link to its kin", record.rank)


def repeated(records: Sequence[Record]) -> Iterator[Problem]:
    """Records that stand on the page before."""
    seen: dict[str, int] = {}
    for record in records:
        first = seen.setdefault(record.key, record.rank)
        if first != record.rank:
            yield problem("duplicate-record", f"the record stands at {first} too", record.rank)


def footer_problems(footer: Footer | None) -> Iterator[Problem]:
    """What the footer lacks."""
    if footer is not None and footer.licence is None:
        yield problem("no-licence", "the footer has no licence number")
