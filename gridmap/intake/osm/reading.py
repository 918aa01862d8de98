"""Reading OpenStreetMap files: a stream of places and streets, in batches of columns."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.geom import WKBFactory

from gridmap.errors import InputError
from gridmap.intake.osm.kinds import Kinds
from gridmap.progress import Tick

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
#: Objects that are held at a time.
BATCH = 20_000

#: From this size on a file's nodes are indexed in a temporary file instead of in memory.
INDEX_FILE_FROM_BYTES = 100_000_000
#: The index has 16 bytes a node, and files of OpenStreetMap have 6 bytes or more for each.
INDEX_FILE_RATIO = 3

Box = tuple[float, float, float, float]


@dataclass
class Batch:
    """Things of one table as columns, as far as they are read.

    `source_id` is the letter of a node, way or relation and its number in OpenStreetMap.
    """

    source_id: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    category: list[str | None] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.source_id)

    def add(
        self, source_id: str, kind: str, category: str | None, tags: dict[str, str], wkb: str
    ) -> None:
        """Take one thing more."""
        self.source_id.append(source_id)
        self.kind.append(kind)
        self.category.append(category)
        self.tags.append(tags)
        self.wkb.append(wkb)

    def columns(self) -> dict[str, Any]:
        """Give what places and streets have in common, as `storage.bulk.insert` takes it."""
        texts = [json.dumps(tags, ensure_ascii=False, sort_keys=True) for tags in self.tags]
        return {
            "source_id": self.source_id,
            "name": [tags.get("name") for tags in self.tags],
            "tags": texts,
            "digest": [
                blake2b(f"{text}|{kind}|{category}|{wkb}".encode(), digest_size=8).hexdigest()
                for text, kind, category, wkb in zip(
                    texts, self.kind, self.category, self.wkb, strict=True
                )
            ],
            "geometry": shapely.from_wkb(self.wkb),
        }

    def place_columns(self) -> dict[str, Any]:
        """Give the columns of places."""
        return {
            **self.columns(),
            "kind": self.kind,
            "category": self.category,
            "street": [tags.get("addr:street") for tags in self.tags],
            "number": [tags.get("addr:housenumber") for tags in self.tags],
        }

    def street_columns(self) -> dict[str, Any]:
        """Give the columns of streets."""
        return {**self.columns(), "street_class": self.kind}


class Reader:
    """
    A file of OpenStreetMap, read in one stream.

    Parameters
    ----------
    path
        The file, of one of `SUFFIXES`.
    kinds
        What is taken.

    Attributes
    ----------
    incomplete
        After reading: how many things were left out, because the file, cut out of a larger one,
        lacks nodes of them.
    """

    def __init__(self, path: Path, kinds: Kinds) -> None:
        if not path.name.lower().endswith(SUFFIXES):
            message = f"{path} is no file of OpenStreetMap: it should end in {', '.join(SUFFIXES)}."
            raise InputError(message)
        self._path, self._kinds = path, kinds
        wkb = WKBFactory()
        self._create: dict[str, Callable[[Any], str]] = {
            "point": wkb.create_point,
            "line": wkb.create_linestring,
            "area": wkb.create_multipolygon,
        }
        self.incomplete = 0

    def box(self) -> Box | None:
        """West, south, east and north as the file's header tells them; None where it does not."""
        with _readable(self._path):
            box = osmium.io.Reader(str(self._path)).header().box()
        if not box.valid():
            return None
        low, high = box.bottom_left, box.top_right
        return low.lon, low.lat, high.lon, high.lat

    def batches(self, tick: Tick) -> Iterator[tuple[Batch, Batch]]:
        """
        Read places and streets, some thousand at a time.

        The coordinates of all nodes of the file are held meanwhile, 16 bytes each: see
        `node_index`.

        Raises
        ------
        InputError
            The file is damaged, or ends too soon.
        """
        places, streets, done = Batch(), Batch(), 0
        with _readable(self._path), node_index(self._path) as storage:
            for thing in self._things(storage):
                self._take(thing, places, streets)
                if len(places) + len(streets) >= BATCH:
                    done += len(places) + len(streets)
                    tick(done, None)
                    yield places, streets
                    places, streets = Batch(), Batch()
        yield places, streets

    def _things(self, storage: str) -> Iterator[Any]:
        wanted = osmium.filter.KeyFilter(*self._kinds.keys)
        reading = osmium.FileProcessor(str(self._path)).with_locations(storage)
        return iter(reading.with_areas(wanted).with_filter(wanted))

    def _take(self, thing: Any, places: Batch, streets: Batch) -> None:
        tags = dict(thing.tags)
        try:
            if thing.is_node():
                self._add(places, f"n{thing.id}", tags, "point", thing)
            elif thing.is_way():
                if self._kinds.is_street(tags):
                    wkb = self._create["line"](thing)
                    streets.add(f"w{thing.id}", tags["highway"], None, tags, wkb)
                self._add(places, f"w{thing.id}", tags, "line", thing)
            elif thing.is_area():
                letter = "w" if thing.from_way() else "r"
                self._add(places, f"{letter}{thing.orig_id()}", tags, "area", thing)
        except (osmium.InvalidLocationError, RuntimeError):
            self.incomplete += 1

    def _add(
        self, places: Batch, source_id: str, tags: dict[str, str], shape: str, thing: Any
    ) -> None:
        kind = self._kinds.kind(tags, shape)
        if kind is None or (shape == "line" and thing.is_closed() and self._is_area(tags)):
            return
        places.add(source_id, kind, self._kinds.category(tags), tags, self._create[shape](thing))

    def _is_area(self, tags: dict[str, str]) -> bool:
        """Tell whether a closed way comes again as an area, which is then what is taken."""
        return self._kinds.kind(tags, "area") is not None


@contextmanager
def node_index(path: Path) -> Iterator[str]:
    """
    Choose where osmium keeps the coordinates of the nodes of a file.

    In memory for small files. For large ones in a temporary file, which the system keeps in memory
    only as far as there is some to spare; if the disk has no room for it, in memory as well, but
    without the copies that a growing array needs.

    Yields
    ------
    storage
        As `osmium.FileProcessor.with_locations` takes it.
    """
    size = path.stat().st_size
    if size < INDEX_FILE_FROM_BYTES:
        yield "flex_mem"
    elif shutil.disk_usage(tempfile.gettempdir()).free < INDEX_FILE_RATIO * size:
        yield "sparse_mmap_array"
    else:
        with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
            yield f"sparse_file_array,{Path(folder, 'nodes')}"


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, OSError) as error:
        message = f"{path} cannot be read as OpenStreetMap: {error}. Fetch or copy it again."
        raise InputError(message) from error
