"""What lies on the ground: base map, services, parking, sheds, circles, exclusive grounds."""

from datetime import timedelta

import pytest
import shapely
from support.stock import shape
from support.tiles_asked import NOW, asked, decoded
from support.town import at

from gridmap.model import Bay, Circle, Place, Shed, Street
from layers.catalogue import catalogue
from layers.catalogue.streets import GROUPS
from layers.tiles.mercator import tile_at

SPOT = at(0.5, 0.5)


def add(store, *rows):
    with store.write() as session:
        session.add_all(rows)


def square(side=0.002):
    return shape(shapely.box(SPOT[0], SPOT[1], SPOT[0] + side, SPOT[1] + side))


def place(kind, geometry=None, **known):
    geometry = geometry or square()
    return Place(kind=kind, source="test", origin="demonstration", geometry=geometry, **known)


def drawn(store, key, z, *, now=NOW, **texts):
    layer = catalogue()[key]
    tile = tile_at(SPOT[0] + 0.0005, SPOT[1] + 0.0005, z)
    return decoded(store, layer, tile.z, tile.x, tile.y, asked(layer, now=now, **texts))


@pytest.mark.parametrize("street_class", ["motorway", "primary", "tertiary", "residential",
                                          "service", "footway", "of another list"])  # fmt: skip
def test_streets_appear_with_their_class(store, street_class):
    line = shapely.LineString([SPOT, (SPOT[0] + 0.05, SPOT[1])])
    add(
        store,
        Street(name="示例路", street_class=street_class, source="test", geometry=shape(line)),
    )
    groups = [group for group in GROUPS.values() if street_class in group.classes]
    first = groups[0].from_zoom if groups else GROUPS["minor"].from_zoom
    assert drawn(store, "streets", first - 1) == {}
    (found,) = drawn(store, "streets", first)["streets"]
    assert (found["name"], found["street_class"], found["kind"]) == (
        "示例路",
        street_class,
        "LineString",
    )
    assert found["origin"] == "imported"


def test_railways_lie_with_the_streets(store):
    line = shapely.LineString([SPOT, (SPOT[0] + 0.05, SPOT[1])])
    add(store, place("railway", shape(line), name="示例线"))
    (found,) = drawn(store, "streets", 13)["railways"]
    assert found["name"] == "示例线"


@pytest.mark.parametrize(
    ("key", "kind", "zoom"), [("water", "water", 10), ("green", "green", 12),
                              ("buildings", "building", 14)],
)  # fmt: skip
def test_areas_of_the_base_map(store, key, kind, zoom):
    add(store, place(kind, name="示例地"), place("wall", name="墙"))
    parts = drawn(store, key, zoom)
    (found,) = parts[key]
    assert (found["name"], found["kind"], found["origin"]) == ("示例地", "Polygon", "demonstration")
    assert [one["label"] for one in drawn(store, key, 16)[f"{key}_label"]] == ["示例地"]
    assert drawn(store, key, catalogue()[key].min_zoom - 1) == {}


def test_names_of_estates_without_their_ground(store):
    add(store, place("estate", name="示例小区"), place("estate", square(0.001)))
    parts = drawn(store, "names", 15)
    assert parts.keys() == {"estates_label"}
    assert [one["label"] for one in parts["estates_label"]] == ["示例小区"]


def test_the_name_of_the_district_from_afar(town):
    """The town's label stands in its middle."""
    layer = catalogue()["names"]
    tile = tile_at(*at(3, 1), 11)
    labels = decoded(town, layer, tile.z, tile.x, tile.y)["districts_label"]
    assert [one["label"] for one in labels] == ["示例区"]


def test_services_are_marks_with_their_category(store):
    point = shape(shapely.Point(SPOT[0] + 0.0005, SPOT[1] + 0.0005))
    add(
        store,
        place("service", point, category="pharmacy", name="示例药店"),
        place("estate", category="school", name="示例学校"),
        place("service", point, name="其他"),
        place("estate", name="小区"),
    )
    found = {one["name"]: one for one in drawn(store, "services", 15)["services"]}
    assert set(found) == {"示例药店", "示例学校", "其他"}
    assert {one["kind"] for one in found.values()} == {"Point"}
    assert found["示例学校"]["category"] == "school"
    (only,) = drawn(store, "services", 15, category="pharmacy")["services"]
    assert only["name"] == "示例药店"


def test_what_has_ended_is_no_longer_drawn_and_that_moment_is_known(store):
    ends = NOW + timedelta(days=3)
    add(store, place("service", category="bank", name="示例银行", valid_to=ends))
    assert drawn(store, "services", 15)
    assert drawn(store, "services", 15, now=ends) == {}
    layer = catalogue()["services"]
    with store.read() as session:
        assert layer.source.moment(session, asked(layer)) == ends
        assert layer.source.moment(session, asked(layer, now=ends)) is None


def test_parking_of_three_kinds(store):
    add(
        store,
        place("parking", name="示例停车场"),
        place("bicycle_parking", name="车架"),
        Bay(status="existing", geometry=square(0.0001)),
    )
    near = drawn(store, "parking", 16)
    assert sorted(one["kind"] for one in near["lots"]) == ["Polygon", "Polygon"]
    assert [one["status"] for one in near["bays"]] == ["existing"]
    far = drawn(store, "parking", 13)
    assert far.keys() & {"lots", "bays"} == set()
    assert [one["kind"] for one in far["marks"]] == ["Point", "Point"]


def test_sheds_by_their_state(store):
    add(
        store,
        *(
            Shed(status=status, name=f"车棚{status}", capacity=40, geometry=square())
            for status in ("existing", "proposed", "removed")
        ),
    )
    everything = drawn(store, "sheds", 15)
    assert len(everything["sheds"]) == len(everything["marks"]) == 3
    (found,) = drawn(store, "sheds", 12, status="proposed")["marks"]
    assert (found["status"], found["capacity"], found["kind"]) == ("proposed", 40, "Point")
    assert "sheds" not in drawn(store, "sheds", 12)


def test_circles(store):
    reach = shape(shapely.MultiPolygon([shapely.box(*SPOT, SPOT[0] + 0.01, SPOT[1] + 0.01)]))
    circle = Circle(walker="adult", minutes=15, network_version=1, computed_at=NOW, geometry=reach)
    add(store, circle)
    (found,) = drawn(store, "circles", 13)["circles"]
    assert (found["walker"], found["minutes"]) == ("adult", 15)


def test_exclusive_grounds(town):
    layer = catalogue()["exclusive"]
    tile = tile_at(*at(2.4, 0.4), 14)
    (found,) = decoded(town, layer, tile.z, tile.x, tile.y)["grounds"]
    assert (found["code"], found["name"], found["origin"]) == ("1129", "示例公园", "demonstration")
    assert "scheme" in layer.page.query  # a unit of the grid may have the same code
    assert found["scheme"] == "exclusive"
