"""`import_osm`: what comes in, what a second file changes, what stays."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from gridmap.errors import InputError
from gridmap.intake.osm import OsmReport, import_osm
from gridmap.model import Event, Place, Street
from gridmap.storage import Store

Tags = dict[str, str]

CORNERS = [(0, 0), (10, 0), (10, 8), (0, 8)]


class Town:
    """A town of OpenStreetMap, written down as XML; places are in ten-thousandths of a degree."""

    def __init__(self, *, bounds: bool = True) -> None:
        self._nodes: list[str] = []
        self._ways: list[str] = []
        self._relations: list[str] = []
        box = '<bounds minlon="117" minlat="40" maxlon="117.1" maxlat="40.1"/>'
        self._bounds = box if bounds else ""
        self._hidden = 1000

    def node(self, number: int, x: float, y: float, tags: Tags) -> Town:
        lon, lat = 117 + x / 10_000, 40 + y / 10_000
        self._nodes.append(
            f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'
        )
        return self

    def way(
        self, number: int, places: list[tuple[float, float]], tags: Tags, *, closed: bool = False
    ) -> Town:
        numbers = []
        for x, y in places:
            self._hidden += 1
            self.node(self._hidden, x, y, {})
            numbers.append(self._hidden)
        if closed:
            numbers.append(numbers[0])
        refs = "".join(f'<nd ref="{ref}"/>' for ref in numbers)
        self._ways.append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
        return self

    def multipolygon(self, number: int, outer: int, inner: int, tags: Tags) -> Town:
        members = (
            f'<member type="way" ref="{outer}" role="outer"/>'
            f'<member type="way" ref="{inner}" role="inner"/>'
        )
        tags = {"type": "multipolygon", **tags}
        self._relations.append(
            f'<relation id="{number}" version="1">{members}{_tags(tags)}</relation>'
        )
        return self

    def broken_way(self, number: int, tags: Tags) -> Town:
        refs = '<nd ref="900001"/><nd ref="900002"/>'
        self._ways.append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
        return self

    def write(self, path: Path) -> Path:
        things = "".join((*self._nodes, *self._ways, *self._relations))
        text = f'<?xml version="1.0"?><osm version="0.6">{self._bounds}{things}</osm>'
        data = text.encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path


def _tags(tags: Tags) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def town(**building: str) -> Town:
    return (
        Town()
        .way(1, CORNERS, {"landuse": "residential", "name": "梧桐小区"}, closed=True)
        .way(
            2,
            [(1, 1), (3, 1), (3, 2), (1, 2)],
            {
                "building": "apartments",
                "addr:street": "梧桐路",
                "addr:housenumber": "4",
                **building,
            },
            closed=True,
        )
        .node(3, 2, 1, {"entrance": "yes", "ref": "1"})
        .node(4, 5, 0, {"barrier": "gate"})
        .way(5, CORNERS, {"barrier": "wall"}, closed=True)
        .node(6, 6, 4, {"amenity": "pharmacy", "name": "春风药店"})
        .way(7, [(0, 9), (10, 9)], {"highway": "residential", "name": "梧桐路", "oneway": "yes"})
        .way(8, [(20, 0), (30, 0), (30, 9), (20, 9)], {}, closed=True)
        .way(9, [(22, 2), (24, 2), (24, 4), (22, 4)], {}, closed=True)
        .multipolygon(10, 8, 9, {"leisure": "park", "name": "柳园"})
        .way(11, [(40, 0), (42, 0), (42, 2), (40, 2)], {"highway": "steps"})
        .node(12, 50, 0, {"natural": "tree"})
    )


def bring(store: Store, path: Path) -> OsmReport:
    return import_osm(store, path, lambda _done, _total: None)


def places(store: Store) -> dict[str, Place]:
    with store.read() as session:
        return {place.source_id or "": place for place in session.scalars(select(Place))}


def streets(store: Store) -> dict[str, Street]:
    with store.read() as session:
        return {street.source_id or "": street for street in session.scalars(select(Street))}


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz"])
def test_places_and_streets_come_in_with_kind_shape_and_tags(
    store: Store, tmp_path: Path, name: str
) -> None:
    report = bring(store, town().write(tmp_path / name))
    found = places(store)
    assert {key: place.kind for key, place in found.items()} == {
        "w1": "estate",
        "w2": "building",
        "n3": "entrance",
        "n4": "gate",
        "w5": "wall",
        "n6": "service",
        "r10": "green",
    }
    building = found["w2"]
    assert (building.street, building.number, building.name) == ("梧桐路", "4", None)
    assert json.loads(building.tags or "")["building"] == "apartments"
    assert (building.source, building.origin) == ("osm", "imported")
    assert found["n6"].category == "pharmacy"
    assert found["r10"].category == "park"
    shapes = {key: to_shape(place.geometry) for key, place in found.items()}
    assert shapes["w5"].geom_type == "LineString"
    assert shapes["w2"].area == pytest.approx(2e-8)
    assert shapes["r10"].area == pytest.approx(86e-8)
    assert shapes["n4"].equals(shapely.Point(117.0005, 40))
    lines = streets(store)
    assert {key: street.street_class for key, street in lines.items()} == {
        "w7": "residential",
        "w11": "steps",
    }
    assert lines["w7"].name == "梧桐路"
    assert json.loads(lines["w7"].tags or "")["oneway"] == "yes"
    assert report.lines()[-2:] == [
        f"{name}: 7 places: 7 new, 0 changed, 0 unchanged, 0 gone.",
        f"{name}: 2 streets: 2 new, 0 changed, 0 unchanged, 0 gone.",
    ]
    with store.read() as session:
        assert session.scalars(select(Event.kind)).all() == ["import osm"]


def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm")
    bring(store, path)
    ids = {key: place.id for key, place in places(store).items()}
    report = bring(store, path)
    assert (report.places.unchanged, report.streets.unchanged) == (7, 2)
    assert {key: place.id for key, place in places(store).items()} == ids


def test_a_later_file_changes_adds_and_removes(store: Store, tmp_path: Path) -> None:
    bring(store, town().write(tmp_path / "town.osm"))
    before = places(store)
    later = Town().way(
        2, [(1, 1), (4, 1), (4, 2), (1, 2)],
        {"building": "apartments", "addr:housenumber": "甲4"}, closed=True,
    ).node(20, 7, 7, {"shop": "convenience", "name": "小卖部"})  # fmt: skip
    report = bring(store, later.write(tmp_path / "later.osm"))
    after = places(store)
    assert set(after) == {"w2", "n20"}
    assert after["w2"].id == before["w2"].id
    assert (after["w2"].number, after["w2"].street) == ("甲4", None)
    assert to_shape(after["w2"].geometry).area == pytest.approx(3e-8)
    assert streets(store) == {}
    counts = report.places
    assert (counts.new, counts.changed, counts.unchanged, counts.gone) == (1, 1, 0, 6)
    assert report.streets.gone == 2


def test_what_lies_outside_of_the_file_stays(store: Store, tmp_path: Path) -> None:
    bring(store, town().write(tmp_path / "town.osm"))
    elsewhere = Town(bounds=False).node(30, 2_000, 2_000, {"amenity": "bank"})
    report = bring(store, elsewhere.write(tmp_path / "elsewhere.osm"))
    assert len(places(store)) == 8
    assert report.places.gone == 0


def test_what_a_person_edited_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    bring(store, town().write(tmp_path / "town.osm"))
    with store.write() as session:
        for key, name in (("w2", "红砖楼"), ("n6", "老药店")):
            place = session.scalars(select(Place).where(Place.source_id == key)).one()
            place.name, place.edited_at, place.edited_by = name, datetime.now(UTC), "somebody"
    later = Town().way(
        2, [(1, 1), (4, 1), (4, 2), (1, 2)], {"building": "yes", "name": "新楼"}, closed=True
    )
    report = bring(store, later.write(tmp_path / "later.osm"))
    assert {key: place.name for key, place in places(store).items()} == {
        "w2": "红砖楼",
        "n6": "老药店",
    }
    assert report.places.kept == 1
    assert "1 kept as edited by hand" in report.lines()[0]


def test_what_the_extract_has_cut_is_left_out_and_told(store: Store, tmp_path: Path) -> None:
    path = town().broken_way(40, {"highway": "service"}).write(tmp_path / "town.osm")
    report = bring(store, path)
    assert report.lines()[0] == "1 thing left out, for the file does not hold every node."
    assert len(streets(store)) == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("town.osm", b"<osm version='0.6'><node id=", "cannot be read as OpenStreetMap"),
        ("town.osm.pbf", b"no protocol buffer at all", "cannot be read as OpenStreetMap"),
        ("town.osm.gz", b"no gzip", "cannot be read as OpenStreetMap"),
        ("town.geojson", b"{}", r"is no file of OpenStreetMap: it should end in \.osm"),
        ("town.osm", b"", "is empty"),
    ],
)
def test_a_damaged_file_changes_nothing(
    store: Store, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    bring(store, town().write(tmp_path / "whole.osm"))
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        bring(store, path)
    assert len(places(store)) == 7


def test_a_file_that_ends_in_the_middle_changes_nothing(store: Store, tmp_path: Path) -> None:
    bring(store, town().write(tmp_path / "whole.osm"))
    later = Town().node(99, 1, 1, {"amenity": "bank"}).write(tmp_path / "later.osm")
    later.write_bytes(later.read_bytes()[:-8])
    with pytest.raises(InputError, match="cannot be read as OpenStreetMap"):
        bring(store, later)
    assert len(places(store)) == 7


def test_haidian_comes_in_whole(store: Store, real_data: Path) -> None:
    path = real_data / "osm" / "haidian-tsinghua.osm.pbf"
    report = bring(store, path)
    kinds = [place.kind for place in places(store).values()]
    assert kinds.count("building") >= 521
    assert kinds.count("gate") >= 25
    assert report.streets.new == 678
    assert bring(store, path).places.unchanged == len(kinds)
