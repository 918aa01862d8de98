"""Answers of locating beside the truth: how many are right, and what their confidence is worth.

Right is the true place, or another record of the same name within 100 m of it: two records of one
thing lie that near. What counts is the first answer: the entry, else the first of the candidates.
Confidently wrong is a wrong entry that is given with a confidence of 0.9 or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from support.asked_places import Case
from support.known import Ground

from gridmap.locating import Matcher

CONFIDENT = 0.9
BINS = 10


@dataclass(frozen=True)
class Answer:
    """What was found for a case."""

    case: Case
    key: str | None
    confidence: float
    right: bool

    @property
    def confidently_wrong(self) -> bool:
        """Tell whether it is wrong and was sure."""
        return not self.right and self.confidence >= CONFIDENT


@dataclass(frozen=True)
class Figures:
    """Shares of n answers."""

    n: int
    right: float
    confidently_wrong: float
    calibration_error: float


def answers(matcher: Matcher, ground: Ground, cases: Sequence[Case]) -> list[Answer]:
    """Ask for all cases."""
    told = []
    for case, found in zip(cases, matcher.find_many([one.text for one in cases]), strict=True):
        first = found.entry or next((one.entry for one in found.candidates), None)
        key = first.key if first is not None else None
        right = ground.is_right(key, case.truth)
        told.append(Answer(case, key, found.confidence, right))
    return told


def figures(told: Sequence[Answer]) -> Figures:
    """Count."""
    right = np.array([one.right for one in told], dtype=bool)
    wrong = np.array([one.confidently_wrong for one in told], dtype=bool)
    return Figures(len(told), float(right.mean()), float(wrong.mean()), calibration_error(told))


def calibration_error(told: Sequence[Answer]) -> float:
    """
    Measure how far confidence and the share of right answers lie apart.

    The expected calibration error (Naeini, Cooper and Hauskrecht 2015): ten bins of equal width,
    the distance of mean confidence and share in each, weighted with the answers in it.
    """
    confidence = np.array([one.confidence for one in told])
    right = np.array([one.right for one in told], dtype=float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    apart = np.bincount(bins, confidence - right, minlength=BINS)
    return float(np.abs(apart).sum() / len(told))


def reliability(told: Sequence[Answer]) -> list[tuple[str, int, float, float]]:
    """Tell of each bin: its limits, its answers, their mean confidence and their share right."""
    rows = []
    for number in range(BINS):
        inside = [one for one in told if min(int(one.confidence * BINS), BINS - 1) == number]
        if inside:
            mean = float(np.mean([one.confidence for one in inside]))
            share = float(np.mean([one.right for one in inside]))
            limits = f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"
            rows.append((limits, len(inside), mean, share))
    return rows


def table(told: Sequence[Answer]) -> str:
    """Write the figures by variation as Markdown, the whole last."""
    lines = ["| variation | n | right first | confidently wrong |", "|---|---:|---:|---:|"]
    by_variation: dict[str, list[Answer]] = {}
    for one in told:
        by_variation.setdefault(one.case.variation, []).append(one)
    for name, some in [*by_variation.items(), ("**all**", list(told))]:
        found = figures(some)
        lines.append(
            f"| {name} | {found.n:,} | {found.right:.1%} | {found.confidently_wrong:.2%} |"
        )
    return "\n".join(lines)
