"""The map of a large district: little is sent, moves are drawn at once, memory does not grow.

The demonstration district is scaled to 5,000 grids; of buildings and tickets there are a fifth of
the 100,000 that `tests/benchmarks/bench_map.py` takes, beside plain Folium: the first view sends
neither, only how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import scaled
from support.looking import PHONE, first_view, heap_bytes, move, roam, service, window

from gridmap.storage import create_store

LIMIT_BYTES, LIMIT_LATE_MS = 300_000, 200
#: Pixels of a round that ends where it began.
ROUND = [(400, 0), (0, 300), (-400, 0), (0, -300)]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"geopackage:///{tmp_path_factory.mktemp('district')}/district.gpkg"
    store = create_store(url)
    scaled.fill(store, units=5_000, buildings=20_000, tickets=20_000)
    store.close()
    with service(url) as address:
        yield address


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_the_first_view_of_5000_grids_takes_at_most_300_kilobytes(
    district: str, chromium, size
) -> None:
    with window(chromium, size) as (page, came):
        painted_ms = first_view(page, district)
        page.wait_for_timeout(500)  # whatever still comes counts
        assert 20_000 < sum(came) <= LIMIT_BYTES
        assert painted_ms < 10_000


def test_a_move_is_drawn_within_200_ms_of_its_last_tile(district: str, chromium) -> None:
    """Every move of a round, in the best round of up to six: other tests may run beside."""
    with window(chromium) as (page, _came):
        first_view(page, district)
        latest = []
        for zoom in (3, -1, 1, -1, 1, -1):
            moves = [move(page, zoom=zoom), *(move(page, dx, dy) for dx, dy in ROUND)]
            assert sum(one["tiles"] for one in moves) > 0
            latest.append(max(one["late_ms"] for one in moves))
            if latest[-1] <= LIMIT_LATE_MS:
                return
    pytest.fail(f"The latest of each round came after {latest} ms.")


def test_panning_leaves_no_growing_heap(district: str, chromium) -> None:
    with window(chromium) as (page, _came):
        first_view(page, district)
        heaps = roam(page, 10, ROUND)
        assert len(heaps) >= 3
        assert heap_bytes(page) < 1.1 * heaps[1] + 1e6
