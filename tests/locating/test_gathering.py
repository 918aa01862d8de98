"""The rows of a gazetteer from a store, on both of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from geoalchemy2.shape import from_shape
from support.places_town import at, ground

from gridmap.locating import Gazetteer, Rows
from gridmap.locating.gathering import gather
from gridmap.model import SRID, Alias, Place, Seat, Street, Unit
from gridmap.moments import BEFORE_ALL, FOREVER, to_moment
from gridmap.storage import Store

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
CHANGED = BEGAN + timedelta(days=100)


def shape(geometry: Any) -> Any:
    return from_shape(geometry, srid=SRID)


def unit(level: str, code: str, name: str, above: str | None, *box: float, **more: Any) -> Unit:
    area = shape(shapely.MultiPolygon([ground(*box)])) if box else None
    return Unit(
        scheme="general", level=level, code=code, name=name, parent_code=above, geometry=area,
        origin="imported", **{"valid_from": BEGAN, **more},
    )  # fmt: skip


def place(kind: str, name: str | None, geometry: Any = None, **more: Any) -> Place:
    tags = more.pop("tags", None)
    return Place(
        kind=kind, name=name, source="test", geometry=None if geometry is None else shape(geometry),
        tags=json.dumps(tags, ensure_ascii=False) if tags else None, **more,
    )  # fmt: skip


def street(name: str | None, *points: tuple[float, float]) -> Street:
    line = shapely.LineString([at(*point) for point in points])
    return Street(name=name, street_class="residential", source="test", geometry=shape(line))


def point(east: float, north: float) -> shapely.Point:
    return shapely.Point(at(east, north))


def rows_of(store: Store, *records: Any) -> Rows:
    with store.write() as session:
        session.add_all(records)
    return gather(store)[0]


def names_around(rows: Rows, name: str) -> set[str | None]:
    entry = rows.name.index(name)
    return {rows.name[other] for one, other in rows.within.tolist() if one == entry}


def test_units(store: Store) -> None:
    seat = unit("community", "c2", "无界社区", "s1")
    with store.write() as session:
        session.add_all(
            [
                unit("street", "s1", "河东街道", None, 0, 0, 20, 10),
                unit("community", "c1", "柳林社区", "s1", 0, 0, 10, 10),
                seat,
            ]
        )
        session.flush()
        session.add(Seat(unit_id=seat.id, geometry=shape(point(15, 5))))
    rows, version = gather(store)
    assert rows.key == ["unit/general/s1", "unit/general/c1", "unit/general/c2"]
    assert rows.kind == ["street", "community", "community"]
    assert list(rows.parent) == [-1, 0, 0]
    assert rows.box[1] == pytest.approx((*at(0, 0), *at(10, 10)))
    assert rows.point[2] == pytest.approx(at(15, 5)), "a unit without ground stands at its seat"
    assert rows.box[2][0] != rows.box[2][0]
    assert rows.valid[0] == (to_moment(BEGAN), FOREVER)
    assert names_around(rows, "柳林社区") == {"河东街道"}
    assert names_around(rows, "无界社区") == {"河东街道"}
    assert version == str(store.gazetteer_version())


def test_versions_of_a_unit(store: Store) -> None:
    rows = rows_of(
        store,
        unit("community", "c1", "渔村社区", None, 0, 0, 10, 10, valid_to=CHANGED),
        unit("community", "c1", "新渔社区", None, 0, 0, 10, 10, valid_from=CHANGED),
    )
    assert rows.name == ["渔村社区", "新渔社区"]
    assert [valid[1] for valid in rows.valid] == [to_moment(CHANGED), FOREVER]
    assert Gazetteer.build(rows).numbers["unit/general/c1"] == 1


def test_both_versions_of_a_unit_without_ground_have_a_unit_above(store: Store) -> None:
    rows = rows_of(
        store,
        unit("street", "s1", "河东街道", None),
        unit("community", "c1", "渔村社区", "s1", valid_to=CHANGED),
        unit("community", "c1", "新渔社区", "s1", valid_from=CHANGED),
    )
    assert list(rows.parent) == [-1, 0, 0]


def test_places(store: Store) -> None:
    estate = place("estate", "望云雅居", ground(2, 2, 6, 6))
    with store.write() as session:
        session.add_all([unit("community", "c1", "柳林社区", None, 0, 0, 10, 10), estate])
        session.flush()
        building = place("building", None, point(3, 3), number="5", parent_id=estate.id)
        session.add(building)
        session.flush()
        session.add_all(
            [
                place("entrance", None, None, number="2单元", parent_id=building.id),
                place("service", "康宁药店", point(4, 4), category="pharmacy"),
                place("address", None, point(5, 9), street="映屿街", number="5号", code="S-1"),
                place("building", None, None, number="9", unit_code="c1"),
                place("wall", "无名墙", point(5, 5)),
                place("railway", "无名铁路", point(5, 5)),
                place("green", None, point(5, 5)),
                place("estate", "旧粮库", point(8, 8), valid_from=BEGAN, valid_to=CHANGED),
            ]
        )
    rows, _ = gather(store)
    assert rows.name == [
        "柳林社区", "望云雅居", None, None, "康宁药店", None, None, "旧粮库",
    ]  # fmt: skip
    assert rows.kind[1:7] == ["estate", "building", "entrance", "service", "address", "building"]
    assert list(rows.parent) == [-1, -1, 1, 2, -1, -1, 0, -1]
    assert rows.category[4] == "pharmacy"
    assert (rows.street[5], rows.number[5], rows.code[5]) == ("映屿街", "5号", "S-1")
    assert rows.point[2] == pytest.approx(at(3, 3))
    assert rows.point[3][0] != rows.point[3][0]
    assert rows.valid[1] == (BEFORE_ALL, FOREVER)
    assert rows.valid[7] == (to_moment(BEGAN), to_moment(CHANGED))
    assert names_around(rows, "康宁药店") == {"柳林社区", "望云雅居"}
    assert names_around(rows, "望云雅居") == {"柳林社区"}
    assert rows.whole == {1: 0}
    assert rows.key[1] == "place/1"


def test_an_estate_over_two_units_lies_in_what_holds_both(store: Store) -> None:
    rows = rows_of(
        store,
        unit("street", "s1", "河东街道", None, 0, 0, 20, 10),
        unit("community", "c1", "柳林社区", "s1", 0, 0, 10, 10),
        unit("community", "c2", "槐树社区", "s1", 10, 0, 20, 10),
        place("estate", "望云雅居", ground(8, 2, 11, 6)),
        place("estate", "望云雅居东区", ground(9, 3, 10, 4)),
        place("estate", "城外家园", ground(19, 2, 25, 6)),
        street("映屿街", (1, 5), (9, 5)),
    )
    whole = {rows.name[entry]: rows.name[unit] for entry, unit in rows.whole.items() if unit >= 0}
    assert whole == {"望云雅居": "河东街道", "望云雅居东区": "柳林社区", "映屿街": "柳林社区"}
    assert rows.whole[rows.name.index("城外家园")] == -1
    assert "望云雅居" in names_around(rows, "望云雅居东区"), "an estate lies in a larger one"


def test_what_a_list_says_beside(store: Store) -> None:
    rows = rows_of(
        store,
        place(
            "address", None, point(1, 1), street="GRAND AVENUE", number="69-17",
            tags={"locality": "MASPETH, QUEENS", "cross_streets": ["69 STREET", "69 PLACE"]},
        ),
        place(
            "estate", "望云雅居", point(2, 2), tags={"alt_name": "望云;云居 ", "old_name": "旧院"}
        ),
        place("estate", "映屿家园", point(3, 3), tags={"addr:suburb": "城北", "note": "locality"}),
        place("estate", "清河苑", point(4, 4), tags={"locality": ["东区", "北城"]}),
    )  # fmt: skip
    assert rows.localities == {0: ["MASPETH", "QUEENS"], 2: ["城北"], 3: ["东区", "北城"]}
    assert rows.crossings == {0: ["69 STREET", "69 PLACE"]}
    assert rows.aliases == [("望云", 1), ("云居", 1), ("旧院", 1)]


def test_streets_of_one_name_that_are_near_are_one(store: Store) -> None:
    rows = rows_of(
        store,
        street("映屿街", (0, 10), (5, 10)),
        street("映屿街", (5, 10), (9, 10)),
        street("映屿街", (12, 10), (14, 10)),  # 3/1000 of a degree on
        street("映屿街", (40, 10), (41, 10)),
        street("望云路", (0, 0), (0, 9)),
        street(None, (3, 0), (3, 9)),
    )
    assert sorted(rows.key) == ["street/映屿街", "street/映屿街#2", "street/望云路"]
    first = rows.key.index("street/映屿街")
    assert rows.box[first] == pytest.approx((*at(0, 10), *at(14, 10)))
    assert rows.lines[first].length == pytest.approx(0.011)
    assert rows.point[first] == pytest.approx(at(4.5, 10)), "the middle of its longest piece"
    second = rows.key.index("street/映屿街#2")
    assert rows.point[second] == pytest.approx(at(40.5, 10))
    assert {rows.kind[entry] for entry in (first, second)} == {"road"}


def alias(name: str, entry: str, **more: Any) -> Alias:
    return Alias(
        name=name, entry=entry, kind="nickname", source="test", created_at=BEGAN,
        created_by="示例甲", **more,
    )  # fmt: skip


def test_aliases(store: Store) -> None:
    rows = rows_of(
        store,
        unit("community", "c1", "柳林社区", None, 0, 0, 10, 10),
        street("映屿街", (0, 10), (5, 10)),
        alias("北社区", "unit/general/c1"),
        alias("大街", "street/映屿街", valid_to=CHANGED),  # people use an old name long after
        alias("收回的", "unit/general/c1", withdrawn_at=CHANGED, withdrawn_by="示例甲"),
        alias("无处", "place/999"),
        alias("。", "unit/general/c1"),
    )
    assert rows.aliases == [("北社区", 0), ("大街", 1)]


def test_nothing_in_the_store(store: Store) -> None:
    rows, _ = gather(store)
    assert len(rows) == 0
    assert len(Gazetteer.from_store(store)) == 0
