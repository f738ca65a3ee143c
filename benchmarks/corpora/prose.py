"""Sentences in several languages: forms filled with words whose frequencies follow Zipf's law."""

import random
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, product
from pathlib import Path

_ONSETS = """
b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p ph pl pr r s sc sh sl sp st t th tr v w
z
"""
_NUCLEI = "a e i o u ai ea io ou oa ie"
_CODAS = "b ck d ft g l ll m n nd ng nt p r rd rm rt s sk ss st t th x z"
_ENDINGS = {
    "noun": "ation ity ence or ism ure ment ase ine ium osis ance ite ship ness ology etry".split(),
    "adjective": "ic al ous ive ary ar able ent istic oidal ful less".split(),
    "verb": "ise ate ify en ect ose uce".split(),
}
_ENGLISH_FORMS = """
The {a} {n} of {n} has been studied in {n} and {n}, but its {n} under {a} stress is unclear.
In this paper we {v} the {n} between {a} {n} and {n} in a sample of {d} {n}s.
We propose a {a} {n} that {v}s the {n} of each {n} before {a} {n} is applied to the {n}.
A total of {d} {n}s were assigned to {a} {n} or to {n}, and the {n} was measured after {d} weeks.
Our results show that {n} {v}s {a} {n} by {d}% compared with {n}, while {n} stays below {d}%.
The {n} increased from {d} to {d} when the {a} {n} was combined with {a} {n} in {n}.
These findings suggest that {a} {n} may {v} {n}, and that {n} should be considered in {a} {n}.
Using {a} {n}, we found that the {n} of {n} depends on {n} rather than on {a} {n}.
Little is known about how {n} and {a} {n} interact during the {n} of {a} {n}s.
We compared {d} {a} {n}s with {d} {n}s from {n} and estimated the {n} by {a} {n}.
No difference in {n} was seen between {a} and {a} {n} (p = 0.{d}), although {n} was lower in {n}.
The {a} model explains {d}% of the {n} in {n} and predicts the {n} of {a} {n} well.
Data on {n}, {n} and {a} {n} were collected from {d} {n}s in {a} {n} over {d} months.
This {n} allows one to {v} {a} {n} without {n}, which reduces the {n} of {n} by {d}%.
We conclude that {a} {n} is a {a} predictor of {n} and that {n} deserves further {n}.
Experiments on {d} {a} {n}s confirm the {n}, with {a} {n} of {d} against {d} for {n}.
"""
_ENGLISH_TITLES = """
The {a} {n} of {n} in {a} {n}
{a} {n} and the {n} of {n}: a {a} study
Effects of {a} {n} on {n} and {n}
A {a} approach to {n} for {a} {n}
On the {n} of {a} {n} in {n}
{n}, {n} and {a} {n}: evidence from {a} {n}
How {n} {v}s {a} {n}
Towards a {a} {n} of {n} and {n}
{a} {n} for the {n} of {a} {n}s
"""
_CHINESE_OPENINGS = """
本文 通过{w}， 研究发现， 结果表明， 在{w}{w}中， 近年来， 此外， 因此， 其中， 针对{w}，
以{w}为例， 基于{w}{w}， 从{w}的角度， 目前， 随着{w}的发展， 与{w}相比，
""".split()
_CHINESE_CLAUSES = """
{w}{w}与{w}呈{w}相关 分析了{w}{w}对{w}的影响 提出{w}{w}的{w}方案 {w}的{w}升高{d}% {w}{w}随{w}而降低
测定了{d}例{w}{w} 建立{w}{w}模型 {w}受{w}和{w}制约 探讨{w}在{w}中的作用 {w}{w}优于{w} 应加强{w}{w}
{w}与{w}有{w}差异 比较了{w}、{w}和{w} {w}{w}达到{d} 验证了{w}的{w} 促进{w}{w}协调 总结{w}{w}特点
""".split()
_CHINESE_ENDINGS = """
。 。 ，其{w}为{d}。 ，而{w}较小。 ，并给出{w}{w}。 ，尤以{w}{w}最为明显。 ，为{w}提供依据。
，{w}次之。
""".split()
_CHINESE_TITLES = """
{w}{w}对{w}{w}的影响研究
基于{w}{w}的{w}{w}方法
{w}{w}与{w}的关系及其{w}
{w}地区{w}{w}的{w}特征
论{w}{w}中的{w}{w}
"""
_SIMPLIFIED = Path(__file__).parents[2] / "dedup" / "simplified.tsv"


