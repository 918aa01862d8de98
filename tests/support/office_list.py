"""An office's list of places, invented: what the demonstration district has none of.

Estates of one name in several communities, numbers with a letter before them (甲5号), shops and
offices with names in Latin letters, and addresses of no estate. Nothing in it is real.
"""

from __future__ import annotations

import csv
from pathlib import Path

HEADER = (
    "kind", "name", "street", "number", "estate", "building", "community", "longitude", "latitude",
)  # fmt: skip

#: Code of a community, and a point well inside it.
COMMUNITIES = {
    "990101001001": (119.58526, 38.90526),
    "990101001002": (119.59307, 38.90741),
    "990101001003": (119.59403, 38.90239),
    "990101001005": (119.58768, 38.90109),
    "990101002002": (119.60626, 38.90675),
    "990101002003": (119.61340, 38.90655),
    "990101003002": (119.59284, 38.89734),
    "990101003003": (119.58660, 38.89228),
    "990101004001": (119.60409, 38.89818),
    "990101004004": (119.60929, 38.89328),
    "990101004005": (119.61481, 38.89412),
}
#: Estates that share their name with another one, and the communities of each.
SHARED = {
    "海棠花园": ("990101001001", "990101001005"),
    "丁香家园": ("990101001002", "990101004005"),
    "槐树里": ("990101001003", "990101002003", "990101004001"),
    "听雨苑": ("990101002002", "990101003003"),
}
LATIN = (
    "Blue Whale Cafe", "Harbour Street Bakery", "Sea Breeze International Hotel",
    "North Pier Sports Center", "Seagull English School", "Pearl Dental Clinic",
    "Lighthouse Technology Building", "Coral KTV", "Anchor 24h Gym", "Tide Management Office",
    "Old Harbour Restaurant", "Driftwood Library",
)  # fmt: skip
LETTERED = (
    ("泊汐路", "甲12"), ("听帆巷", "乙28"), ("漱星路", "甲50"), ("依贝街", "丙11"),
    ("观屿巷", "甲32"), ("映涛街", "乙47"), ("听屿路", "甲37"), ("栖岚街", "甲16"),
    ("拂澜街", "乙13"), ("揽贝街", "甲3"),
)  # fmt: skip
#: Estate of the demonstration, number, community, and a point within the estate.
LETTERED_BUILDINGS = (
    ("拂汀雅居", "甲1", "990101001001", (119.58468, 38.90729)),
    ("望帆家园", "乙3", "990101001001", (119.58764, 38.90737)),
    ("问涛苑", "甲2", "990101001005", (119.58958, 38.89896)),
    ("泊云里", "甲1", "990101002003", (119.61040, 38.90639)),
)
STEP_DEG = 0.0003


def write_office_list(path: Path) -> Path:
    """Write it as CSV with coordinates in WGS 84."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEADER)
        table.writeheader()
        table.writerows(_rows())
    return path


def _rows() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    taken = dict.fromkeys(COMMUNITIES, 0)

    def add(community: str, **known: str) -> None:
        lon, lat = COMMUNITIES[community]
        steps = taken[community]
        taken[community] += 1
        lon, lat = lon + STEP_DEG * (steps % 4), lat + STEP_DEG * (steps // 4)
        place = {"longitude": f"{lon:.7f}", "latitude": f"{lat:.7f}", "community": community}
        rows.append({**place, **known})

    for name, communities in SHARED.items():
        for community in communities:
            add(community, kind="estate", name=name)
    codes = list(COMMUNITIES)
    for index, (street, number) in enumerate(LETTERED):
        add(codes[index % len(codes)], kind="address", street=street, number=f"{number}号")
    for index, name in enumerate(LATIN):
        add(codes[-1 - index % len(codes)], kind="service", name=name)
    rows.extend(
        {
            "kind": "building", "name": f"{estate}{number}号楼", "estate": estate,
            "building": number, "community": community, "longitude": lon, "latitude": lat,
        }
        for estate, number, community, (lon, lat) in LETTERED_BUILDINGS
    )  # fmt: skip
    return rows
