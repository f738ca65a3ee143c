from dataclasses import fields, replace

import pytest

from dedup.bands import s_curve
from dedup.scheme import DEFAULT, Scheme
from records import ConfigError


@pytest.mark.parametrize("field", [field.name for field in fields(Scheme)])
def test_every_number_is_in_the_name(field):
    value = getattr(DEFAULT, field)
    other = replace(DEFAULT, **{field: value / 2 if isinstance(value, float) else value + 1})
    assert other.name != DEFAULT.name


@pytest.mark.parametrize(
    "wrong",
    [{"threshold": 0.0}, {"threshold": 1.2}, {"bands": 0}, {"rows": -1}, {"bridge": 2.0}],
    ids=str,
)
def test_numbers_that_cannot_be_are_refused_by_name(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Scheme(**wrong)


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_a_scheme_of_a_threshold_misses_one_in_fifty_at_most(threshold):
    scheme = Scheme.from_threshold(threshold)
    assert scheme.threshold == threshold
    assert s_curve(scheme, threshold) >= 0.98


def test_the_default_scheme_is_that_of_its_threshold():
    assert Scheme.from_threshold(DEFAULT.threshold) == DEFAULT
