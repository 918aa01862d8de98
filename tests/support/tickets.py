"""An invented export of tickets and its profile, for tests of the import."""

from __future__ import annotations

from pathlib import Path

from support.partition import points_within

COLUMNS, ROWS = 4, 3
PROFILE = """
[file]
datum = "wgs84"
time_zone = "Asia/Shanghai"
[columns]
number = "编号"
reported_at = "时间"
matter = "事项"
address = "地址"
content = "内容"
longitude = "经度"
latitude = "纬度"
"""
HEADER = "编号,时间,事项,地址,内容,经度,纬度\n"


def row(number: str, place: str = "116.2017,39.8031", *, content: str = "楼前有垃圾") -> str:
    """One line of the export."""
    return f"{number},2026-01-31 08:15:00,暴露垃圾,示范路1号,{content},{place}\n"


def rows(count: int, first: int = 1) -> str:
    """Many lines, with places all over the invented district."""
    lon, lat = points_within(COLUMNS, ROWS, count, seed=first)
    places = zip(lon.tolist(), lat.tolist(), strict=True)
    return "".join(row(f"T{i:07}", f"{x:.6f},{y:.6f}") for i, (x, y) in enumerate(places, first))


def write(path: Path, lines: str, encoding: str = "utf-8") -> Path:
    """Write an export."""
    path.write_bytes((HEADER + lines).encode(encoding))
    return path


def write_profile(folder: Path, content: str = PROFILE) -> Path:
    """Write its profile, which makes `invented` the source."""
    path = folder / "invented.toml"
    path.write_text(content, encoding="utf-8")
    return path
