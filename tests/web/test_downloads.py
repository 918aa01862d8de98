"""Files of what a map shows: each form read back, whole, harmless, within one's rights."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import shapely
from sqlalchemy import update
from support.stock import REPORTER, REPORTER_PHONE
from support.town import at

from gridmap.model import SRID, Ticket, Unit
from gridmap.sight import Sight
from web import create_app, downloads
from web.saving import FORMS


def got(client, path, **query):
    with client.get(f"/download/{path}", query_string=query) as answer:
        assert answer.status_code == 200, answer.text
        return answer, answer.data


def table(client, path, **query):
    text = got(client, path, **query)[1].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheet(client, path, **query):
    book = openpyxl.load_workbook(io.BytesIO(got(client, path, **query)[1]))
    head, *rows = book.active.iter_rows(values_only=True)
    return book, [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_file_is_named_by_layer_and_day_and_kept_by_nobody(client, form):
    answer, _ = got(client, f"units.{form}")
    today = datetime.now().astimezone().year
    assert f"filename=gridmap-units-{today}-" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith(f".{form}")
    assert answer.mimetype == FORMS[form].mimetype
    assert answer.cache_control.private
    assert answer.cache_control.no_store
    with client.head(f"/download/units.{form}") as asked:
        assert (asked.status_code, asked.data) == (200, b"")


def test_nothing_is_left_behind(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for form in FORMS:
        got(client, f"units.{form}")
        client.head(f"/download/units.{form}").close()
    assert list(tmp_path.iterdir()) == []


def test_geojson(client):
    found = json.loads(got(client, "units.geojson", level="grid")[1])
    assert found["name"] == "units"
    assert "invented" in found["notice"]
    told = {one["properties"]["code"]: one["properties"] for one in found["features"]}
    assert list(told) == ["1111", "1112", "1121", "1122"]
    assert told["1111"]["open"] == 2
    assert told["1122"]["open"] == 0
    assert told["1111"]["origin"] == "demonstration"
    area = shapely.geometry.shape(found["features"][0]["geometry"])
    assert area.equals(shapely.box(*at(0, 0), *at(1, 2)))


def test_geopackage(client, tmp_path):
    path = tmp_path / "units.gpkg"
    path.write_bytes(got(client, "units.gpkg", level="grid")[1])
    assert [name for name, _ in pyogrio.list_layers(path).tolist()] == ["units"]
    about = pyogrio.read_info(path, layer="units")
    assert about["crs"] == f"EPSG:{SRID}"
    assert about["geometry_type"] == "MultiPolygon"
    assert "invented" in about["layer_metadata"]["notice"]
    frame = pyogrio.read_dataframe(path)
    assert frame["code"].tolist() == ["1111", "1112", "1121", "1122"]
    assert frame["open"].tolist() == [2, 1, 1, 0]
    assert frame.geometry.iloc[0].equals(shapely.box(*at(0, 0), *at(1, 2)))


def test_geopackage_of_tickets_and_of_nothing(client, tmp_path):
    path = tmp_path / "tickets.gpkg"
    path.write_bytes(got(client, "tickets.gpkg", state="all")[1])
    frame = pyogrio.read_dataframe(path)
    assert frame["number"].tolist() == ["T-6", "T-5", "T-3", "T-2", "T-1"]
    assert frame["flagged"].tolist() == [False, False, True, True, False]
    assert frame["reported_at"].iloc[-1].isoformat().startswith("2026-10-01T08:30:00")
    assert pyogrio.read_info(path)["geometry_type"] == "Point"
    path.write_bytes(got(client, "tickets.gpkg", bbox="1,1,2,2")[1])
    assert len(pyogrio.read_dataframe(path)) == 0


def test_csv_speaks_the_language_of_the_page(client):
    answer, body = got(client, "tickets.csv", lang="zh", state="closed")
    assert body.startswith(b"\xef\xbb\xbf")
    assert answer.content_type.startswith("text/csv")
    (row,) = table(client, "tickets.csv", lang="zh", state="closed")
    assert (row["工单号"], row["状态"], row["单元"]) == ("T-6", "已结", "1111")
    assert float(row["经度"]) == pytest.approx(117.004)
    assert "虚构" in row["说明"]
    (row,) = table(client, "tickets.csv", lang="en", state="closed")
    assert row["State"].lower() == "closed"
    assert "invented" in row["Notice"]


def test_csv_of_shapes(client):
    first = table(client, "units.csv", lang="en", level="grid")[0]
    assert (first["Code"], first["Open tickets"]) == ("1111", "2")
    assert shapely.from_wkt(first["Geometry (WKT)"]).equals(shapely.box(*at(0, 0), *at(1, 2)))


def test_workbook(client):
    book, rows = sheet(client, "tickets.xlsx", lang="en", state="all")
    assert book.active.title == "Tickets"
    assert "invented" in book.properties.description
    assert [row["Number"] for row in rows] == ["T-6", "T-5", "T-3", "T-2", "T-1"]
    assert rows[0]["Longitude"] == pytest.approx(117.004)
    assert rows[-1]["Reported at"].tzinfo is None


def test_nobody_who_reported_is_in_any_file(client, tmp_path):
    for form in FORMS:
        body = got(client, f"tickets.{form}", state="all")[1]
        if form == "xlsx":
            _, rows = sheet(client, "tickets.xlsx", state="all")
            body = str(rows).encode()
        for secret in (REPORTER, REPORTER_PHONE, "路面有坑"):
            assert secret.encode() not in body


def test_only_what_is_asked_for(client):
    west, south = at(1.2, 0.2)
    east, north = at(2.2, 0.4)
    box = f"{west},{south},{east},{north}"
    rows = table(client, "units.csv", lang="en", level="grid", bbox=box)
    assert [row["Code"] for row in rows] == ["1112", "1121"]
    rows = table(client, "units.csv", lang="en", zoom="0")
    assert [row["Code"] for row in rows] == ["1"]


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_text_is_packed_on_its_way(client, form):
    headers = {"Accept-Encoding": "gzip"}
    with client.get(f"/download/units.{form}", headers=headers) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == got(client, f"units.{form}")[1]


def test_within_sight(shared_app, monkeypatch):
    sight = Sight(frozenset({("general", "1112")}))
    monkeypatch.setitem(shared_app.config, "SIGHT", lambda: sight)
    client = shared_app.test_client()
    rows = table(client, "tickets.csv", lang="en", state="all")
    assert [row["Number"] for row in rows] == ["T-3"]
    told = {row["Code"]: row["Open tickets"] for row in table(client, "units.csv", lang="en")}
    assert told == {"1111": "0", "1112": "1", "1121": "0", "1122": "0"}


@pytest.mark.parametrize("value", ['=cmd|"/c calc"!A0', "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1"])
def test_nothing_is_run_as_a_formula(app, store, value):
    with store.write() as session:
        session.execute(update(Ticket).where(Ticket.number == "T-1").values(matter=value))
        session.execute(update(Unit).where(Unit.code == "1111").values(name=value))
    client = app.test_client()
    rows = table(client, "tickets.csv", lang="en", unit="1111")
    (matter,) = [row["Matter"] for row in rows if row["Number"] == "T-1"]
    assert matter == f"'{value}"
    body = got(client, "units.xlsx", level="grid")[1]
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(body)).active for cell in row]
    assert value.strip("\t") in {str(cell.value).strip("\t") for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}


def test_signs_that_no_workbook_holds(app, store):
    with store.write() as session:
        session.execute(
            update(Unit).where(Unit.code == "1111").values(name="a\x0bb" + "c" * 40_000)
        )
    _, rows = sheet(app.test_client(), "units.xlsx", lang="en", level="grid")
    assert rows[0]["Name"].startswith("abccc")
    assert len(rows[0]["Name"]) == 32_767


def test_imported_data_say_nothing(store):
    from support.stock import fill

    fill(store, origin="imported")
    client = create_app({"STORE": store}).test_client()
    assert "notice" not in json.loads(got(client, "tickets.geojson")[1])
    assert "Notice" not in table(client, "tickets.csv", lang="en")[0]


def test_bound_is_told(client, monkeypatch):
    monkeypatch.setitem(FORMS, "csv", replace(FORMS["csv"], max_rows=3))
    for path in ("units.csv?level=grid", "tickets.csv?state=all"):
        answer = client.get(f"/download/{path}")
        assert answer.status_code == 400
        assert "more than 3 rows" in answer.json["detail"]
        assert "smaller bbox" in answer.json["detail"]
    assert len(table(client, "units.csv", level="grid", bbox="117,40,117.005,40.005")) == 1


def test_too_many_at_once_are_told_to_wait(client, monkeypatch):
    with downloads._writing, downloads._writing:
        answer = client.get("/download/units.csv")
    assert answer.status_code == 503
    assert "ask again" in answer.json["detail"]
    assert got(client, "units.csv")


def test_failure_leaves_nothing(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken(table, path):
        Path(path).write_text("half")
        raise OSError(28, "No space left on device")

    form = FORMS["csv"]
    monkeypatch.setitem(FORMS, "csv", type(form)(form.mimetype, broken, is_text=True))
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/download/units.csv")
    client.application.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("units.pdf", 404, "'pdf': use one of geojson, gpkg, csv, xlsx."),
        ("nothing.csv", 404, "There is no layer 'nothing'"),
        ("units.csv?bbox=1", 400, "bbox is '1'"),
        ("units.csv?limit=1", 400, "'limit' is no parameter of this address: use bbox, zoom, lang"),
        ("units.csv?lang=fr", 400, "lang is 'fr': use one of zh, en."),
        ("units.csv?level=galaxy", 400, "'galaxy' is no level"),
    ],
)
def test_what_is_refused(client, path, status, sentence):
    answer = client.get(f"/download/{path}")
    assert answer.status_code == status
    assert sentence in answer.json["detail"]
