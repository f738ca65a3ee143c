from itertools import combinations, pairwise
from math import sqrt

import numpy as np
import pytest

from dedup.bands import Kind, band_keys, bucket_keys, key_sources, kind_of, s_curve
from dedup.batch import deduplicate_records
from dedup.folded import fold_record
from dedup.kernels import signature
from dedup.pairs import overlap
from dedup.scheme import DEFAULT, Scheme

TITLE = "Sowing and counting in two fields of the north"


def keys_of(writer, **fields):
    return set(bucket_keys(fold_record(writer.record("r:1", **fields))))


def kinds_of(writer, **fields):
    return {source.kind for source in key_sources(fold_record(writer.record("r:1", **fields)))}


def corpus(writer):
    """A few hundred texts, each with edited copies, from nearly equal to hardly alike."""
    for number in range(60):
        text = writer.english() if number % 2 else writer.chinese()
        yield text
        for share in (0.01, 0.03, 0.06, 0.1, 0.15, 0.25):
            yield writer.edited(text, share)


def test_bands_find_what_the_s_curve_says(writer):
    folded = [fold_record(writer.record("r", abstract=text)) for text in corpus(writer)]
    banded = [set(band_keys(signature(one.shingles))) for one in folded]
    expected = met = variance = 0.0
    for a, b in combinations(range(len(folded)), 2):
        shared = overlap(folded[a], folded[b])
        if shared is not None and shared.jaccard > 0.02:
            chance = s_curve(DEFAULT, shared.jaccard)
            expected += chance
            variance += chance * (1 - chance)
            met += bool(banded[a] & banded[b])
    assert expected > 200
    # Six deviations, and three times the variance: pairs of one text are not independent.
    assert abs(met - expected) <= 6 * sqrt(3 * variance)


def test_nearly_all_pairs_at_the_threshold_share_a_band(writer):
    folded = [fold_record(writer.record("r", abstract=text)) for text in corpus(writer)]
    near = [
        (a, b)
        for a, b in combinations(folded, 2)
        if (shared := overlap(a, b)) is not None and shared.jaccard >= DEFAULT.threshold
    ]
    met = [bool(set(bucket_keys(a)) & set(bucket_keys(b))) for a, b in near]
    assert len(near) > 100
    assert sum(met) >= 0.98 * len(near)


@pytest.mark.parametrize("scheme", [DEFAULT, Scheme(bands=5, rows=2)])
def test_the_s_curve_rises_from_nothing_to_certainty(scheme):
    values = [s_curve(scheme, similarity / 20) for similarity in range(21)]
    assert values[0] == 0
    assert values[-1] == 1
    assert all(low <= high for low, high in pairwise(values))


def test_keys_are_signed_64_bit_sorted_and_name_their_kind(writer):
    fields = {
        "title": TITLE,
        "abstract": writer.english(),
        "authors": ("Ann Lee", "Bo Ek"),
        "year": 2001,
        "volume": "7",
        "pages": "12-15",
        "identifiers": {"doi": "10.1000/xyz"},
    }
    folded = fold_record(writer.record("r:1", **fields))
    keys = bucket_keys(folded)
    assert list(keys) == sorted(set(keys))
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert {kind_of(key) for key in keys} == set(Kind)
    assert {source.key for source in key_sources(folded)} == set(keys)
    assert len(keys) <= DEFAULT.bands + 8


