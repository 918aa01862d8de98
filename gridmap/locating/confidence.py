"""How sure an answer is: a logistic function whose weights were fitted on places that are known."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import exp

import numpy as np
import numpy.typing as npt

from gridmap.settings import data_folder


@dataclass(frozen=True)
class Signs:
    """What speaks for and against an answer.

    Attributes
    ----------
    explained
        Share of what the text says that the answer explains; a name found by its sound, with a slip
        or in a short form explains less.
    rivals
        How many other places explain as much.
    margin
        By how much it explains more than the best other place.
    missing
        Whether a number that was said is not known there.
    unknown
        Whether the text names something that is not known.
    spread
        How far the truth may be from the point, in units of 100 m, at most 3.
    numbered
        Whether a number led to it.
    """

    explained: float
    rivals: float
    margin: float
    missing: float
    unknown: float
    spread: float
    numbered: float


#: Newton's method settles within ten steps or so.
_STEPS, _SETTLED = 50, 1e-8

NAMES = tuple(field.name for field in fields(Signs) if field.name != "rivals")


@cache
def weights() -> tuple[float, ...]:
    """Read the weights, the constant first."""
    path = data_folder() / "locating" / "confidence.toml"
    found: Mapping[str, float] = tomllib.loads(path.read_text("utf-8"))["weights"]
    return tuple(float(found[name]) for name in ("constant", *NAMES))


def confidence(signs: Signs) -> float:
    """Tell the chance that an answer is right, between 0 and 1.

    Places that explain as much share it alike.
    """
    constant, *others = weights()
    sum_ = constant + sum(w * x for w, x in zip(others, _weighed(signs), strict=True))
    return 1 / (1 + exp(-min(max(sum_, -30.0), 30.0))) / (1 + signs.rivals)


def _weighed(signs: Signs) -> tuple[float, ...]:
    """Give the signs that have a weight: all but the rivals."""
    return tuple(getattr(signs, name) for name in NAMES)


def fit(
    signs: list[Signs], right: npt.NDArray[np.bool_], *, penalty: float = 2.0
) -> dict[str, float]:
    """Fit the weights to answers without rivals that are known to be right or wrong.

    Maximum likelihood of a logistic regression, by Newton's method, with a small penalty on the
    squares of the weights that keeps them finite.

    Parameters
    ----------
    signs, right
        n answers.
    penalty
        Of a weight of one, in units of the likelihood of an answer.
    """
    x = np.column_stack([np.ones(len(signs)), np.array([_weighed(one) for one in signs])])
    y = right.astype(np.float64)
    held = np.diag([0.0] + [2 * penalty] * len(NAMES))  # the constant is free
    found = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        slope = x.T @ (y - chance) - held @ found
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + held
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < _SETTLED:
            break
    return dict(zip(("constant", *NAMES), np.round(found, 3).tolist(), strict=True))
