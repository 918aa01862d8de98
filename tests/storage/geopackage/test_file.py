"""The file as other programs see it: QGIS and GDAL read it, and what they write stays true.

GDAL brings its own SQLite. While a store is open it is asked in another process: two copies of
SQLite in one process take each other's locks away (https://sqlite.org/howtocorrupt.html, 2.2.1).
"""

import multiprocessing
import shutil
import sqlite3
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select, text

from gridmap.model import SRID, Base, Place, Unit
from gridmap.storage import bulk, open_store
from gridmap.storage.geopackage import functions, schema

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LAYERS = {
    "units": "MultiPolygon",
    "seats": "Point",
    "tickets": "Point",
    "places": "Unknown",
    "circles": "MultiPolygon",
    "streets": "LineString",
    "bays": "Polygon",
    "sheds": "Polygon",
    "corrections": "Point",
}
TABLES = {
    "aliases", "people", "duties", "absences", "matters", "imports", "decisions", "events",
    "changes", "change_log",
}  # fmt: skip


def square(x, y, side=1.0):
    return shapely.MultiPolygon([shapely.box(x, y, x + side, y + side)])


def unit(code, shape):
    geometry = None if shape is None else f"SRID={SRID};{shape.wkt}"
    return Unit(
        scheme="general", level="grid", code=code, name=f"网格{code}", valid_from=SINCE,
        geometry=geometry,
    )  # fmt: skip


@pytest.fixture
def path(geopackage_store_url, tmp_path):
    return tmp_path / "gridmap.gpkg"


@pytest.fixture
def store(geopackage_store_url):
    store = open_store(geopackage_store_url)
    with store.write() as session:
        session.add_all([unit("1", square(117, 40)), unit("2", None), unit("3", square(118, 40))])
    yield store
    store.close()