def test_bands_of_two_places_are_never_one_bucket():
    same_in_every_band = np.zeros(DEFAULT.permutations, np.uint32)
    assert len(set(band_keys(same_in_every_band))) == DEFAULT.bands


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "", "abstract": ""},
        {"abstract": "…"},
        {"abstract": "No abstract."},
        {"title": "Front Matter"},
        {"title": "Editorial", "year": 2001},
        {"title": "编者按"},
        {"year": 2001, "volume": "7"},
        {"authors": ("Wang, Wei",), "year": 2001},
        {"identifiers": {"doi": "n/a"}},
    ],
    ids=str,
)
def test_a_record_with_nothing_to_go_by_stands_in_no_bucket(writer, fields):
    assert keys_of(writer, **fields) == set()


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        (
            {"title": "Sowing two fields of the north"},
            {"title": "SOWING two fields, of the north [Article]"},
            Kind.TITLE,
        ),
        (
            {"title": "Sowing two fields of the north", "abstract": "We sow two fields."},
            {"title": "Sowing two fields of the north"},
            Kind.TITLE,
        ),
        (
            {"title": "Sowing two fields of the north: a study", "authors": ("Ann Lee", "Bo Ek")},
            {"title": "Sowing two fields of the north", "authors": ("Ek, B.", "Lee, A.")},
            Kind.TITLE,
        ),
        (
            {"title": "Sowing two northern fields", "authors": ("Ann Lee",)},
            {"title": "SIM paper: sowing two northern fields", "authors": ("Lee, A.",)},
            Kind.TITLE,
        ),
        (
            {"title": "Sowing two northern fields", "year": 2001},
            {"title": "On sowing two northern fields", "year": 2001},
            Kind.TITLE,
        ),
        (
            {"title": TITLE, "authors": ("Ann Lee", "Bo Ek"), "year": 2001},
            {"title": "Award: " + TITLE, "authors": ("Ek, B.", "Lee, A."), "year": 2001},
            Kind.AUTHOR_YEAR,
        ),
        (
            {"title": TITLE, "authors": ("Ann Lee", "Bo Ek"), "year": 2001},
            {"title": TITLE.replace("north", "nroth"), "authors": ("Lee, A.",), "year": 2001},
            Kind.AUTHOR_YEAR,
        ),
        (
            {"title": "北方两块农田播种密度研究", "authors": ("王芳", "李伟"), "year": 2001},
            {"title": "我国北方两块农田播种密度研究", "authors": ("李伟", "王芳"), "year": 2001},
            Kind.AUTHOR_YEAR,
        ),
        (
            {"volume": "7", "pages": "S12-5", "year": 2001},
            {"volume": "07", "pages": "12", "year": 2001},
            Kind.PLACE,
        ),
        (
            {"identifiers": {"doi": "https://doi.org/10.1000/ABC"}},
            {"identifiers": {"doi": "10.1000/abc"}},
            Kind.IDENTIFIER,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_two_forms_of_one_record_share_a_bucket(writer, a, b, shared):
    both = keys_of(writer, **a) & keys_of(writer, **b)
    assert shared in {kind_of(key) for key in both}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"authors": ("Wang, W.", "Li, X.")}, {"authors": ("Wang, F.", "Li, Y.")}),
        ({"title": "A study of the effects of rain"}, {"title": "A study of the effects of snow"}),
        ({"title": "基于深度学习的水稻识别"}, {"title": "基于深度学习的玉米测产"}),
        ({"volume": "7", "pages": "1-9"}, {"year": 2002, "volume": "7", "pages": "1-12"}),
    ],
    ids=["names of many", "an opening of many", "an opening of many, Chinese", "first pages"],
)
def test_what_many_share_alone_makes_no_candidates(writer, a, b):
    fields = {"year": 2001, "abstract": writer.english()}
    others = {"year": 2001, "abstract": writer.english()}
    assert not keys_of(writer, **fields | a) & keys_of(writer, **others | b)


def test_unrelated_records_of_few_names_and_years_are_seldom_candidates(writer):
    """Half the names of a corpus are five, its years are thirty, its volumes follow its years."""
    rng = writer.rng
    names = ["Wang", "Li", "Zhang", "Liu", "Chen"] + [writer.english(1) for _ in range(200)]
    records = []
    for number in range(1500):
        year = rng.randint(1996, 2025)
        people = tuple(
            f"{names[rng.randrange(5)] if rng.random() < 0.5 else rng.choice(names)}, X."
            for _ in range(rng.randint(1, 4))
        )
        title = writer.english(8) if number % 2 else writer.chinese(14)
        records.append(
            writer.record(
                f"k:{number}", title=title, authors=people, year=year, volume=str(year - 1960)
            )
        )
    funnel = deduplicate_records(records).funnel
    assert not funnel.saturated
    assert funnel.candidates < len(records) / 20


def test_a_text_cut_to_a_quarter_is_found_by_its_opening(writer):
    for text in (writer.english(160), writer.chinese(160)):
        cut = text[: len(text) // 4] + "…"
        both = keys_of(writer, abstract=text) & keys_of(writer, abstract=cut)
        assert Kind.OPENING in {kind_of(key) for key in both}
