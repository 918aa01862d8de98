"""Every spatial function of the embedded store, held against PostGIS."""

import math
from types import SimpleNamespace

import pytest
import shapely
import sqlalchemy
from geoalchemy2 import Geometry, WKBElement, WKTElement
from geoalchemy2.shape import from_shape, to_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select
from support.shapes import ANYWHERE, INVALID, LATTICE, shapes

from gridmap.storage.address import engine_of
from gridmap.storage.geopackage.functions import FUNCTIONS, PREDICATES

SRID = 4490
UNARY = (
    "ST_Area", "ST_Centroid", "ST_GeometryType", "ST_IsEmpty", "ST_IsValid", "ST_Length",
    "ST_NPoints", "ST_PointOnSurface", "ST_SRID", "ST_XMax", "ST_XMin", "ST_YMax", "ST_YMin",
)  # fmt: skip
BINARY = (*PREDICATES, "ST_Distance")
#: GDAL's names for what PostGIS calls otherwise.
OTHER_NAMES = {
    "ST_MinX": "ST_XMin", "ST_MaxX": "ST_XMax", "ST_MinY": "ST_YMin", "ST_MaxY": "ST_YMax",
}  # fmt: skip
#: Functions with a test of their own below.
HELD_APART = {
    ("ST_DWithin", 3), ("ST_GeomFromEWKB", 1), ("ST_GeomFromEWKT", 1), ("ST_GeomFromText", 1),
    ("ST_GeomFromText", 2), ("ST_GeomFromWKB", 1), ("ST_GeomFromWKB", 2), ("ST_MakeEnvelope", 4),
    ("ST_MakeEnvelope", 5), ("ST_MakePoint", 2), ("ST_SetSRID", 2), ("ST_X", 1), ("ST_Y", 1),
}  # fmt: skip
RAISED = "raised"


@pytest.fixture(scope="module")
def asked(module_postgis_url, tmp_path_factory):
    """Connections to both back ends, on which every question stands alone."""
    embedded = engine_of(str(tmp_path_factory.mktemp("asked") / "empty.gpkg"))
    postgis = engine_of(module_postgis_url).execution_options(isolation_level="AUTOCOMMIT")
    with embedded.connect() as embedded_connection, postgis.connect() as postgis_connection:
        yield SimpleNamespace(embedded=embedded_connection, postgis=postgis_connection)
    embedded.dispose()
    postgis.dispose()


def answers(connection, *expressions):
    """What a back end says to all expressions in one query: values, geometries, or a refusal."""
    try:
        row = connection.execute(select(*expressions)).one()
    except sqlalchemy.exc.DBAPIError:
        return [RAISED] * len(expressions)
    return [
        shapely.normalize(to_shape(value)) if isinstance(value, WKBElement) else value
        for value in row
    ]


def alike(one, other):
    if isinstance(one, shapely.Geometry) and isinstance(other, shapely.Geometry):
        if one.is_empty or other.is_empty:
            return one.geom_type == other.geom_type and one.is_empty and other.is_empty
        return shapely.equals_exact(one, other, tolerance=1e-9)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


def hold(asked, *expressions):
    """Assert that both back ends say the same to each expression."""
    here, there = answers(asked.embedded, *expressions), answers(asked.postgis, *expressions)
    different = [
        f"{expression} of {given_to(expression)}: {one} here, {other} in PostGIS"
        for expression, one, other in zip(expressions, here, there, strict=True)
        if not alike(one, other)
    ]
    assert not different
    return here


def given_to(expression):
    given = expression.compile().params.values()
    geometries = (WKBElement, bytes, memoryview)
    return [
        shapely.from_wkb(bytes(getattr(value, "data", value))).wkt
        if isinstance(value, geometries)
        else value
        for value in given
    ]


def calls(names, *arguments):
    return [getattr(func, name)(*arguments) for name in names]


def plain(shape, srid=SRID):
    return literal(None if shape is None else from_shape(shape, srid), Geometry(srid=srid))


#: The forms in which a geometry comes to a function through SQLAlchemy and GeoAlchemy2.
FORMS = {
    "typed literal": plain,
    "WKB": lambda shape: WKBElement(shape.wkb, srid=SRID),
    "EWKB": lambda shape: from_shape(shape, SRID, extended=True),
    "WKT": lambda shape: WKTElement(shape.wkt, srid=SRID),
    "EWKT": lambda shape: WKTElement(f"SRID={SRID};{shape.wkt}"),
}
ANY = shapes(LATTICE) | shapes(ANYWHERE)
FORM = st.sampled_from(sorted(FORMS))


def test_every_function_is_held():
    held = {(name, 1) for name in (*UNARY, *OTHER_NAMES)} | {(name, 2) for name in BINARY}
    assert held | HELD_APART == set(FUNCTIONS)


@settings(max_examples=100)
@given(shape=ANY, form=FORM)
def test_functions_of_one_geometry(asked, shape, form):
    hold(asked, *calls(UNARY, FORMS[form](shape)))


@given(shape=ANY)
@pytest.mark.parametrize("name", ["ST_X", "ST_Y"])
def test_coordinates_of_points_and_of_none(asked, name, shape):
    hold(asked, getattr(func, name)(plain(shape)))


