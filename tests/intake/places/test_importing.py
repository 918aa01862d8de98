"""`import_places`: lists of estates, buildings, entrances and addresses, and what comes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select, update
from support.files import square, write_layer
from support.stock import fill

from gridmap.datum import wgs84_to_gcj02
from gridmap.errors import DatumError, InputError
from gridmap.intake.places import PlacesReport, import_places
from gridmap.model import Alias, Correction, Import, Place
from gridmap.storage import Store

GROUND = """编码,类型,小区名称,地址,小区,楼号,单元,社区,别名,经度,纬度,物业
E1,小区,梧桐小区,梧桐路12号,,,,,政法小区、老干部院,117.001,40.001,甲物业
B1,楼栋,,,梧桐小区,2号楼,,,,117.001,40.001,
B2,楼栋,,,梧桐小区,3,,,,117.0012,40.001,
D1,单元,,,梧桐小区,2栋,1,,,117.0011,40.001,
"""
PLAIN = "name,kind,address,community\n柳园,estate,柳园路3号,111\n"


@pytest.fixture
def town(store: Store) -> Store:
    """A store with units."""
    fill(store)
    return store


@pytest.fixture
def small_town(embedded: Store) -> Store:
    """The same in an embedded store, for what concerns the list only."""
    fill(embedded)
    return embedded


def bring(store: Store, folder: Path, text: str, **options: object) -> PlacesReport:
    path = folder / "places.csv"
    path.write_text(text, encoding="utf-8")
    return import_places(store, path, **{"datum": "wgs84", **options})  # type: ignore[arg-type]


def places(store: Store) -> dict[str, Place]:
    with store.read() as session:
        listed = select(Place).where(Place.source != "test")  # the town's river
        return {place.code or place.name or "": place for place in session.scalars(listed)}


def aliases(store: Store) -> dict[str, Alias]:
    with store.read() as session:
        return {alias.name: alias for alias in session.scalars(select(Alias))}


# --- what comes in ------------------------------------------------------------------------------


def test_an_estate_its_building_and_its_entrance(town: Store, tmp_path: Path) -> None:
    report = bring(town, tmp_path, GROUND)
    assert report.lines() == [
        "note: 1 column kept as tags, not searched: 物业.",
        "places.csv: 2 other names: 2 new, 0 changed, 0 unchanged, 0 gone.",
        "places.csv: 4 places: 4 new, 0 changed, 0 unchanged, 0 gone.",
    ]
    found = places(town)
    estate, two, three, door = (found[code] for code in ("E1", "B1", "B2", "D1"))
    assert (estate.kind, estate.name) == ("estate", "梧桐小区")
    assert (estate.street, estate.number) == ("梧桐路", "12")
    assert json.loads(estate.tags or "") == {"address": "梧桐路12号", "物业": "甲物业"}
    assert (two.kind, two.name, two.number) == ("building", "2号楼", "2")
    assert (three.name, three.number) == ("3号楼", "3")
    assert (door.kind, door.name) == ("entrance", "1单元")
    assert two.parent_id == three.parent_id == estate.id
    assert door.parent_id == two.id
    assert (estate.source, estate.origin) == ("places.csv", "imported")
    assert to_shape(estate.geometry).equals(shapely.Point(117.001, 40.001))
    kept = aliases(town)
    assert {alias.entry for alias in kept.values()} == {f"place/{estate.id}"}
    assert {alias.kind for alias in kept.values()} == {"nickname"}
    with town.read() as session:
        entry = session.scalars(select(Import).order_by(Import.id.desc())).first()
    assert entry is not None
    assert (entry.kind, entry.rows, entry.accepted) == ("places", 4, 4)


def test_the_same_file_again_changes_nothing(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, GROUND)
    before = {code: place.id for code, place in places(town).items()}
    report = bring(town, tmp_path, GROUND)
    assert (report.places.unchanged, report.aliases.unchanged) == (4, 2)
    assert {code: place.id for code, place in places(town).items()} == before


def test_a_later_list_changes_adds_and_removes(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, GROUND)
    before = places(town)
    text = GROUND.replace("117.0012,", "117.0013,").replace("政法小区、", "")
    text = "\n".join(
        [*(line for line in text.splitlines() if "D1" not in line), "E2,小区,柳园" + "," * 9]
    )
    report = bring(town, tmp_path, text)
    after = places(town)
    assert set(after) == {"E1", "B1", "B2", "E2"}
    assert after["B2"].id == before["B2"].id
    assert to_shape(after["B2"].geometry).x == pytest.approx(117.0013)
    counts = report.places
    assert (counts.new, counts.changed, counts.unchanged, counts.gone) == (1, 1, 2, 1)
    assert report.aliases.gone == 1
    assert aliases(town)["政法小区"].withdrawn_by == "import places.csv"
    assert bring(town, tmp_path, GROUND).aliases.changed == 1
    assert aliases(town)["政法小区"].withdrawn_at is None


def test_what_is_edited_by_hand_stays(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, GROUND)
    with town.write() as session:
        now = datetime.now(UTC)
        edited = update(Place).where(Place.code.in_(("B1", "D1")))
        session.execute(edited.values(name="改过", edited_at=now, edited_by="示例员工"))
        withdrawn = update(Alias).where(Alias.name == "政法小区")
        session.execute(withdrawn.values(withdrawn_at=now, withdrawn_by="示例员工"))
    text = GROUND.replace("2号楼", "2楼")
    report = bring(town, tmp_path, "\n".join(text.splitlines()[:-1]))
    assert places(town)["B1"].name == places(town)["D1"].name == "改过"
    assert report.lines()[-1].endswith("0 gone, 1 kept as edited by hand.")
    assert "1 kept as withdrawn by hand" in report.lines()[-2]
    assert aliases(town)["政法小区"].withdrawn_by == "示例员工"


def test_nothing_names_a_place_that_is_gone(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, GROUND)
    key = f"place/{places(town)['E1'].id}"
    with town.write() as session:
        now = datetime.now(UTC)
        session.add(Alias(name="x", entry=key, kind="nickname", source="correction",
                          created_at=now, created_by="示例员工"))  # fmt: skip
        session.add(Correction(text="x", entry=key, method_before="none", confidence_before=0.0,
                               confirmed_at=now, confirmed_by="示例员工"))  # fmt: skip
    rows = GROUND.splitlines()
    report = bring(town, tmp_path, "\n".join([rows[0], *rows[2:]]))
    assert report.places.gone == 1
    assert places(town)["B1"].parent_id is None
    assert aliases(town)["x"].withdrawn_by == "import places.csv"
    with town.read() as session:
        assert session.scalars(select(Correction.entry)).all() == [None]


def test_a_dry_run_tells_and_stores_nothing(town: Store, tmp_path: Path) -> None:
    version = town.gazetteer_version()
    report = bring(town, tmp_path, GROUND, dry_run=True)
    assert report.lines()[-1] == (
        "places.csv: 4 places: 4 new, 0 changed, 0 unchanged, 0 gone; a dry run, nothing is stored."
    )
    assert (places(town), aliases(town)) == ({}, {})
    assert town.gazetteer_version() == version


# --- where it lies ------------------------------------------------------------------------------


def test_a_coordinate_needs_a_datum_and_is_brought_home(embedded: Store, tmp_path: Path) -> None:
    lon, lat = (float(value) for value in wgs84_to_gcj02(117.001, 40.001))
    text = f"名称,类型,lng_gcj02,lat_gcj02\n柳园,小区,{lon!r},{lat!r}\n"
    with pytest.raises(DatumError, match="has coordinates: name their datum with --datum"):
        bring(embedded, tmp_path, text, datum=None)
    bring(embedded, tmp_path, text, datum="gcj02")
    point = to_shape(places(embedded)["柳园"].geometry)
    assert (point.x, point.y) == pytest.approx((117.001, 40.001), abs=1e-7)


def test_without_a_coordinate_the_unit_tells_where(town: Store, tmp_path: Path) -> None:
    report = bring(town, tmp_path, PLAIN, datum=None)
    place = places(town)["柳园"]
    assert (place.geometry, place.unit_code) == (None, "111")
    assert report.lines() == ["places.csv: 1 place: 1 new, 0 changed, 0 unchanged, 0 gone."]
    report = bring(town, tmp_path, PLAIN.replace(",111", ",没有"), datum=None)
    assert report.lines()[:2] == [
        "warning: 1 row in a unit that is not known, or not clear: 没有.",
        "warning: 1 place without a coordinate and in nothing known, kept: give a coordinate, a "
        "community (社区) or an estate (小区) (line 2).",
    ]
    assert places(town)["柳园"].unit_code is None


def test_a_layer_with_areas(embedded: Store, tmp_path: Path) -> None:
    bow = shapely.Polygon([(117, 40), (117.001, 40.001), (117.001, 40), (117, 40.001)])
    path = write_layer(
        tmp_path / "a.gpkg",
        [square(0, 0), bow, None],
        name=["甲园", "乙园", "丙园"],
        code=[1, 2, 3],
    )
    report = import_places(embedded, path, kind="小区")
    assert report.places.new == 3
    found = places(embedded)
    assert found["1"].kind == "estate"
    assert to_shape(found["1"].geometry).equals(square(0, 0))
    assert to_shape(found["2"].geometry).is_valid
    assert found["3"].geometry is None


def test_a_workbook_with_an_area_in_words(embedded: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("名称", "wkt"), ("甲园", square(0, 0).wkt), ("乙园", "POLYGON")):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    report = import_places(embedded, tmp_path / "a.xlsx", kind="estate", datum="cgcs2000")
    assert to_shape(places(embedded)["甲园"].geometry).equals(square(0, 0))
    assert report.lines()[0] == (
        "error: The area on line 3 is no well-known text, such as POLYGON ((…))."
    )


def test_of_two_estates_of_one_name_the_nearer_is_meant(embedded: Store, tmp_path: Path) -> None:
    write_layer(tmp_path / "e.gpkg", [square(0, 0), square(40, 0), square(5, 0)],
                name=["幸福里"] * 3, code=["A", "B", "C"])  # fmt: skip
    import_places(embedded, tmp_path / "e.gpkg", kind="estate")
    text = (
        "小区,楼号,经度,纬度\n幸福里,1号楼,117.0005,40.0005\n幸福里,2号楼,,\n幸福里,3号楼,118,40\n"
    )
    report = bring(embedded, tmp_path, text)
    found = places(embedded)
    assert found["1号楼"].parent_id == found["A"].id
    assert found["幸福里2号楼"].parent_id is None
    assert found["幸福里3号楼"].parent_id is None
    assert "warning: 2 rows in a place that is not known, or not clear: 幸福里." in report.lines()


def test_buildings_find_their_estate_in_another_list(embedded: Store, tmp_path: Path) -> None:
    bring(embedded, tmp_path, GROUND)
    path = tmp_path / "doors.csv"
    text = (
        "kind,estate,building,entrance,parent\n,梧桐小区,3栋,2,\n单元,,,5,B1\n,梧桐小区,9号楼,1,\n"
    )
    path.write_text(text, encoding="utf-8")
    report = import_places(embedded, path)
    found = places(embedded)
    assert found["2单元"].parent_id == found["B2"].id
    assert found["5单元"].parent_id == found["B1"].id
    assert found["9号楼1单元"].parent_id == found["E1"].id
    assert report.findings[0].message == (
        "1 row in a place that is not known, or not clear: 梧桐小区9号楼."
    )


def test_standard_addresses_are_taken_apart(small_town: Store, tmp_path: Path) -> None:
    text = (
        "标准地址编码,标准地址,门牌号,街路巷,所属区域\n"
        "1,示例街道梧桐路12号梧桐小区2号楼1单元,,,\n"
        "2,示例街道梧桐路12号梧桐小区2号楼,,,\n"
        "3,梧桐路甲14号,,,西城\n"
        "4,,616号,环海路,\n"
        '5,69-17 GRAND AVENUE,,,"MASPETH, QUEENS"\n'
    )
    bring(small_town, tmp_path, text)
    found = {code: (p.kind, p.name, p.street, p.number) for code, p in places(small_town).items()}
    assert found == {
        "1": ("entrance", "1单元", "梧桐路", "12"),
        "2": ("building", "梧桐小区2号楼", "梧桐路", "12"),
        "3": ("address", None, "梧桐路", "甲14"),
        "4": ("address", None, "环海路", "616"),
        "5": ("address", None, "GRAND AVENUE", "69-17"),
    }
    assert json.loads(places(small_town)["5"].tags or "")["locality"] == "MASPETH, QUEENS"
    assert places(small_town)["1"].parent_id == places(small_town)["2"].id


def test_crossings_and_addresses_of_one_number_in_two_places(
    embedded: Store, tmp_path: Path
) -> None:
    text = (
        "address,locality,cross_street,cross_street_2,longitude,latitude\n"
        "12 MAIN STREET,QUEENS,A STREET,B STREET,-73.9,40.7\n"
        "12 MAIN STREET,BRONX,,,-73.8,40.8\n"
        ",QUEENS,69 STREET,69 PLACE,-73.9,40.72\n"
    )
    assert bring(embedded, tmp_path, text).places.new == 3
    assert bring(embedded, tmp_path, text).places.unchanged == 3
    with embedded.read() as session:
        tags = [json.loads(text or "") for text in session.scalars(select(Place.tags))]
    assert [tag.get("cross_streets") for tag in tags] == [
        ["A STREET", "B STREET"], None, ["69 STREET", "69 PLACE"],
    ]  # fmt: skip


def test_kinds_by_word_and_services_by_category(embedded: Store, tmp_path: Path) -> None:
    text = "名称,类型\n春风药店,药店\n甲停车场,停车场\n乙商铺,商铺\n丙,飞船\n"
    report = bring(embedded, tmp_path, text)
    found = {name: (place.kind, place.category) for name, place in places(embedded).items()}
    assert found == {
        "春风药店": ("service", "pharmacy"),
        "甲停车场": ("parking", None),
        "乙商铺": ("service", None),
    }
    assert report.lines()[0].startswith("error: Line 5: '飞船' is no kind of place: name one of")
    assert report.lines()[-1].endswith("0 gone, 1 left out.")


# --- what is wrong ------------------------------------------------------------------------------


def test_bad_rows_stay_out_and_keep_what_is_stored(embedded: Store, tmp_path: Path) -> None:
    bring(embedded, tmp_path, GROUND)
    rows = GROUND.splitlines()
    text = "\n".join(
        [*rows[:2], rows[2].replace("117.001,", "东经,"), *rows[3:], rows[1], "," * 11]
    )
    report = bring(embedded, tmp_path, text)
    assert [line for line in report.lines() if line.startswith("error")] == [
        "error: '东经' in column 经度 on line 3 is no number.",
        "error: The point on line 3 is refused: a coordinate is no number, or does not fit the CRS "
        "of the file.",
        "error: Line 6: it repeats line 2: give both a code, or leave one out.",
    ]
    assert set(places(embedded)) == {"E1", "B1", "B2", "D1"}
    assert report.places.gone == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("甲,乙\n1,2\n", "has no column that is known: name them as code, kind"),
        ("名称,小区名称\na,b\n", "has the column name more than once (名称, 小区名称)"),
        ("编码,上级编码,名称,类型\n1,2,a,小区\n2,1,b,小区\n", "Rows lie within each other (line 2"),
    ],
)
def test_files_that_are_of_no_use(
    embedded: Store, tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        bring(embedded, tmp_path, text)
    assert sentence in str(caught.value)
    assert places(embedded) == {}


def test_a_list_without_a_good_row_is_refused(embedded: Store, tmp_path: Path) -> None:
    bring(embedded, tmp_path, GROUND)
    report = bring(embedded, tmp_path, "名称\n柳园\n")
    assert report.refused
    assert report.lines() == [
        "error: Line 2: what is it? Give a column kind (类型), or --kind for the whole file.",
        "Nothing is imported of places.csv: none of 1 row is of use.",
    ]
    assert len(places(embedded)) == 4


def test_an_unknown_kind_or_origin_is_refused(embedded: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'spaceship' is no kind of place"):
        bring(embedded, tmp_path, GROUND, kind="spaceship")
    with pytest.raises(InputError, match="'dreamt' is no origin"):
        bring(embedded, tmp_path, GROUND, origin="dreamt")


def test_the_store_itself_is_no_list(embedded: Store) -> None:
    assert embedded.file is not None
    with pytest.raises(InputError, match="is the store itself"):
        import_places(embedded, embedded.file)
