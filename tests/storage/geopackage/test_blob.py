"""The box of a geometry, read from its bytes alone."""

import struct

import pytest
import shapely
from hypothesis import given
from support.shapes import ANYWHERE, LATTICE, shapes

from gridmap.storage.geopackage import blob


@given(shape=shapes(LATTICE) | shapes(ANYWHERE))
def test_the_box_is_that_of_the_shape(shape):
    found = blob.box(blob.encode(shape, 4490))
    assert (found is None) == shape.is_empty
    if found is not None:
        west, south, east, north = shape.bounds
        assert found == (west, east, south, north)


POINT = shapely.to_wkb(shapely.Point(1, 2), byte_order=1)
LINE = shapely.to_wkb(shapely.LineString([(1, 2), (3, 4)]), byte_order=1)
HEIGHTS = struct.pack("<6d", 1, 3, 2, 4, 8, 9)


@pytest.mark.parametrize(
    ("written", "box"),
    [
        (b"GP\0\x01\0\0\0\0" + POINT, (1, 1, 2, 2)),
        (b"GP\0\x05\0\0\0\0" + HEIGHTS + LINE, (1, 3, 2, 4)),
        (b"GP\0\x01\0\0\0\0" + LINE, None),
        (b"GP\0\x00\0\0\0\0" + POINT, None),
        (b"GP\0\x0b\0\0\0\0" + HEIGHTS + LINE, None),
        (b"GP\0\x11\0\0\0\0" + POINT, None),
        (POINT, None),
        (LINE, None),
        (b"GP", None),
        (b"", None),
    ],
)
def test_what_other_programs_write(written, box):
    """Without an envelope, with heights, big endian, an envelope of no known kind, empty."""
    assert blob.box(written) == box
