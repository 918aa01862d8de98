"""Changes that other programs make in the embedded store are told too."""

import sqlite3
import subprocess

import pytest
from support.changing import (
    POINT,
    ROUNDING_DEGREES,
    Reader,
    alike,
    decision,
    execute,
    ticket,
    unit,
    write,
)
from support.processes import python

from gridmap.model import (
    Person,
)
from gridmap.storage import open_store
from gridmap.storage.changes import Change


@pytest.fixture
def embedded(geopackage_store_url):
    store = open_store(geopackage_store_url)
    yield store
    store.close()


def test_a_program_without_our_functions_may_do_what_it_could(embedded):
    write(embedded, unit(id=1), ticket(id=1), ticket(id=2, number="2"))
    write(embedded, decision(), decision(ticket_id=2))
    reader = Reader(embedded)
    with sqlite3.connect(embedded.file) as plain:
        plain.execute("UPDATE decisions SET is_current = 0 WHERE ticket_id = 1")
        plain.execute("INSERT INTO people (id, code, name) VALUES (3, 'P', 'n')")
        plain.execute("DELETE FROM tickets WHERE id = 2")
    plain.close()
    assert alike(
        reader.changes(),
        [
            Change("tickets", 1, 1, 1, POINT),
            Change("people", 3, 3, None, None),
            Change("tickets", 2, 2, 1, POINT),
        ],
    )


def test_rows_that_are_replaced_are_told(embedded):
    write(embedded, unit(id=1), Person(id=1, code="P", name="n"))
    reader = Reader(embedded)
    execute(
        embedded,
        "INSERT OR REPLACE INTO units (id, scheme, level, code, name, valid_from, origin)"
        " SELECT 2, scheme, level, code, 'new', valid_from, origin FROM units",
        "INSERT OR REPLACE INTO people (id, code, name) VALUES (1, 'Q', 'n')",
        "INSERT INTO people (id, code, name) VALUES (3, 'Q', 'n')"
        " ON CONFLICT (code) DO UPDATE SET name = 'new'",
    )
    found = [(change.table, change.first_id, change.bounds) for change in reader.changes()]
    assert found[0][:2] == ("units", 1)
    assert found[0][2] == pytest.approx((0, 0, 1, 1), abs=ROUNDING_DEGREES)
    assert found[1] == ("units", 2, None)
    assert {change[:2] for change in found[2:]} == {("people", 1)}


EDIT_BY_GDAL = """
import sys
import geopandas, pyogrio, shapely
square = shapely.MultiPolygon([shapely.box(20, 0, 21, 1)])
row = {"scheme": ["s"], "level": ["grid"], "code": ["9"], "name": ["n"], "origin": ["o"],
       "valid_from": ["2026-01-01T00:00:00.000Z"]}
pyogrio.write_dataframe(
    geopandas.GeoDataFrame(row, geometry=[square], crs="EPSG:4490"), sys.argv[1], layer="units",
    append=True,
)
"""


def test_what_gdal_writes_is_told(embedded):
    write(embedded, unit(id=1), ticket(id=1), decision())
    reader = Reader(embedded)
    with python(EDIT_BY_GDAL, str(embedded.file)) as appending:
        assert appending.wait(60) == 0, appending.stdout.read()
    assert reader.changes() == [Change("units", 2, 2, None, (20, 0, 21, 1))]
    statements = (
        "UPDATE units SET name = 'by hand' WHERE id = 2",
        "UPDATE tickets SET status = 'closed'",
        "DELETE FROM units WHERE id = 2",
    )
    for statement in statements:
        command = ["ogrinfo", "-q", str(embedded.file), "-sql", statement]
        subprocess.run(command, check=True, capture_output=True)
    assert alike(
        reader.changes(),
        [
            Change("units", 2, 2, None, (20, 0, 21, 1)),
            Change("tickets", 1, 1, 1, POINT),
            Change("units", 2, 2, None, (20, 0, 21, 1)),
        ],
    )
