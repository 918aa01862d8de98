"""Acceptance 1: a thousand places, each written in every way of `support.variations`.

Only the third that was kept aside while the matcher was tuned is asked for. What counts as right
is told in `support.judged`. Run with `-s` for the tables; `figures_issue_3.py` writes them for
README.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from support.asked_places import (
    cases,
    demonstration_places,
    demonstration_store,
    haidian_ground,
    haidian_places,
    haidian_store,
    tuning_cases,
)
from support.judged import Answer, answers, figures, reliability, table
from support.known import kept
from support.known_places import ground_of

from gridmap.locating import Gazetteer, Matcher


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What is found of the demonstration district."""
    folder = tmp_path_factory.mktemp("demonstration")
    url = f"geopackage:///{folder / 'gridmap.gpkg'}"
    with closing(demonstration_store(url, folder)) as store:
        ground, matcher = ground_of(store), Matcher(Gazetteer.from_store(store))
    places = demonstration_places(ground)
    assert len(places) == 600
    assert len(tuning_cases(ground, places)) > 10_000
    return answers(matcher, ground, cases(ground, places, aside=True))


@pytest.fixture(scope="module")
def haidian(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What is found of Haidian."""
    url = f"geopackage:///{tmp_path_factory.mktemp('haidian') / 'gridmap.gpkg'}"
    with closing(haidian_store(url, real_data)) as store:
        ground, matcher = haidian_ground(store), Matcher(Gazetteer.from_store(store))
    places = haidian_places(ground)
    assert len(places) == 400
    return answers(matcher, ground, cases(ground, places, aside=True))


def judge(told: list[Answer]) -> None:
    """Show the figures and hold them to what the issue asks for."""
    found = figures(told)
    print(f"\n{table(told)}\n")
    for limits, n, confidence, share in reliability(told):
        print(f"confidence {limits}: {n:6,} answers, mean {confidence:.3f}, right {share:.3f}")
    print(f"expected calibration error {found.calibration_error:.4f}")
    assert found.right >= 0.95
    assert found.confidently_wrong <= 0.005
    assert found.calibration_error <= 0.03


def test_a_third_is_kept_aside(demonstration: list[Answer]) -> None:
    asked = {one.case.place for one in demonstration}
    assert all(kept(place) for place in asked)
    assert 150 <= len(asked) <= 250


def test_the_demonstration_district(demonstration: list[Answer]) -> None:
    judge(demonstration)


def test_haidian(haidian: list[Answer]) -> None:
    judge(haidian)


def test_both(demonstration: list[Answer], haidian: list[Answer]) -> None:
    judge([*demonstration, *haidian])
