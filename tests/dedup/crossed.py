"""Small corpora in which everything happens, by dice: printings of few works, crossed."""

import random
from dataclasses import replace
from typing import Any

from dedup.clusters import contradiction
from dedup.scheme import DEFAULT, Scheme
from records import Decision
from tests.dedup.compiled import pieces
from tests.dedup.compiled.test_aligning import edited

SCHEMES = (
    DEFAULT,
    DEFAULT,
    replace(DEFAULT, saturation=3),
    replace(DEFAULT, saturation=1, borderline=0.1),
    replace(DEFAULT, bridge=1.0),
    replace(DEFAULT, bridge=1.0, threshold=0.5),
    replace(DEFAULT, shingle=1, shortest=2),
    Scheme(bands=6, rows=2, seed=9, shingle=2, shortest=5, threshold=0.4, saturation=7),
)
_WORDS = """
field seed soil water crop yield rain root leaf stem growth model test result effect sample season
farm maize wheat nitrogen carbon acid salt plot trial rate mean score value control group treatment
response shows gives lowers raises
""".split()
_HAN = "田地苗情况建议分析水土种植农业作物产量模型试验结果影响样本季节肥料处理对照方案提出"
_VENUES = (
    "Journal of Ants",
    "J. Ants",
    "Annals of Bees: an organ",
    "Proceedings of the 3rd Conf",
    "arXiv",
)
_PEOPLE = (
    "Li Wei",
    "Wang, Q.",
    "McAdams J. E.",
    "J.E. McAdams",
    "Ann Lee",
    "Lee A",
    "张伟",
    "Bo Ek",
    "B?o Ek",
    "Ek Ø.",
    "Anonymous",
)
_GENERIC = ("Front Matter", "Editorial", "", "   ", "Book review", "目录", "2001", ".")
_DOIS = ("10.1000/one", "https://doi.org/10.1000/ONE", "10.1000/two", "n/a", "", "10.1000/three.")

_BOTH = {"doi": "10.1000/one", "pmid": "77"}, {"pmid": "78", "arxiv": '2"1\\'}, {"isbn": "9"}


def _sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(_WORDS, k=words)).capitalize() + ". "


def _text(dice: random.Random) -> str:
    if dice.random() < 0.35:
        return "".join(
            "".join(dice.choices(_HAN, k=dice.randint(5, 16))) + dice.choice("，。；")
            for _ in range(dice.randint(2, 10))
        )
    return "".join(_sentence(dice, dice.randint(4, 14)) for _ in range(dice.randint(1, 10)))


def _reworded(text: str, share: float, dice: random.Random) -> str:
    parts = text.split(" ") if " " in text else list(text)
    gap, fresh = (" ", [*_WORDS, "novel", "other"]) if " " in text else ("", list(_HAN + "新他"))
    return gap.join(dice.choice(fresh) if dice.random() < share else part for part in parts)