@pytest.fixture(scope="module")
def elsewhere():
    """Call a function in another process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield lambda function, *args, **kwargs: pool.submit(function, *args, **kwargs).result()


def edit(path, *statements):
    """Change the file as GDAL does: through SQLite, with functions for the triggers."""
    with closing(sqlite3.connect(path)) as connection, connection:
        functions.register(connection)
        for statement in statements:
            connection.execute(statement)


def assert_index_is_true(path, table):
    """The R*Tree holds exactly the rows with a geometry, and each box contains its own."""
    with closing(sqlite3.connect(path)) as connection:
        stored = connection.execute(f"SELECT id, geometry FROM {table} WHERE geometry NOT NULL")
        bounds = {}
        for number, data in stored:
            geometry = shapely.from_wkb(data[8 + (32 if data[3] & 0b1110 else 0) :])
            if not geometry.is_empty:
                bounds[number] = geometry.bounds
        boxes = {
            row[0]: (row[1], row[3], row[2], row[4])
            for row in connection.execute(f"SELECT * FROM rtree_{table}_geometry")
        }
    assert boxes.keys() == bounds.keys()
    for number, (west, south, east, north) in boxes.items():
        true = bounds[number]
        assert shapely.box(west, south, east, north).covers(shapely.box(*true))
        assert np.allclose((west, south, east, north), true, rtol=1e-6, atol=1e-30)


def assert_is_geopackage(path):
    """The requirements of OGC 12-128r18 that a file of ours could break."""
    header = path.read_bytes()[:100]
    assert header[68:72] == b"GPKG"  # requirement 2
    assert int.from_bytes(header[60:64], "big") == 10400
    with closing(sqlite3.connect(path)) as connection:
        ask = lambda query: connection.execute(query).fetchall()  # noqa: E731
        assert ask("PRAGMA integrity_check") == [("ok",)]  # requirement 6
        assert ask("PRAGMA foreign_key_check") == []  # requirement 7
        systems = {row[0] for row in ask("SELECT srs_id FROM gpkg_spatial_ref_sys")}
        assert systems == {-1, 0, 4326, SRID}  # requirement 11
        triggers = {row[0] for row in ask("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
        for table, kind in ask("SELECT table_name, data_type FROM gpkg_contents"):
            keys = [row for row in ask(f"PRAGMA table_info({table})") if row[5]]
            assert [(key[1], key[2]) for key in keys] == [("id", "INTEGER")]  # requirements 29, 119
            if kind == "features":
                names = ("insert", "update2", "update4", "update5", "update6", "update7", "delete")
                assert {f"rtree_{table}_geometry_{name}" for name in names} <= triggers
        geometry_columns = ask(
            "SELECT c.table_name, g.column_name, g.srs_id, c.srs_id, z, m FROM gpkg_contents c"
            " LEFT JOIN gpkg_geometry_columns g USING (table_name) WHERE data_type = 'features'"
        )
        assert {row[0] for row in geometry_columns} == LAYERS.keys()  # requirement 22
        assert {row[1:] for row in geometry_columns} == {("geometry", SRID, SRID, 0, 0)}
        extensions = ask("SELECT table_name, column_name, extension_name FROM gpkg_extensions")
        assert set(extensions) == {(name, "geometry", "gpkg_rtree_index") for name in LAYERS}
        # An extent that is not known is left out; a wrong one would be believed.
        assert ask("SELECT count(*) FROM gpkg_contents WHERE min_x NOT NULL") == [(0,)]


def test_the_file_is_a_geopackage(path):
    assert_is_geopackage(path)


def test_gdal_reads_every_layer_with_all_its_fields(path):
    layers = dict(pyogrio.list_layers(path))
    assert layers == LAYERS | dict.fromkeys(TABLES)
    for name in layers:
        table = Base.metadata.tables[name]
        info = pyogrio.read_info(path, layer=name)
        assert set(info["fields"]) == set(table.columns.keys()) - {"id", "geometry"}
        assert info["fid_column"] == "id"
        if layers[name]:
            assert (info["crs"], info["geometry_name"]) == (f"EPSG:{SRID}", "geometry")


def test_gdal_reads_the_types_of_fields(path):
    def kinds(layer):
        info = pyogrio.read_info(path, layer=layer)
        return dict(zip(info["fields"], info["dtypes"], strict=True))

    tickets, decisions = kinds("tickets"), kinds("decisions")
    assert tickets["reported_at"].startswith("datetime64")
    assert (tickets["digest"], tickets["confidence"]) == ("int64", "float64")
    assert decisions["flagged"] == "bool"


def test_gdal_reads_rows_while_the_service_writes(store, path, elsewhere):
    with store.write() as session:
        session.add(unit("4", square(0, 0)))
        session.flush()
        frame = elsewhere(pyogrio.read_dataframe, path, layer="units")
    assert frame["code"].tolist() == ["1", "2", "3"]
    assert frame["name"].tolist() == ["网格1", "网格2", "网格3"]
    assert frame["valid_from"].tolist() == [SINCE] * 3
    assert frame.crs.to_epsg() == SRID
    assert frame.geometry[0].equals(square(117, 40))
    assert frame.geometry[1] is None
    assert len(elsewhere(pyogrio.read_dataframe, path, layer="units")) == 4


def test_gdal_searches_by_the_index(store, path, elsewhere):
    box = (116.5, 39, 117.5, 41)
    frame = elsewhere(pyogrio.read_dataframe, path, layer="units", bbox=box)
    assert frame["code"].tolist() == ["1"]


def test_what_gdal_appends_is_taken_in(store, path, elsewhere):
    before = store.organisation_version()
    frame = gpd.GeoDataFrame(
        {
            "scheme": ["general"], "level": ["grid"], "code": ["9"], "name": ["从桌面加入"],
            "valid_from": [SINCE], "origin": ["imported"],
        },
        geometry=[square(119, 40)],
        crs=SRID,
    )  # fmt: skip
    elsewhere(pyogrio.write_dataframe, frame, path, layer="units", append=True)
    with store.read() as session:
        box = f"SRID={SRID};POLYGON((119.5 40, 119.6 40, 119.6 40.1, 119.5 40))"
        (found,) = session.scalars(select(Unit).where(Unit.geometry.intersects(box)))
        assert (found.code, found.name, found.valid_from) == ("9", "从桌面加入", SINCE)
        assert to_shape(found.geometry).equals(square(119, 40))
    assert store.organisation_version() > before
    assert_index_is_true(path, "units")
    assert_is_geopackage(path)


def test_the_index_and_the_revision_follow_every_edit(store, path):
    version = store.organisation_version()
    hexadecimal = "47500001" + "8a110000" + square(120, 41).wkb.hex()
    empty = "47500011" + "8a110000" + shapely.from_wkt("MULTIPOLYGON EMPTY").wkb.hex()
    for statement in (
        f"UPDATE units SET geometry = x'{hexadecimal}' WHERE code = '1'",  # moved
        f"UPDATE units SET geometry = x'{hexadecimal}' WHERE code = '2'",  # drawn
        "UPDATE units SET geometry = NULL WHERE code = '3'",  # wiped
        f"UPDATE units SET geometry = x'{empty}' WHERE code = '2'",
        f"UPDATE units SET geometry = x'{hexadecimal}' WHERE code = '2'",
        "UPDATE units SET id = 77 WHERE code = '1'",
        "UPDATE units SET id = 78, geometry = NULL WHERE code = '2'",
        "INSERT OR REPLACE INTO units"
        " (id, scheme, level, code, name, valid_from, origin, geometry) VALUES"
        f" (77, 'g', 'grid', '7', 'n', '2026-01-01T00:00:00.000Z', 'x', x'{hexadecimal}')",
        "DELETE FROM units WHERE code = '7'",
    ):
        edit(path, statement)
        assert_index_is_true(path, "units")
        version, before = store.organisation_version(), version
        assert version > before


def test_orm_and_bulk_keep_the_index_alike(store, path):
    random = np.random.default_rng(7)
    lon, lat = random.uniform(116, 118, 200), random.uniform(39, 41, 200)
    lon[::10] = np.nan
    texts = ["示例"] * 200
    areas = np.array([square(x, y, 0.01) for x, y in random.uniform(0, 90, (200, 2))], dtype=object)
    areas[::7] = None
    areas[::11] = shapely.from_wkt("MULTIPOLYGON EMPTY")
    with store.write() as session:
        for geometry in ((lon, lat), areas):
            bulk.insert(
                session,
                Place,
                {"kind": texts, "source": texts, "origin": texts, "geometry": geometry},
            )
        session.add(Place(kind="k", source="s", geometry="POINT(117.123456789 40.1)"))
    assert_index_is_true(path, "places")
    with store.write() as session:
        session.execute(text("DELETE FROM places WHERE id % 2 = 0"))
        session.scalars(select(Place).where(Place.id == 1)).one().geometry = "POINT(5 5)"
    assert_index_is_true(path, "places")


def test_deleting_a_unit_takes_its_seat_out_of_the_index(store, path):
    from gridmap.model import Seat

    with store.write() as session:
        session.add(Seat(unit_id=1, geometry="POINT(117.5 40.5)"))
    with store.write() as session:
        session.delete(session.get(Unit, 1))
    assert_index_is_true(path, "seats")
    assert_index_is_true(path, "units")


def test_a_copy_made_while_closed_is_whole(store, path, tmp_path):
    store.close()
    shutil.copy(path, tmp_path / "copy.gpkg")
    copy = open_store(str(tmp_path / "copy.gpkg"))
    assert copy.organisation_version() == 3
    copy.close()


def test_the_log_comes_back_after_another_program_took_it_away(store, path):
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    again = open_store(str(path))
    with again.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    again.close()


def test_nothing_that_gdal_warns_of(path):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for layer in (*LAYERS, *TABLES):
            pyogrio.read_dataframe(path, layer=layer)
    assert not said


def test_every_table_with_a_geometry_has_its_triggers():
    tables = [table for table in Base.metadata.tables.values() if schema.triggers(table)]
    assert {table.name for table in tables} == LAYERS.keys()
    assert all(len(schema.triggers(table)) == 7 for table in tables)
