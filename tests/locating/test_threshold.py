"""Thresholds are judged on confirmed texts, each as if it had not been confirmed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gridmap.locating import Gazetteer, Matcher, Rows
from gridmap.locating.corrections import Confirmed
from gridmap.locating.examples import CONFIDENCE, Example, writing_of
from gridmap.locating.threshold import THRESHOLDS, consequences

LON, LAT = 117.001, 40.001


def matcher(aliases: list[tuple[str, int]], examples: dict[str, Example] | None = None) -> Matcher:
    """Two estates, of which one has two buildings 1 km apart."""
    rows = Rows()
    rows.add("place/1", "estate", "望云雅居", box=(117.0, 40.0, 117.02, 40.01))
    rows.add("place/2", "estate", "映屿家园", box=(117.1, 40.0, 117.11, 40.01))
    rows.add("place/3", "building", "望云雅居5号楼", parent=0, point=(LON, LAT))
    rows.add("place/4", "building", "望云雅居6号楼", parent=0, point=(LON + 0.012, LAT))
    rows.aliases = aliases
    gazetteer = Gazetteer.build(rows)
    gazetteer.examples = examples or {}
    return Matcher(gazetteer)


def said(text: str, entry: str | None, lon: float | None = None, alias: str | None = None):
    return Confirmed(
        id=1, text=text, entry=entry, lon=lon, lat=None if lon is None else LAT, alias=alias,
        method_before="none", confidence_before=0.0, entry_before=None,
        confirmed_at=datetime.now(UTC), confirmed_by="示例调度员",
    )  # fmt: skip


def judged(matcher: Matcher, *confirmed: Confirmed) -> tuple[float, float]:
    """Share automatic and share wrong at the lowest threshold."""
    first = consequences(matcher, confirmed, (0.0,))[0]
    assert first.count == len(confirmed)
    return first.automatic, first.wrong


def test_nothing_confirmed_says_nothing() -> None:
    assert consequences(matcher([]), []) == []


def test_entry_and_point_must_be_right() -> None:
    asked = matcher([])
    assert judged(asked, said("望云雅居5号楼", "place/3", LON)) == (1, 0)
    assert judged(asked, said("望云雅居5号楼", "place/4", LON)) == (1, 1)
    assert judged(asked, said("望云雅居5号楼", "place/3", LON + 0.0005)) == (1, 0), "43 m"
    assert judged(asked, said("望云雅居5号楼", "place/3", LON + 0.002)) == (1, 1), "170 m"
    assert judged(asked, said("望云雅居5号楼", None, LON)) == (1, 0)
    assert judged(asked, said("无此地某处", "place/3", LON)) == (0, 0)
    half = judged(asked, said("望云雅居5号楼", "place/3"), said("无此地某处", "place/3"))
    assert half == (0.5, 0)


def test_own_example_is_left_aside() -> None:
    text = "老粮库"
    known = {writing_of(text): Example(1, "place/3", LON, LAT, "2026-10-01")}
    asked = matcher([], known)
    assert asked.find(text).confidence == CONFIDENCE
    assert judged(asked, said(text, "place/3", LON)) == (0, 0)
    assert asked.find(text).confidence == CONFIDENCE, "the matcher itself is not touched"


def test_own_alias_is_left_aside_and_others_count() -> None:
    asked = matcher([("老粮库", 0)])
    own = said("老粮库5号楼", "place/3", LON, alias="老粮库")
    other = said("老粮库5号楼", "place/3", LON)
    assert judged(asked, own) == (0, 0)
    assert judged(asked, other) == (1, 0)
    registered = said("望云雅居5号楼", "place/3", LON, alias="望云雅居")
    assert judged(asked, registered) == (1, 0), "a registered name is not taken away"


def test_higher_thresholds_let_less_through() -> None:
    texts = ["望云雅居5号楼", "望云雅居6号楼旁边", "望云雅5号楼", "映屿家园9号楼", "望云"]
    rows = consequences(matcher([]), [said(text, "place/3", LON) for text in texts])
    assert [row.threshold for row in rows] == list(THRESHOLDS)
    shares = [row.automatic for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= row.wrong <= row.automatic <= 1 for row in rows)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_ends(threshold: float) -> None:
    (row,) = consequences(matcher([]), [said("望云雅居5号楼", "place/3", LON)], (threshold,))
    assert row.automatic == (1 if threshold == 0 else 0)
