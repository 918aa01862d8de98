"""Where the coordinates of nodes are kept while a file is read: the answers are the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import shapely

from gridmap.intake.osm import reading
from gridmap.intake.osm.kinds import Kinds
from gridmap.intake.osm.reading import Reader, node_index

TOWN = """<?xml version="1.0"?><osm version="0.6">
<node id="9000000001" version="1" lon="117" lat="40"/>
<node id="9000000002" version="1" lon="117.001" lat="40"/>
<node id="9000000005" version="1" lon="117.001" lat="40.001"/>
<way id="1" version="1"><nd ref="9000000001"/><nd ref="9000000002"/><nd ref="9000000005"/>
<tag k="highway" v="service"/></way>
<way id="2" version="1"><nd ref="9000000001"/><nd ref="9000000002"/><nd ref="9000000005"/>
<nd ref="9000000001"/><tag k="building" v="yes"/></way></osm>"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A street and a building."""
    path = tmp_path / "town.osm"
    path.write_text(TOWN, encoding="utf-8")
    return path


def shapes(path: Path) -> list[str]:
    found = []
    for places, streets in Reader(path, Kinds.load()).batches(lambda _done, _total: None):
        found += [shapely.from_wkb(wkb).wkt for wkb in (*places.wkb, *streets.wkb)]
    return found


@pytest.mark.parametrize(
    ("limit", "free", "storage"),
    [(10_000, 0, "flex_mem"), (1, 1_000, "sparse_mmap_array"), (1, 10_000, "sparse_file_array")],
)
def test_an_index_for_each_size_and_disk(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, free: int, storage: str
) -> None:
    expected = shapes(town)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(reading, "INDEX_FILE_FROM_BYTES", limit)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with node_index(town) as chosen:
        assert chosen.partition(",")[0] == storage
    assert shapes(town) == expected
    assert len(expected) == 2
    assert expected[0].startswith("MULTIPOLYGON (((117 40")
    assert not list(temporary.iterdir())