@dataclass(frozen=True, slots=True)
class Language:
    """What sentences of a language are made of."""

    name: str
    forms: tuple[str, ...]
    titles: tuple[str, ...]
    words: dict[str, list[str]]
    """By the letter that stands for them in a form."""
    gap: str
    """Between words, and between sentences."""
    sentences: tuple[int, int]
    """Fewest and most of an abstract."""
    weights: dict[str, list[float]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", {slot: _zipf(len(w)) for slot, w in self.words.items()})

    def fill(self, form: str, rng: random.Random) -> str:
        """A form with words in its slots; ``{d}`` is a number."""
        parts = form.split("{")
        said = [parts[0]]
        for part in parts[1:]:
            word = str(rng.randint(2, 99)) if part[0] == "d" else self._word(part[0], rng)
            said += (word, part[2:])
        return "".join(said)

    def _word(self, slot: str, rng: random.Random) -> str:
        return rng.choices(self.words[slot], cum_weights=self.weights[slot])[0]

    def sentence(self, rng: random.Random) -> str:
        return _begun(self.fill(rng.choice(self.forms), rng))

    def title(self, rng: random.Random) -> str:
        return _begun(self.fill(rng.choice(self.titles), rng))

    def abstract(self, rng: random.Random) -> list[str]:
        return [self.sentence(rng) for _ in range(rng.randint(*self.sentences))]


def _begun(text: str) -> str:
    return text[0].upper() + text[1:]


def _zipf(count: int) -> list[float]:
    """Cumulative weights; the flat head keeps the commonest words of a field from every text."""
    return list(accumulate(1 / (rank + 30) for rank in range(count)))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines())


def _stems(rng: random.Random, count: int) -> list[str]:
    onsets, nuclei, codas = _ONSETS.split(), _NUCLEI.split(), _CODAS.split()
    return [
        "".join(rng.choice(onsets) + rng.choice(nuclei) for _ in range(rng.choice((1, 1, 2))))
        + rng.choice(codas)
        for _ in range(count)
    ]


@cache
def english() -> Language:
    rng = random.Random("english")
    stems = _stems(rng, 3000)
    words = {
        kind[0]: sorted({rng.choice(stems) + rng.choice(ends) for _ in range(count)}, key=hash_free)
        for (kind, ends), count in zip(_ENDINGS.items(), (4000, 1500, 500), strict=True)
    }
    forms, titles = _lines(_ENGLISH_FORMS), _lines(_ENGLISH_TITLES)
    return Language("en", forms, titles, words, " ", (6, 14))


def hash_free(word: str) -> tuple[int, str]:
    """An order that is neither of the alphabet nor of the process."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(word)) % 10007, word


@cache
def traditional_of() -> dict[int, str]:
    """Simplified characters to a traditional form each."""
    found: dict[int, str] = {}
    for line in _SIMPLIFIED.read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            traditional, simple = line.split("\t")
            if ord(traditional) < 0xA000 and ord(simple) < 0xA000:
                found.setdefault(ord(simple), traditional)
    return found


@cache
def chinese() -> Language:
    """In simplified characters; two in five have a traditional form of their own."""
    rng = random.Random("chinese")
    table = traditional_of()
    both = {*table, *map(ord, table.values())}
    plain = [chr(point) for point in range(0x4E00, 0x9FA0) if point not in both]
    letters = rng.sample(sorted(map(chr, table)), 360) + rng.sample(plain, 540)
    words = sorted({"".join(rng.sample(letters, 2)) for _ in range(4000)}, key=hash_free)
    parts = product(_CHINESE_OPENINGS, _CHINESE_CLAUSES, _CHINESE_ENDINGS)
    forms = tuple("".join(three) for three in parts)
    return Language("zh", forms, _lines(_CHINESE_TITLES), {"w": words}, "", (8, 14))


@cache
def amharic() -> Language:
    """Words of Ethiopic syllables, with spaces: a language that no table of ours knows."""
    rng = random.Random("amharic")
    syllables = [chr(point) for point in range(0x1208, 0x1300) if point % 8 < 7]
    words = {"".join(rng.choices(syllables, k=rng.randint(2, 5))) for _ in range(3000)}
    forms = tuple(" ".join(["{w}"] * count) + "።" for count in (11, 14, 17, 20))
    titles = tuple(" ".join(["{w}"] * count) for count in (6, 8, 10))
    return Language("am", forms, titles, {"w": sorted(words, key=hash_free)}, " ", (5, 9))


@cache
def thai() -> Language:
    """Words of Thai syllables, without spaces but between sentences."""
    rng = random.Random("thai")
    syllables = [
        a + b + c
        for a in "กขคงจชดตถทนบปผพมยรลวสหอ"
        for b in "ะาิีุูัำ"
        for c in ("", "", "น", "ง", "ม", "ก", "ย", "ว", "ด", "บ")
    ]
    words = {"".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(2500)}
    forms = tuple("{w}" * count + " " for count in (9, 12, 15))
    titles = tuple("{w}" * count for count in (6, 8, 10))
    return Language("th", forms, titles, {"w": sorted(words, key=hash_free)}, "", (6, 10))