@settings(max_examples=200)
@given(first=shapes(LATTICE), second=shapes(LATTICE), form=FORM)
def test_functions_of_two_geometries_that_touch(asked, first, second, form):
    hold(asked, *calls(BINARY, FORMS[form](first), FORMS[form](second)))


@given(first=shapes(ANYWHERE), second=shapes(ANYWHERE))
def test_functions_of_two_geometries_anywhere(asked, first, second):
    hold(asked, *calls(BINARY, plain(first), plain(second)))


@given(
    first=ANY, second=ANY, distance=st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.5, 100.0]) | ANYWHERE
)
def test_within_a_distance(asked, first, second, distance):
    hold(asked, func.ST_DWithin(plain(first), plain(second), distance))


def test_null_makes_null(asked):
    nothing, point = plain(None), plain(shapely.Point(1, 1))
    assert set(hold(asked, *calls((*UNARY, "ST_X", "ST_Y"), nothing))) == {None}
    for pair in ((nothing, point), (point, nothing), (nothing, nothing)):
        assert set(hold(asked, *calls(BINARY, *pair), func.ST_DWithin(*pair, 1.0))) == {None}


@pytest.mark.parametrize("name", BINARY)
def test_two_crs_are_not_compared(asked, name):
    one, other = plain(shapely.Point(1, 1)), plain(shapely.Point(1, 1), srid=4326)
    assert hold(asked, getattr(func, name)(one, other)) == [RAISED]


@settings(max_examples=100)
@given(invalid=INVALID, other=shapes(LATTICE) | INVALID)
def test_an_invalid_geometry_gets_an_answer_or_a_clean_error(asked, invalid, other):
    """What it is measured to be is the same; GEOS promises nothing about predicates of it."""
    hold(asked, *calls(("ST_Area", "ST_IsValid", "ST_NPoints", "ST_XMin"), plain(invalid)))
    for name in PREDICATES:
        (said,) = answers(asked.embedded, getattr(func, name)(plain(invalid), plain(other)))
        assert said in {True, False, RAISED}


@given(shape=ANY)
def test_bounds_by_their_names_in_triggers(asked, shape):
    here = answers(asked.embedded, *calls(OTHER_NAMES, plain(shape)))
    there = answers(asked.postgis, *calls(OTHER_NAMES.values(), plain(shape)))
    assert all(map(alike, here, there))


@given(shape=ANY)
def test_reading_text(asked, shape):
    read = [
        func.ST_GeomFromText(shape.wkt),
        func.ST_GeomFromText(shape.wkt, SRID),
        func.ST_GeomFromText(shape.wkt, -1),
        func.ST_GeomFromEWKT(shape.wkt),
        func.ST_GeomFromEWKT(f"SRID={SRID};{shape.wkt}"),
    ]
    hold(asked, *map(func.ST_Centroid, read))
    assert hold(asked, *map(func.ST_SRID, read)) == [0, SRID, 0, 0, SRID]


@given(shape=ANY)
def test_reading_binary(asked, shape):
    read = [
        func.ST_GeomFromEWKB(shape.wkb),
        func.ST_GeomFromEWKB(shapely.to_wkb(shapely.set_srid(shape, SRID), include_srid=True)),
        func.ST_GeomFromWKB(shape.wkb),
        func.ST_GeomFromWKB(shape.wkb, SRID),
    ]
    hold(asked, *map(func.ST_Centroid, read))
    assert hold(asked, *map(func.ST_SRID, read)) == [0, SRID, 0, SRID]


@pytest.mark.parametrize(
    "text", ["", "POINT", "POINT(1)", "nonsense", "POINT(a b)", "SRID=x;POINT(1 2)"]
)
def test_text_that_is_no_geometry_is_refused(asked, text):
    assert hold(asked, func.ST_GeomFromEWKT(text)) == [RAISED]


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"GP", b"GP\0\x0f", b"nonsense", b"GP\0\x0b" + 40 * b"\0"]
)
def test_bytes_that_are_no_geometry_are_refused(asked, data):
    assert hold(asked, func.ST_GeomFromWKB(data)) == [RAISED]


@given(shape=ANY, srid=st.sampled_from([0, 4326, 4490]))
def test_naming_a_crs(asked, shape, srid):
    named = func.ST_SetSRID(plain(shape), srid)
    assert hold(asked, func.ST_SRID(named), func.ST_GeometryType(named))[0] == srid


@given(x=LATTICE | ANYWHERE | st.none(), y=LATTICE | ANYWHERE | st.none())
def test_making_a_point(asked, x, y):
    x, y = literal(x, sqlalchemy.Double), literal(y, sqlalchemy.Double)
    hold(asked, func.ST_MakePoint(x, y), func.ST_SRID(func.ST_MakePoint(x, y)))


@given(bounds=st.lists(LATTICE | ANYWHERE | st.none(), min_size=4, max_size=4))
def test_making_an_envelope(asked, bounds):
    bounds = [literal(bound, sqlalchemy.Double) for bound in bounds]
    made = func.ST_MakeEnvelope(*bounds), func.ST_MakeEnvelope(*bounds, SRID)
    hold(asked, made[0], made[1], func.ST_SRID(made[0]), func.ST_SRID(made[1]))
