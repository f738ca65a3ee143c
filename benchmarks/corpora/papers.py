"""Papers: a title, an abstract, people, and the place where it was published."""

import random
from dataclasses import dataclass, replace

from benchmarks.corpora.prose import Language, english

_GIVEN = """
Ada Agnes Albert Alice Amir Andrew Anita Boris Carla Chen Clara Daniel Diego Elena Emil Eva Farid
Felix Grace Hana Hugo Ines Ivan Jana Jonas Julia Karim Kenji Lars Lena Liu Marco Maria Mei Miguel
Mona Nadia Nils Olga Omar Paul Petra Rafael Rita Sara Simon Sofia Tariq Thomas Uma Vera Victor Wen
Yuki Zoe
""".split()
_FAMILIES = """
Abbott Adler Almeida Andersson Baker Banerjee Becker Bergström Brandt Bruno Carvalho Castillo
Chaudhry Cooper Costa Delgado Dubois Dvořák Eriksen Evans Fernandes Fischer Fontaine Foster García
Girard Gonzalez Greene Gupta Haas Hansen Harper Hartmann Hoffmann Horvath Ibrahim Ito Jansen Jensen
Kaplan Keller Khan Kim Kovács Kowalski Kumar Larsen Laurent Lindqvist Lopez Lorenz MacLeod Martin
Mehta Meyer Moreau Müller Murphy Nakamura Navarro Nguyen Novak O'Brien Okafor Olsen Ortega Osei Park
Patel Pereira Petrov Quinn Ramirez Rao Reyes Richter Rossi Roux Sanders Santos Sato Schmidt Schröder
Silva Singh Sørensen Stein Suzuki Takahashi Tanaka Torres Tran Ueda Vargas Vasquez Virtanen Vogel
Wagner Walsh Weber Williams Winkler Yamamoto Young Zhang Zimmermann
""".split()
_HAN_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_HAN_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志宏文斌海燕晓东春梅"
_VENUE_FORMS = """
Journal of {} {}
International Journal of {} {}
{} {}
Annals of {} {}
European Review of {} {}
Archives of {} {}
{} and {} Letters
Acta {} {}
""".strip().splitlines()
_FIELDS = """
Aquatic Applied Clinical Colloid Comparative Computational Cultural Economic Experimental Forest
Geochemical Historical Industrial Informatics Legal Logistics Marine Material Mechanics Medicine
Molecular Nursing Optics Organic Pathology Policy Population Psychology Rehabilitation Robotics
Rural Sediment Signal Social Soil Spectral Statistics Structural Surgery Systems Theory Transport
""".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One printing of one paper. Absent is None or empty."""

    language: Language
    title: str
    sentences: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """Given names and family name of each; a Chinese name has no given part."""
    venue: str | None
    year: int | None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None

    @property
    def abstract(self) -> str:
        return self.language.gap.join(self.sentences).strip()

    @property
    def authors(self) -> list[str]:
        return [f"{given} {family}".strip() for given, family in self.people]


def person(rng: random.Random) -> tuple[str, str]:
    given = rng.choice(_GIVEN)
    if rng.random() < 0.4:
        given += f" {rng.choice('ABCDEFGHJKLMNPRSTVW')}."
    return given, rng.choice(_FAMILIES)


def han_person(rng: random.Random) -> tuple[str, str]:
    return "", rng.choice(_HAN_FAMILIES) + "".join(rng.sample(_HAN_GIVEN, rng.choice((1, 2, 2))))


def venues(rng: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[rng.choice(_VENUE_FORMS).format(*rng.sample(_FIELDS, 2))] = None
    return list(found)


_VENUES = venues(random.Random("venues"), 300)


def paper(language: Language, rng: random.Random, *, identified: float = 0.5) -> Paper:
    """A paper with all its fields; of `identified` of them, a DOI."""
    name = han_person if language.name == "zh" else person
    first = rng.randint(1, 2400)
    found = Paper(
        language=language,
        title=language.title(rng),
        sentences=tuple(language.abstract(rng)),
        people=tuple(dict.fromkeys(name(rng) for _ in range(rng.choice((1, 2, 2, 3, 3, 4, 5, 7))))),
        venue=rng.choice(_VENUES),
        year=rng.randint(1985, 2024),
        volume=str(rng.randint(1, 90)),
        issue=str(rng.randint(1, 12)),
        pages=f"{first}-{first + rng.randint(3, 24)}",
    )
    if rng.random() >= identified:
        return found
    return replace(found, doi=f"10.{rng.randint(1000, 9999)}/{rng.getrandbits(32):08x}")


def citation(rng: random.Random) -> Paper:
    """A paper as a catalogue without abstracts lists it."""
    return replace(paper(english(), rng, identified=0.3), sentences=())
