"""Acceptance 3: reference points to 1e-9 degrees, 332 cities, a million points there and back."""

import json

import numpy as np
import pytest
from support.degrees import PUBLISHED, distance_m, random_points

from gridmap import datum


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_published_points(wgs, gcj):
    there = np.ravel(datum.wgs84_to_gcj02([wgs[0]], [wgs[1]]))
    back = np.ravel(datum.gcj02_to_wgs84([gcj[0]], [gcj[1]]))
    np.testing.assert_allclose(there, gcj, rtol=0, atol=1e-9)
    np.testing.assert_allclose(back, wgs, rtol=0, atol=1e-9)


def test_points_of_the_data_folder(real_data):
    for point in json.loads((real_data / "coords/points.json").read_text("utf-8")):
        there = np.ravel(datum.wgs84_to_gcj02(*np.reshape(point["wgs84"], (2, 1))))
        np.testing.assert_allclose(there, point["gcj02"], rtol=0, atol=1e-9)


def test_cities_within_a_metre_in_both_directions(real_data):
    cities = json.loads((real_data / "coords/cities.json").read_text("utf-8"))
    assert len(cities) == 332
    at = {name: np.array([city[name] for city in cities]).T for name in ("wgs84", "gcj02", "bd09")}
    for name in ("gcj02", "bd09"):
        assert distance_m(datum.from_store(*at["wgs84"], name), at[name]) < 1
        assert distance_m(datum.to_store(*at[name], name), at["wgs84"]) < 1
    assert distance_m(datum.gcj02_to_bd09(*at["gcj02"]), at["bd09"]) < 1
    assert distance_m(datum.bd09_to_gcj02(*at["bd09"]), at["gcj02"]) < 1


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_round_trip_of_a_million_points(name):
    points = random_points(1_000_000)
    shifted = datum.from_store(*points, name)
    assert distance_m(shifted, points) < 2_500
    back = datum.to_store(*shifted, name)
    assert distance_m(back, points) < 2e-6
    assert distance_m(datum.from_store(*back, name), shifted) < 2e-6
