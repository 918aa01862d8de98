"""Points on roads: between two houses, and where two roads meet."""

from __future__ import annotations

import pytest
import shapely
from support.places_town import at, gazetteer

from gridmap.locating import Gazetteer, Rows
from gridmap.locating.lines import REACH_DEG, crossing, on_road

TOWN = gazetteer()


def road(name: str) -> int:
    return TOWN.numbers[f"street/{name}"]


def house(street: str, number: str) -> int:
    rows = TOWN.rows
    return next(e for e in range(len(rows)) if (rows.street[e], rows.number[e]) == (street, number))


@pytest.mark.parametrize(("share", "east"), [(0.0, 2), (0.5, 4), (1.0, 6)])
def test_between_two_houses_on_the_line_of_the_road(share: float, east: float) -> None:
    lower, upper = house("映屿街", "1号"), house("映屿街", "5号")
    point, spread_deg = on_road(TOWN, road("映屿街"), lower, upper, share)
    assert point == pytest.approx(at(east, 10)), "on the road, not beside it"
    assert spread_deg == pytest.approx(0.002)


def test_along_the_bend_of_a_road() -> None:
    lower, upper = house("槐安路", "11号"), house("槐安路", "15号")
    assert on_road(TOWN, road("槐安路"), lower, upper, 0.25)[0] == pytest.approx(at(20, 15))
    assert on_road(TOWN, road("槐安路"), lower, upper, 0.5)[0] == pytest.approx(at(22, 15))


def test_straight_where_no_line_is_known() -> None:
    lower, upper = house("GRAND AVENUE", "69-17"), house("GRAND AVENUE", "69-25")
    point, spread_deg = on_road(TOWN, road("GRAND AVENUE"), lower, upper, 0.5)
    assert point == pytest.approx((-73.8996, 40.7))
    assert spread_deg == pytest.approx(0.0004)


def test_crossing_by_lines() -> None:
    met = crossing(TOWN, road("映屿街"), road("望云路"), ())
    assert met is not None
    assert met.point == pytest.approx(at(10, 10))
    assert (met.spread_deg, met.addresses) == (0.0, ())
    back = crossing(TOWN, road("望云路"), road("映屿街"), ())
    assert back is not None
    assert back.point == pytest.approx(met.point)


def test_roads_that_do_not_meet() -> None:
    assert crossing(TOWN, road("映屿街"), road("远山路"), ()) is None


def test_crossing_by_what_a_list_says() -> None:
    met = crossing(TOWN, road("69 PLACE"), road("GRAND AVENUE"), ())
    assert met is not None
    assert met.point == pytest.approx((-73.8996, 40.7)), "the middle of both addresses"
    assert len(met.addresses) == 2
    assert met.spread_deg == pytest.approx(0.0004)
    only = crossing(TOWN, road("69 STREET"), road("GRAND AVENUE"), ())
    assert only is not None
    assert (only.point, only.spread_deg) == (pytest.approx((-73.9, 40.7)), 0.0)


def test_crossing_beside_an_address_without_a_street() -> None:
    met = crossing(TOWN, road("OAK STREET"), road("ELM STREET"), ())
    assert met is not None
    assert met.point == pytest.approx((-73.9, 40.7003))


def test_crossing_within_limits_only() -> None:
    limits = (frozenset([TOWN.numbers["locality/HARLEM"]]),)
    assert crossing(TOWN, road("69 STREET"), road("GRAND AVENUE"), limits) is None
    limits = (frozenset([TOWN.numbers["locality/QUEENS"]]),)
    assert crossing(TOWN, road("69 STREET"), road("GRAND AVENUE"), limits) is not None


def two_roads(apart_deg: float) -> Gazetteer:
    """Two roads of which only houses are known, the nearest of them so far apart."""
    rows = Rows()
    for number, (street, east) in enumerate(
        (("ALPHA ROAD", -0.01), ("ALPHA ROAD", 0.0), ("BETA ROAD", apart_deg), ("BETA ROAD", 0.02))
    ):
        rows.add(
            f"place/{number}", "address", None, street=street, number=str(number + 1),
            point=(117 + east, 40.0),
        )  # fmt: skip
    return Gazetteer.build(rows)


def test_crossing_where_houses_of_both_are_near() -> None:
    known = two_roads(0.002)
    roads = [known.numbers[f"street/{name} ROAD"] for name in ("ALPHA", "BETA")]
    met = crossing(known, *roads, ())
    assert met is not None
    assert met.point == pytest.approx((117.001, 40.0))
    assert (met.spread_deg, met.addresses) == (pytest.approx(0.002), (1, 2))


def test_no_crossing_where_no_houses_are_near() -> None:
    known = two_roads(REACH_DEG * 1.01)
    roads = [known.numbers[f"street/{name} ROAD"] for name in ("ALPHA", "BETA")]
    assert crossing(known, *roads, ()) is None


def test_the_two_ways_of_a_wide_road_meet_others() -> None:
    rows = Rows()
    for name, line in (
        ("甲路", [(0, 0), (10, 0)]),
        ("乙路", [(5, 0.3), (5, 9)]),  # begins 33 m north of the other
        ("丙路", [(7, -4), (7, 4)]),
    ):
        entry = rows.add(f"street/{name}", "road", name)
        rows.lines[entry] = shapely.LineString([at(*point) for point in line])
    known = Gazetteer.build(rows)
    near = crossing(known, 0, 1, ())
    assert near is not None
    assert near.point == pytest.approx(at(5, 0.15))
    assert crossing(known, 1, 2, ()) is None
