"""Degrees in and around China for the tests of datums."""

import numpy as np

#: West, east, south and north of the box within which GCJ-02 shifts.
BOX = (72.004, 137.8347, 0.8293, 55.8271)
#: Published test points of eviltransform: WGS 84 and GCJ-02, longitude first.
PUBLISHED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


def distance_m(a, b):
    """Greatest distance between two runs of degrees, good enough for small distances."""
    east = (np.asarray(a[0]) - b[0]) * np.cos(np.radians(b[1]))
    return np.hypot(east, np.asarray(a[1]) - b[1]).max() * 111_320


def random_points(count, box=BOX):
    random = np.random.default_rng(7)
    return random.uniform(*box[:2], count), random.uniform(*box[2:], count)
