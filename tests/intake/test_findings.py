"""How findings are written."""

from __future__ import annotations

from gridmap.intake.findings import SHOWN_PER_KIND, Finding, counted, lines, listed


def test_errors_come_first_and_places_last() -> None:
    found = [
        Finding("gap", "A gap.", lon=117.0, lat=40.0, area_m2=3.0),
        Finding("code", "No code.", "error"),
        Finding("reader", "A remark.", "note"),
    ]
    assert lines(found) == [
        "error: No code.",
        "warning: A gap. [at 117.000000,40.000000]",
        "note: A remark.",
    ]


def test_many_of_a_kind_are_counted() -> None:
    found = [Finding("gap", f"Gap {number}.") for number in range(1234)]
    assert len(lines(found)) == SHOWN_PER_KIND + 1
    assert lines(found)[-1] == "warning: gap: and 1,214 more."


def test_names_and_numbers() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcd", 2) == "a, b and 2 more"
    assert counted(1, "unit") == "1 unit"
    assert counted(2000, "duty", "duties") == "2,000 duties"
