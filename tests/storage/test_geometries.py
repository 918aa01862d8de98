"""Many geometries at once: coordinates of points read as one block."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gridmap.model import Ticket
from gridmap.storage.geometries import coordinates, raw
from gridmap.storage.geopackage import blob

DEGREES = st.floats(-180, 180)
POINTS = st.lists(st.none() | st.tuples(DEGREES, DEGREES), max_size=8)


def wkb(place, **options):
    return None if place is None else shapely.to_wkb(shapely.Point(place), **options)


@given(places=POINTS)
def test_both_forms_are_read_to_the_bit(places):
    expected = np.array([(np.nan, np.nan) if one is None else one for one in places])
    expected = expected.reshape(-1, 2)
    blobs = [None if one is None else blob.encode(shapely.Point(one), 4490) for one in places]
    for values in (blobs, [wkb(one) for one in places], [wkb(one, byte_order=0) for one in places]):
        assert np.array_equal(coordinates(values), expected, equal_nan=True)


def test_an_empty_point_has_no_coordinates():
    values = [shapely.to_wkb(shapely.Point()), wkb((1.0, 2.0))]
    assert np.array_equal(coordinates(values), [[np.nan, np.nan], [1.0, 2.0]], equal_nan=True)


def test_what_is_no_point_has_no_coordinates(store):
    line = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]))
    assert np.isnan(coordinates([line])).all()
    with store.read() as session:
        values = session.scalars(select(raw(session, Ticket.geometry))).all()
    assert coordinates(values).shape == (0, 2)
