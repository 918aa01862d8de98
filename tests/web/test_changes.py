"""What is told of changes, within whose sight."""

import json

from gridmap.storage.changes import Change
from web import changes

HERE, THERE = (117.0, 40.0, 117.01, 40.01), (117.02, 40.0, 117.03, 40.01)


def ticket(unit, box=HERE, last=1):
    return Change("tickets", 1, last, unit, box)


def test_boxes_are_told_once_and_hold_what_they_stand_for():
    told = changes.told([ticket(1), ticket(1), ticket(2, THERE)], None)
    assert len(told["tickets"]) == 2
    for (west, south, east, north), box in zip(told["tickets"], [HERE, THERE], strict=True):
        assert west <= box[0] <= west + 2e-6
        assert south <= box[1] <= south + 2e-6
        assert east - 2e-6 <= box[2] <= east
        assert north - 2e-6 <= box[3] <= north


def test_only_tickets_of_units_in_sight_are_told():
    told = changes.told([ticket(1), ticket(2, THERE), ticket(None, THERE)], {1})
    assert told == {"tickets": None}
    assert changes.told([ticket(2), ticket(None)], {1}) == {}


def test_limited_sight_is_told_no_place_of_a_ticket():
    """One that leaves the sight and moves in one transaction must not tell where it went."""
    left = [ticket(1), ticket(1, THERE), ticket(2, THERE)]
    assert changes.told(left, {1}) == changes.told([ticket(1, None)], {1}) == {"tickets": None}
    assert len(changes.told(left, None)["tickets"]) == 2


def test_other_tables_are_for_everybody():
    told = changes.told([Change("streets", 4, 4, None, HERE), ticket(2)], set())
    assert set(told) == {"streets"}


def test_bulk_write_may_concern_any_sight_and_tells_a_limited_one_no_place():
    assert changes.told([ticket(None, last=2_000)], {1}) == {"tickets": None}
    assert len(changes.told([ticket(None, last=2_000)], None)["tickets"]) == 1


def test_ticket_without_a_place_changes_counts_alone():
    assert changes.told([ticket(1, None)], None) == {"tickets": []}
    assert changes.told([ticket(1, None), ticket(1)], None)["tickets"]


def test_table_without_a_place_may_have_changed_anywhere():
    assert changes.told([Change("duties", 1, 1, None, None)], set()) == {"duties": None}


def test_units_that_move_bring_tickets_into_sight():
    moved = Change("units", 7, 7, None, HERE)
    assert changes.told([moved], {7})["tickets"] is None
    assert "tickets" not in changes.told([moved], None)


def test_many_boxes_are_told_as_one():
    many = [ticket(1, (i * 1e-3, 0.0, i * 1e-3 + 1e-4, 1e-4)) for i in range(200)]
    ((west, south, east, north),) = changes.told(many, None)["tickets"]
    assert west <= 0 <= west + 1e-5
    assert south <= 0
    assert east >= 0.1991
    assert north >= 1e-4


def test_event_is_one_block_of_a_stream():
    written = changes.event("a1-7", {"duties": None}, reset=False).decode()
    assert written.endswith("\n\n")
    lines = written.splitlines()
    assert lines[:2] == ["id: a1-7", "event: changes"]
    assert json.loads(lines[2].removeprefix("data: ")) == {"tables": {"duties": None}}
    assert set(changes.everything()) == set(changes.ALL_TABLES)
