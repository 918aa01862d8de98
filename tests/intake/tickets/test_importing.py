"""Tickets in the store: nothing twice, nothing lost, nothing half."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select
from support.partition import add_partition
from support.tickets import COLUMNS, HEADER, ROWS, row, rows, write, write_profile

from gridmap.errors import InputError, StoreError
from gridmap.intake.tickets import TicketsReport, import_tickets
from gridmap.intake.tickets.profile import Profile
from gridmap.model import Decision, Event, Import, Ticket, Unit
from gridmap.routing import Router
from gridmap.storage import Store

Bring = Callable[..., TicketsReport]


@pytest.fixture
def bring(store: Store, tmp_path: Path) -> Bring:
    """Import lines of an export into a store with units."""
    add_partition(store, COLUMNS, ROWS)
    profile = Profile.load(write_profile(tmp_path))

    def bring_in(lines: str, name: str = "tickets.csv", **options: object) -> TicketsReport:
        path = write(tmp_path / name, lines)
        return import_tickets(store, path, profile, router=Router.from_store(store), **options)

    return bring_in


def counted(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in (Ticket, Decision, Import, Event)
        }


def rejected(report: TicketsReport) -> list[tuple[str, str]]:
    assert report.rejected_path is not None
    with report.rejected_path.open(encoding="utf-8-sig", newline="") as file:
        return [(cells["line"], cells["reason_en"]) for cells in csv.DictReader(file)]


def test_a_ticket_is_located_routed_and_kept(store: Store, bring: Bring) -> None:
    report = bring(row("T1", "116.2017,39.8031"))
    with store.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        decision = session.scalars(select(Decision)).one()
        unit = session.get(Unit, decision.unit_id)
        brought = session.scalars(select(Import)).one()
        event = session.scalars(select(Event)).one()
    assert (ticket.source, ticket.number, ticket.matter) == ("invented", "T1", "暴露垃圾")
    assert ticket.reported_at.isoformat() == "2026-01-31T00:15:00+00:00"
    assert (ticket.status, ticket.closed_at) == ("open", None)
    assert (ticket.locating_method, ticket.import_id) == ("coordinate", brought.id)
    assert to_shape(ticket.geometry).coords[:] == [(116.2017, 39.8031)]
    assert (decision.ticket_id, decision.as_of) == (ticket.id, ticket.reported_at)
    assert (unit.level, decision.rule, decision.flagged) == ("grid", "territory", False)
    assert decision.person_id is not None
    assert (brought.kind, brought.file_name, brought.profile) == (
        "tickets", "tickets.csv", "invented",
    )  # fmt: skip
    assert (brought.rows, brought.accepted, brought.unchanged, brought.rejected) == (1, 1, 0, 0)
    assert brought.started_at <= brought.finished_at
    assert (event.subject, event.subject_id) == ("imports", brought.id)
    assert report.lines()[1:] == [
        "Located: 1 by its coordinate.",
        "Decided by: territory 1; 0 flagged.",
    ]


def test_the_same_file_again_changes_nothing_and_says_so(store: Store, bring: Bring) -> None:
    assert bring(rows(50)).accepted == 50
    before = counted(store)
    report = bring(rows(50))
    assert (report.rows, report.accepted, report.unchanged) == (50, 0, 50)
    assert report.lines()[0].startswith("Nothing changed: the store has all 50 tickets of ")
    assert len(report.lines()) == 1
    assert counted(store) == before


def test_a_longer_file_adds_the_rest(store: Store, bring: Bring) -> None:
    bring(row("T1") + row("T2"))
    report = bring(row("T1") + row("T2") + row("T3"), "more.csv")
    assert (report.accepted, report.unchanged) == (1, 2)
    assert counted(store) == {"tickets": 3, "decisions": 3, "imports": 2, "events": 2}


def test_bad_rows_are_set_apart(store: Store, bring: Bring) -> None:
    report = bring(row("T1") + row("") + row("T2").replace("2026-01-31 08:15:00", "") + "T3,x\n")
    assert (report.rows, report.accepted, report.rejected) == (4, 1, 3)
    assert [line for line, _ in rejected(report)] == ["3", "4", "5"]
    assert report.rejected_path.name == "tickets.csv.rejected.csv"
    assert str(report.rejected_path) in report.lines()[-1]


def test_other_content_under_the_same_number_is_rejected(store: Store, bring: Bring) -> None:
    report = bring(row("T1") + row("T1") + row("T1", content="楼后有垃圾") + row("T2"))
    assert (report.accepted, report.unchanged, report.rejected) == (2, 1, 1)
    assert rejected(report) == [
        ("4", "the same number stands earlier in this file with other content (content)")
    ]
    report = bring(row("T1", content="=别的") + row("T2"), "next.csv")
    assert (report.accepted, report.unchanged, report.rejected) == (0, 1, 1)
    said = "the store has a ticket with this number and other content (content)"
    assert rejected(report) == [("2", said)]
    assert "'=别的" in report.rejected_path.read_text(encoding="utf-8-sig")
    assert counted(store)["tickets"] == 2


def test_coordinates_are_compared_as_numbers(store: Store, bring: Bring) -> None:
    bring(row("T1", "0,0") + row("T2", "116.2017,39.8031"))
    again = row("T1", "0,0.0") + row("T2", "116.20170,039.8031") + row("T2", "1.162017e2,39.8031")
    report = bring(again, "again.csv")
    assert (report.unchanged, report.rejected) == (3, 0)
    moved = row("T2", "116.2018,39.8031", content="楼后有垃圾").replace("08:15", "08:16")
    report = bring(moved, "moved.csv")
    said = "the store has a ticket with this number and other content (time, content, coordinate)"
    assert rejected(report) == [("2", said)]


def test_the_same_content_written_otherwise_is_the_same(store: Store, bring: Bring) -> None:
    bring(row("T1"))
    report = bring(row("T1").replace("2026-01-31 08", "2026/01/31 08"), "again.csv")
    assert (report.unchanged, report.rejected) == (1, 0)


def test_the_same_number_in_another_batch(bring: Bring) -> None:
    seen: list[tuple[int, int | None]] = []
    lines = rows(25)
    lines += lines.splitlines(keepends=True)[0] + row("T0000002", content="别的")
    report = bring(lines, batch_rows=10, progress=lambda *done: seen.append(done))
    assert seen == [(10, 28), (20, 28), (27, 28)]
    assert (report.accepted, report.unchanged, report.rejected) == (25, 1, 1)
    assert rejected(report)[0][1].startswith("the same number stands earlier in this file")


def test_numbers_of_another_source_are_others(store: Store, bring: Bring, tmp_path: Path) -> None:
    bring(row("T1"))
    other = Profile.load(write_profile(tmp_path).rename(tmp_path / "other.toml"))
    path = write(tmp_path / "tickets.csv", row("T1"))
    report = import_tickets(store, path, other, router=Router.from_store(store))
    assert report.accepted == 1
    assert counted(store)["tickets"] == 2


def test_a_bad_coordinate_is_no_reason_to_reject(store: Store, bring: Bring) -> None:
    places = ["39.8031,116.2017", "0,0", "NaN,NaN", ",", "999,999", "一,二", "10,10"]
    report = bring("".join(row(f"T{i}", place) for i, place in enumerate(places)))
    assert (report.accepted, report.rejected) == (7, 0)
    with store.read() as session:
        decisions = session.scalars(select(Decision).order_by(Decision.ticket_id)).all()
        located = session.scalars(select(Ticket.geometry)).all()
    assert located == [None] * 7
    assert all(decision.queue == "locating" for decision in decisions)
    said = [decision.reason_en for decision in decisions]
    for text, part in zip(
        said,
        [
            "swapped",
            "0,0",
            "no coordinate; the number that is said is not registered there",
            "no coordinate; the number that is said is not registered there",
            "not a longitude",
            "not two numbers",
            "no unit covers",
        ],
        strict=True,
    ):
        assert part in text
    assert report.lines()[-1] == (
        "5 coordinates not usable: 1 swapped, 1 zero, 1 out of range, 1 no number, 1 outside."
    )


def test_an_empty_table_changes_nothing(store: Store, bring: Bring) -> None:
    report = bring("")
    assert report.lines()[0].endswith("has a header but no rows: nothing changed.")
    assert sum(counted(store).values()) == 0


def test_a_wrong_file_changes_nothing(store: Store, bring: Bring, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    profile = Profile.load(tmp_path / "invented.toml")
    with pytest.raises(InputError, match="has no column 编号"):
        import_tickets(store, tmp_path / "wrong.csv", profile, router=Router.from_store(store))
    assert sum(counted(store).values()) == 0


def test_a_batch_that_fails_leaves_the_earlier_ones_and_a_rerun_the_rest(
    store: Store, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gridmap.storage import bulk

    insert, calls = bulk.insert, []

    def failing(session, model, columns):
        calls.append(model)
        if len(calls) == 4:  # the decisions of the second batch
            message = "The disk is full."
            raise StoreError(message)
        return insert(session, model, columns)

    monkeypatch.setattr(bulk, "insert", failing)
    with pytest.raises(StoreError, match="disk is full"):
        bring(row("") + rows(25), batch_rows=10)
    assert counted(store) == {"tickets": 9, "decisions": 9, "imports": 1, "events": 0}
    monkeypatch.setattr(bulk, "insert", insert)
    report = bring(row("") + rows(25))
    assert (report.accepted, report.unchanged, report.rejected) == (16, 9, 1)
    assert counted(store) == {"tickets": 25, "decisions": 25, "imports": 2, "events": 1}
    with store.read() as session:
        broken, whole = session.scalars(select(Import).order_by(Import.id)).all()
    assert (broken.finished_at, broken.accepted) == (None, 9)
    assert (whole.rows, whole.accepted, whole.unchanged, whole.rejected) == (26, 16, 9, 1)


def test_two_encodings_of_the_same_rows_are_the_same_tickets(
    store: Store, bring: Bring, tmp_path: Path
) -> None:
    bring(rows(5))
    profile = Profile.load(tmp_path / "invented.toml")
    for encoding in ("gb18030", "utf-8-sig"):
        path = write(tmp_path / "again.csv", rows(5), encoding)
        report = import_tickets(store, path, profile, router=Router.from_store(store))
        assert report.unchanged == 5
    assert HEADER in path.read_text(encoding="utf-8-sig")
