"""How sure an answer is: the logistic function, and the weights found again by the fit."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.confidence import NAMES, Signs, confidence, fit, weights

CLEAR = Signs(
    explained=1.0, rivals=0.0, margin=1.0, missing=0.0, unknown=0.0, spread=0.0,
    numbered=0.0,
)  # fmt: skip


def some_signs(count: int, seed: int) -> list[Signs]:
    random = np.random.default_rng(seed)
    columns = [
        random.uniform(0, 1, count),
        np.zeros(count),
        random.uniform(0, 1, count),
        *(random.integers(0, 2, count) for _ in range(2)),
        random.uniform(0, 3, count),
        random.integers(0, 2, count),
    ]
    return [Signs(*map(float, values)) for values in zip(*columns, strict=True)]


def test_fit_finds_the_weights_that_answers_were_made_with() -> None:
    true = dict(zip(("constant", *NAMES), (-1.0, 3.0, 2.0, -2.0, -1.0, -0.7, 1.0), strict=True))
    signs = some_signs(40_000, 1)
    x = np.array([[1.0, *(getattr(one, name) for name in NAMES)] for one in signs])
    chance = 1 / (1 + np.exp(-(x @ np.array(list(true.values())))))
    right = np.random.default_rng(2).uniform(size=len(chance)) < chance
    found = fit(signs, right)
    assert list(found) == list(true)
    assert list(found.values()) == pytest.approx(list(true.values()), abs=0.25)


def test_penalty_keeps_weights_finite_where_a_sign_decides() -> None:
    signs = [replace(CLEAR, missing=float(at % 2)) for at in range(100)]
    right = np.array([at % 2 == 0 for at in range(100)])
    found = fit(signs, right)
    assert -20 < found["missing"] < -1
    weaker = fit(signs, right, penalty=20.0)
    assert found["missing"] < weaker["missing"] < 0


def test_confidence_is_the_logistic_function_of_the_weights() -> None:
    constant, *others = weights()
    assert len(others) == len(NAMES)
    signs = Signs(0.9, 0.0, 0.2, 0.0, 1.0, 0.3, 1.0)
    values = (0.9, 0.2, 0.0, 1.0, 0.3, 1.0)
    sum_ = constant + sum(w * x for w, x in zip(others, values, strict=True))
    assert confidence(signs) == pytest.approx(1 / (1 + exp(-sum_)))


@pytest.mark.parametrize(
    ("name", "value", "is_better"),
    [
        ("explained", 0.5, False),
        ("rivals", 1.0, False),
        ("margin", 0.5, False),
        ("missing", 1.0, False),
        ("unknown", 1.0, False),
        ("spread", 2.0, False),
        ("numbered", 1.0, True),
    ],
)
def test_each_sign_pulls_its_way(name: str, value: float, is_better: bool) -> None:
    changed = confidence(replace(CLEAR, **{name: value}))
    assert (changed > confidence(CLEAR)) is is_better


def test_clear_and_doubtful() -> None:
    assert confidence(CLEAR) > 0.95
    assert confidence(replace(CLEAR, rivals=1.0, margin=0.0)) <= 0.5
    assert confidence(replace(CLEAR, explained=0.6, margin=0.6, missing=1.0)) < 0.8
    assert confidence(replace(CLEAR, explained=0.6, margin=0.6, unknown=1.0)) < 0.8


@given(st.lists(st.floats(-1e9, 1e9), min_size=6, max_size=6), st.integers(0, 200))
def test_it_is_a_chance_whatever_the_signs(values: list[float], rivals: int) -> None:
    signs = Signs(values[0], float(rivals), *values[1:])
    assert 0.0 < confidence(signs) < 1.0


@pytest.mark.parametrize("rivals", [1.0, 2.0, 7.0])
def test_places_that_explain_as_much_share_the_chance(rivals: float) -> None:
    shared = confidence(replace(CLEAR, rivals=rivals))
    assert shared == pytest.approx(confidence(CLEAR) / (1 + rivals))
