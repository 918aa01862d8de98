"""Acceptance 2: New York's addresses and intersections, located by their words.

2,000 of the requests, drawn by seed, are the site's own list: an address, the quarter, the streets
that cross beside it, a coordinate; each address once. The others are located by what they say,
`69-17 GRAND AVENUE, MASPETH, QUEENS` or `69 STREET and 69 PLACE, MASPETH, QUEENS`. The list knows
some of their addresses, for people call twice; of most it knows the street only, or other numbers
in it, or nothing.

Located is what has a point by address, by the numbers beside it, or by crossing streets; a street
as a whole or a quarter is shown apart. Right is a point in the district whose board the city names
for the request, wrong one in another.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from support.command import gridmap
from support.known import Known, metres

from gridmap.locating import Gazetteer, Matcher
from gridmap.storage import open_store

LISTED, SEED = 2_000, 3
BOROUGHS = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}
COLUMNS = ("address", "locality", "cross_street", "cross_street_2", "longitude", "latitude")
#: Methods that find a point; the others find a street as a whole, or a quarter.
PRECISE = ("address", "interpolated", "crossing", "place")
Row = dict[str, str]


@dataclass(frozen=True)
class Located:
    """One request beside what was found for it."""

    row: Row
    board: str
    lon: float
    lat: float
    method: str
    automatic: bool
    district: str | None
    on_list: bool

    @property
    def has_point(self) -> bool:
        return not np.isnan(self.lon)

    @property
    def found(self) -> bool:
        """Whether it is more than a quarter or a street as a whole."""
        return self.has_point and self.method in PRECISE

    @property
    def right(self) -> bool:
        return self.has_point and self.district == self.board

    @property
    def error_m(self) -> float:
        true = Known("", "", lon=float(self.row["Longitude"]), lat=float(self.row["Latitude"]))
        return metres(Known("", "", lon=self.lon, lat=self.lat), true)


def board(label: str) -> str | None:
    """`03 QUEENS` is board 403; `Unspecified QUEENS` is none."""
    number, _, borough = label.partition(" ")
    known = number.isdecimal() and borough in BOROUGHS
    return f"{BOROUGHS[borough] * 100 + int(number)}" if known else None


def locality(row: Row) -> str:
    """Quarter and borough, once where both are the same."""
    parts = [row["City"].upper(), row["Borough"]]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def is_placed(row: Row) -> bool:
    """Tell whether a request has a coordinate, and words that say where."""
    crossing = row["Intersection Street 1"] and row["Intersection Street 2"]
    return bool(row["Longitude"] and (row["Incident Address"] or crossing))


def place_name(row: Row) -> str:
    """The address, else the intersection."""
    crossing = f"{row['Intersection Street 1']} and {row['Intersection Street 2']}"
    return row["Incident Address"] or crossing


def write_list(path: Path, rows: Sequence[Row]) -> Path:
    """Write the office's list: each address once, though people called from it twice."""
    rows = list({_key(row): row for row in rows}.values())
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in rows:
            crossing = row["Intersection Street 1"], row["Intersection Street 2"]
            address = row["Incident Address"]
            table.writerow(
                [address, locality(row), *crossing, row["Longitude"], row["Latitude"]]
            )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def located(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Located]:
    folder, source = tmp_path_factory.mktemp("new-york"), real_data / "nyc311"
    with (source / "requests.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if is_placed(row)]
    random.Random(SEED).shuffle(rows)
    listed, asked = rows[:LISTED], [row for row in rows[LISTED:] if board(row["Community Board"])]
    database = str(folder / "new-york.gpkg")
    districts = source / "community_districts.geojson"
    gridmap(database, "init")
    gridmap(
        database, "import", "units", districts, "--level", "district", "--code", "BoroCD"
    )  # fmt: skip
    path = write_list(folder / "addresses.csv", listed)
    print(gridmap(database, "import", "places", path, "--kind", "address", "--datum", "wgs84"))
    with closing(open_store(f"geopackage:///{database}")) as store:
        matcher = Matcher(Gazetteer.from_store(store))
    return judged(matcher, asked, {_key(row) for row in listed}, districts)


def _key(row: Row) -> tuple[str, str]:
    return " ".join(place_name(row).split()), locality(row)


def judged(
    matcher: Matcher, asked: Sequence[Row], listed: set[tuple[str, str]], districts: Path
) -> list[Located]:
    found = matcher.find_many([f"{place_name(row)}, {locality(row)}" for row in asked])
    lon, lat = np.array([(one.lon, one.lat) for one in found]).T
    return [
        Located(
            row, board(row["Community Board"]) or "", one.lon, one.lat, one.method,
            one.confidence >= 0.8 and one.entry is not None, district, _key(row) in listed,
        )
        for row, one, district in zip(asked, found, _districts(lon, lat, districts), strict=True)
    ]  # fmt: skip


def _districts(lon: np.ndarray, lat: np.ndarray, path: Path) -> list[str | None]:
    """Name the district that holds each point; None where none does, or there is no point."""
    frame = geopandas.read_file(path)
    tree = shapely.STRtree(frame.geometry.to_numpy())
    points = [None if np.isnan(x) else shapely.Point(x, y) for x, y in zip(lon, lat, strict=True)]
    point, area = tree.query(points, predicate="intersects")
    names = dict(zip(point.tolist(), area.tolist(), strict=True))
    codes = frame["BoroCD"].astype(int).astype(str).tolist()
    return [codes[names[index]] if index in names else None for index in range(len(points))]


@dataclass(frozen=True)
class Shares:
    """Of all: the share located. Of these: the share in the right district, the median error.

    Of those that the default threshold would send on without a person, streets as a whole and
    quarters too: the share that is wrong.
    """

    located: float
    right: float
    median_m: float
    wrong_automatic: float


def told(name: str, some: Sequence[Located]) -> Shares:
    """Count and show."""
    found = [one for one in some if one.found]
    share = len(found) / len(some)
    right = sum(one.right for one in found) / max(len(found), 1)
    metres_off = float(np.median([one.error_m for one in found])) if found else float("nan")
    automatic = [one for one in some if one.automatic and one.has_point]
    wrong = sum(not one.right for one in automatic) / max(len(automatic), 1)
    rough = [one for one in some if one.has_point and not one.found]
    print(
        f"{name:24} n {len(some):4}, located {share:.1%}, right district {right:.1%}, wrong "
        f"{1 - right:.1%}, median {metres_off:.0f} m; at 0.8 automatic "
        f"{len(automatic) / len(some):.1%}, of these wrong {wrong:.2%}; street or quarter only "
        f"{len(rough) / len(some):.1%}, right {sum(one.right for one in rough)} of {len(rough)}"
    )
    return Shares(share, right, metres_off, wrong)


def test_the_others_are_located_by_their_words(located: list[Located]) -> None:
    assert len(located) > 850
    crossing = [one for one in located if not one.row["Incident Address"]]
    addresses = [one for one in located if one.row["Incident Address"]]
    shares = told("all", located)
    told("address on the list", [one for one in addresses if one.on_list])
    told("address not on the list", [one for one in addresses if not one.on_list])
    told("intersection", crossing)
    for one in [one for one in located if one.found and not one.right][:15]:
        print("wrong:", place_name(one.row), locality(one.row), one.board, one.district)
    assert shares.located >= 0.45
    assert shares.right >= 0.95
    assert shares.wrong_automatic <= 0.04
    assert shares.median_m <= 50