def _printed(text: str, dice: random.Random) -> str:
    """The same abstract, or nearly, as another source prints it."""
    match dice.randrange(16):
        case 0:
            return text[: max(5, len(text) * dice.randint(3, 9) // 10)] + dice.choice(
                ("…", "...", " …")
            )
        case 1:
            return dice.choice(pieces.HEADINGS) + text
        case 2:
            return text + dice.choice(pieces.ENDS)
        case 3:
            return dice.choice(pieces.LABELS) + text
        case 4:
            return text.replace("a", "&#97;", 3)
        case 5:
            return text.upper()
        case 6:
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
        case 7:
            return text.replace(" ", "\n", 4)
        case 8:
            return f"{text} {_text(dice)}"
        case 9:
            return text + dice.choice(dice.choice(pieces.ABSTRACT))
        case 10 | 11 | 12:
            return _reworded(text, dice.choice((0.01, 0.03, 0.08, 0.15, 0.25, 0.4)), dice)
        case _:
            return text


def _titled(title: str, dice: random.Random) -> str | None:
    match dice.randrange(14):
        case 0:
            return None
        case 1:
            return dice.choice(_GENERIC)
        case 2:
            return dice.choice(("Erratum: ", "Reply to ", "更正：", "Comment on ")) + title
        case 3:
            return title + dice.choice(
                (", part II", " (1)", ": part 2", " 2001", "（上）", " [Article]")
            )
        case 4:
            return title.upper() + dice.choice((".", " ", "*"))
        case 5 | 6:
            return edited(title, dice)
        case 7:
            return f"<i>{title}</i>"
        case _:
            return title


def _work(dice: random.Random) -> dict[str, Any]:
    return {
        "title": " ".join(dice.choices(_WORDS, k=dice.randint(1, 9))).capitalize()
        if dice.random() < 0.7
        else "".join(dice.choices(_HAN, k=dice.randint(2, 14))),
        "abstract": _text(dice),
        "authors": dice.sample(_PEOPLE, dice.randint(0, 4)),
        "year": dice.choice((None, 1999, 2001, 2002, 2010, -5)),
        "venue": dice.choice((None, *_VENUES)),
        "volume": dice.choice((None, "7", "07", "12")),
        "issue": dice.choice((None, "2")),
        "pages": dice.choice((None, "12-19", "112-9", "S12")),
        "identifiers": dice.choice((None, {"doi": dice.choice(_DOIS)}, {"pmid": "77"}, *_BOTH)),
    }


def _record(work: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    said = dict(work)
    said["abstract"] = _printed(work["abstract"], dice) if dice.random() < 0.85 else None
    said["title"] = _titled(work["title"], dice)
    for name in ("authors", "year", "venue", "volume", "issue", "pages", "identifiers"):
        chance = dice.random()
        if chance < 0.3:
            said[name] = None
        elif chance < 0.4:
            said[name] = _work(dice)[name]
    if said["authors"] and dice.random() < 0.2:
        said["authors"] = ["; ".join(said["authors"]), None, ""]
    if dice.random() < 0.05:
        said = {"text": _text(dice) if dice.random() < 0.5 else work["abstract"], "title": ""}
    if dice.random() < 0.04:
        said = {}
    if dice.random() < 0.1:
        said = {"abstract": work["abstract"]}
    return said


def _chain(dice: random.Random) -> list[dict[str, Any]]:
    """Each like the next, and the first unlike the last."""
    text, found = _text(dice) + _text(dice), []
    for _ in range(dice.randint(3, 9)):
        found.append({"abstract": text})
        text = _reworded(text, dice.choice((0.04, 0.07, 0.1)), dice)
    return found


def corpus(dice: random.Random) -> list[dict[str, Any]]:
    """5 to 80 records with ids that tell nothing of what they are."""
    works = [_work(dice) for _ in range(dice.randint(1, 8))]
    rows = [_record(dice.choice(works), dice) for _ in range(dice.randint(5, 70))]
    if dice.random() < 0.5:
        rows += _chain(dice)
    rows += [dict(dice.choice(rows)) for _ in range(dice.randint(0, 5))]
    dice.shuffle(rows)
    names = dice.sample(range(16**4), len(rows))
    return [
        {**row, "id": dice.choice(("", "é", "田")) + f"{name:x}"}
        for row, name in zip(rows, names, strict=True)
    ]


def decisions(rows: list[dict[str, Any]], dice: random.Random) -> list[Decision]:
    """A few that do not contradict one another, some of them about records that are not there."""
    taken: list[Decision] = []
    ids = [row["id"] for row in rows] + ["nobody"]
    for when in range(dice.choice((0, 0, 1, 3, 6))):
        said = dice.choice(("merge", "split", "split", "canonical"))
        a, b = dice.sample(ids, 2)
        one = Decision(
            decision=said, a=a, b=None if said == "canonical" else b, who="me", when=when, why=""
        )
        if not contradiction(taken, one):
            taken.append(one)
    return taken
