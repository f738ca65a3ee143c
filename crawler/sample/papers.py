"""One synthetic paper: a function of the seed and its number."""

from dataclasses import dataclass

from crawler.sample.dice import Dice
from crawler.sample.prose import Scene, fill, scene
from crawler.sample.vocabulary import grammar

Name = tuple[str, ...]
"""``("McAllen", "J. E.")`` or ``("欧阳明",)``."""

SHORTEST = {"zh": 190, "en": 135}
"""Characters (zh) or words (en) below which an abstract gets more results."""
LONGEST = {"zh": 345, "en": 215}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A record as the portal prints it, before mark-up. Absent is None or empty."""

    subject: int
    language: str
    title: str | None
    names: tuple[Name, ...]
    venue: str | None
    year: int | None
    volume: str | None
    issue: str | None
    pages: str | None
    abstract: tuple[str, ...]
    """Paragraphs, without the ``Abstract`` line."""
    headed: bool
    """Whether a line ``Abstract`` or ``摘要`` opens the abstract."""
    keywords: tuple[str, ...]
    institute: str
    cited: tuple[int, int] | None
    """By its own authors, by others."""
    free_pdf: bool

    @property
    def authors(self) -> tuple[str, ...]:
        """One a person: ``McAllen J. E.``."""
        return tuple(" ".join(name) for name in self.names)


@dataclass(frozen=True, slots=True)
class Traits:
    """What sort of paper it is, known without writing it."""

    language: str
    labelled: bool
    lack: str
    """What it lacks: ``abstract``, ``all`` but the title, ``authors``, ``citation``, ``title``,
    or nothing (empty)."""


_LACKS = (
    ("", 0.86),
    ("abstract", 0.05),
    ("all", 0.015),
    ("authors", 0.03),
    ("citation", 0.025),
    ("title", 0.02),
)


def traits(seed: int, index: int) -> Traits:
    dice = Dice(seed, "traits", index)
    language = "zh" if dice.chance(0.5) else "en"
    labelled = dice.chance(0.25 if language == "zh" else 0.15)
    # The first record is where readers of the demo start: let it be whole.
    return Traits(language, labelled, dice.weighted(_LACKS) if index else "")


@dataclass(frozen=True, slots=True)
class Draft:
    """Sentences by role, before they become an abstract."""

    topic: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]

    def sentences(self) -> list[str]:
        return [sentence for _, sentences in self.parts for sentence in sentences]


def length(text: str, language: str) -> int:
    """In characters (zh) or words (en)."""
    return len(text) if language == "zh" else len(text.split())


def draft(place: Scene, dice: Dice) -> Draft:
    topic = place.topic(dice)
    counts = {
        "background": 1,
        "gap": int(dice.chance(0.6)),
        "aim": 1,
        "data": 1,
        "method": dice.between(1, 2),
        "result": 6,
        "conclusion": 1,
    }
    parts = {
        role: place.sentences(role, count, dice, topic) for role, count in counts.items() if count
    }
    everything = [sentence for sentences in parts.values() for sentence in sentences]
    size = sum(length(sentence, place.language) for sentence in everything)
    aim = dice.between(SHORTEST[place.language], LONGEST[place.language])
    results = parts["result"]
    while len(results) > 1:
        shorter = size - length(results[-1], place.language)
        if size <= aim or shorter < SHORTEST[place.language]:
            break
        results.pop()
        size = shorter
    return Draft(topic, tuple((role, tuple(sentences)) for role, sentences in parts.items()))


_SECTION_OF = {"background": 0, "gap": 0, "aim": 0, "data": 1, "method": 1, "result": 2}


def paragraphs(written: Draft, language: str, labelled: bool, dice: Dice) -> tuple[str, ...]:
    """The abstract: one paragraph, two, or labelled sections."""
    gap = "" if language == "zh" else " "
    if labelled:
        return _sections(written, language, dice)
    sentences = written.sentences()
    if dice.chance(0.06):
        half = len(sentences) // 2
        return gap.join(sentences[:half]), gap.join(sentences[half:])
    return (gap.join(sentences),)


def _sections(written: Draft, language: str, dice: Dice) -> tuple[str, ...]:
    labels = dice.pick(grammar(language)["labels"])
    gap = "" if language == "zh" else " "
    bodies: list[list[str]] = [[], [], [], []]
    for role, sentences in written.parts:
        bodies[_SECTION_OF.get(role, 3)] += sentences
    if language == "en":
        shape = dice.pick(("{}: {}", "[{}] {}"))
    else:
        shape = dice.pick(("【{}】{}", "[{}] {}"))
    texts = [
        shape.format(label, gap.join(body)) for label, body in zip(labels, bodies, strict=True)
    ]
    if language == "en" and dice.chance(0.4):
        return tuple(texts)
    return ((" " if language == "en" or shape[0] == "[" else "").join(texts),)


def people(language: str, count: int, dice: Dice) -> tuple[Name, ...]:
    speech = grammar(language)
    names: dict[Name, None] = {}
    while len(names) < count:
        surname = dice.pick(speech["surnames"])
        if language == "zh":
            given = "".join(dice.some(speech["given"], dice.between(1, 2)))
            names[(surname + given,)] = None
        else:
            initials = " ".join(
                f"{chr(65 + dice.between(0, 25))}." for _ in range(dice.between(1, 2))
            )
            names[(surname, initials)] = None
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Citation:
    venue: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None


def citation(place: Scene, dice: Dice) -> Citation:
    """Mostly whole; sometimes without volume or issue, as the site prints some."""
    venue = fill(dice.pick(place.venues), dice)
    year = dice.between(1986, 2025)
    first = dice.between(1, 1400)
    volume, issue = str(dice.between(1, 68)), str(dice.between(1, 12))
    pages = f"{first}-{first + dice.between(3, 19)}"
    lack = dice.weighted((("", 0.86), ("volume", 0.07), ("issue", 0.07)))
    return Citation(
        venue,
        year,
        None if lack == "volume" else volume,
        None if lack == "issue" else issue,
        pages,
    )


def written(seed: int, index: int, subject: int, sort: Traits) -> tuple[Paper, Draft]:
    """The paper as it is where nothing is planted, with the sentences it is made of."""
    place = scene(subject, sort.language)
    dice = Dice(seed, "paper", index)
    sketch = draft(place, dice)
    title = place.title(dice, sketch.topic)
    abstract = paragraphs(sketch, sort.language, sort.labelled, dice)
    abstract = _with_oddities(abstract, sort.language, dice)
    names = people(sort.language, dice.between(1, 6), dice)
    cited = citation(place, dice)
    lack = sort.lack
    if lack in ("citation", "all"):
        cited = Citation()
    own = dice.between(0, 4)
    paper = Paper(
        subject=subject,
        language=sort.language,
        title=None if lack == "title" else title,
        names=() if lack in ("authors", "all") else names,
        venue=cited.venue,
        year=cited.year,
        volume=cited.volume,
        issue=cited.issue,
        pages=cited.pages,
        abstract=() if lack in ("abstract", "all") else abstract,
        headed=dice.chance(0.15),
        keywords=tuple(dict.fromkeys([sketch.topic, *dice.some(place.things, 3)])),
        institute=fill(dice.pick(place.institutes), dice),
        cited=(own, dice.between(0, 90)) if dice.chance(0.75) else None,
        free_pdf=dice.chance(0.4),
    )
    return paper, sketch


_WIDE = str.maketrans(",;:()%", "\uff0c\uff1b\uff1a\uff08\uff09\uff05")


def _with_oddities(abstract: tuple[str, ...], language: str, dice: Dice) -> tuple[str, ...]:
    """Now and then full-width signs, a line separator (U+2028), or an editor's note."""
    odd = dice.weighted((("", 0.83), ("wide", 0.08), ("u2028", 0.03), ("note", 0.06)))
    if odd == "wide" and language == "zh":
        return tuple(text.translate(_WIDE) for text in abstract)
    if odd == "u2028":
        stop = "。" if language == "zh" else ". "
        head, _, rest = abstract[0].partition(stop)
        return (f"{head}{stop.rstrip()}\u2028{rest}", *abstract[1:]) if rest else abstract
    if odd == "note":
        name = " ".join(people(language, 1, dice)[0])
        return (*abstract, dice.pick(grammar(language)["notes"]).format(name=name))
    return abstract


def has_full_text(seed: int, index: int) -> bool:
    """Whether it lacks nothing, so that what is made from it can be recognised.

    About one paper in seven lacks something; those are never copied.
    """
    return traits(seed, index).lack == ""
