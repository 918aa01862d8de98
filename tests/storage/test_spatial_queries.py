"""Queries on stored geometries: both back ends find the same rows, and the index is used."""

import pytest
import shapely
from geoalchemy2 import WKTElement
from geoalchemy2.shape import from_shape, to_shape
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from support.shapes import ANYWHERE, LATTICE, areas, points, shapes

from gridmap.model import SRID, Place
from gridmap.storage import create_store
from gridmap.storage.geopackage.functions import PREDICATES

ANY = st.none() | shapes(LATTICE) | shapes(ANYWHERE)
OTHER = aliased(Place)


@pytest.fixture(scope="module")
def stores(module_postgis_url, tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "gridmap.gpkg"
    both = create_store(str(path)), create_store(module_postgis_url)
    yield both
    for store in both:
        store.close()


def element(shape):
    return None if shape is None else from_shape(shape, srid=SRID)


def found(store, shapes, query):
    """Rows that a query finds among places of some shapes, which are gone afterwards."""
    with store.engine.connect() as connection:
        rows = [
            {"id": number, "kind": "test", "source": "test", "geometry": element(shape)}
            for number, shape in enumerate(shapes)
        ]
        connection.execute(Place.__table__.insert(), rows)
        return connection.execute(query).all()


@settings(max_examples=30)
@given(shapes=st.lists(ANY, min_size=2, max_size=6), name=st.sampled_from(sorted(PREDICATES)))
def test_joins_by_predicate(stores, shapes, name):
    # PostGIS takes two empty geometries for equal, but finds them only where it uses no index.
    assume(name != "ST_Equals" or not any(shape is not None and shape.is_empty for shape in shapes))
    on = getattr(func, name)(Place.geometry, OTHER.geometry)
    query = select(Place.id, OTHER.id).join(OTHER, on).order_by(Place.id, OTHER.id)
    embedded, postgis = (found(store, shapes, query) for store in stores)
    assert embedded == postgis


@settings(max_examples=30)
@given(shapes=st.lists(ANY, min_size=1, max_size=6), box=areas(LATTICE) | points(LATTICE))
def test_the_box_operator_in_its_forms(stores, shapes, box):
    """The box before and after, a column of an alias, and of another row."""
    conditions = [
        Place.geometry.intersects(element(box)),
        Place.geometry.op("&&")(element(box)),
        Place.geometry.op("&&")(func.ST_SetSRID(func.ST_MakePoint(1.0, 1.0), SRID)),
        Place.geometry.intersects(WKTElement(box.wkt, srid=SRID)),
        func.ST_MakeEnvelope(0.0, 0.0, 2.0, 2.0, SRID).op("&&")(Place.geometry),
    ]
    for condition in conditions:
        query = select(Place.id).where(condition).order_by(Place.id)
        embedded, postgis = (found(store, shapes, query) for store in stores)
        assert embedded == postgis
    on = OTHER.geometry.op("&&")(Place.geometry)
    query = select(Place.id, OTHER.id).join(OTHER, on).order_by(Place.id, OTHER.id)
    embedded, postgis = (found(store, shapes, query) for store in stores)
    assert embedded == postgis


@settings(max_examples=30)
@given(shapes=st.lists(ANY, min_size=1, max_size=6), box=areas(ANYWHERE))
def test_the_index_changes_no_answer(stores, shapes, box):
    touches = func.ST_Intersects(Place.geometry, element(box))
    boxed = select(Place.id).where(Place.geometry.op("&&")(element(box)), touches)
    for store in stores:
        by_index = found(store, shapes, boxed.order_by(Place.id))
        assert by_index == found(store, shapes, select(Place.id).where(touches).order_by(Place.id))
    expected = [
        (number,)
        for number, shape in enumerate(shapes)
        if shape is not None and shapely.intersects(shape, box)
    ]
    assert by_index == expected


@settings(max_examples=30)
@given(shapes=st.lists(ANY, min_size=1, max_size=6))
def test_geometries_come_back_as_they_went(stores, shapes):
    query = select(Place.geometry).order_by(Place.id)
    for store in stores:
        for (read,), shape in zip(found(store, shapes, query), shapes, strict=True):
            assert (read is None) == (shape is None)
            if shape is not None:
                assert read.srid == SRID
                back = to_shape(read)
                assert back.geom_type == shape.geom_type
                assert shapely.equals_identical(shapely.set_srid(back, 0), shape)


def test_a_geometry_of_another_crs_is_refused_by_both(stores):
    for store in stores:
        with pytest.raises(Exception, match=r"4326"), store.write() as session:
            session.add(Place(kind="test", source="test", geometry="SRID=4326;POINT(1 2)"))
