"""Sourced rows: what is removed, and what is left of what pointed at it."""

from __future__ import annotations

from datetime import UTC, datetime

import shapely
from sqlalchemy import select

from gridmap.intake.sourced import Counts, Source, merge, remove_others
from gridmap.model import Alias, Place
from gridmap.storage import Store

SOURCE = Source("a.csv", "derived")


def columns(*names: str, digest: str = "1") -> dict[str, list[object]]:
    return {
        "source_id": list(names),
        "kind": ["estate"] * len(names),
        "name": list(names),
        "digest": [digest] * len(names),
        "geometry": [None if name == "c" else shapely.Point(117, 40) for name in names],
    }


def names(store: Store) -> list[str | None]:
    with store.read() as session:
        return list(session.scalars(select(Place.name).order_by(Place.name)))


def test_rows_are_told_by_source_and_number(store: Store) -> None:
    with store.write() as session:
        first = merge(session, Place, SOURCE, columns("a", "b"), Counts())
        merge(session, Place, Source("b.csv"), columns("a"), Counts())
        counts = Counts()
        ids = merge(session, Place, SOURCE, columns("c", "b", "a"), counts)
    assert ids.tolist()[1:] == first.tolist()[::-1]
    assert len(set(ids.tolist())) == 3
    assert (counts.new, counts.unchanged, counts.rows) == (1, 2, 3)
    with store.write() as session:
        counts = Counts()
        merge(session, Place, SOURCE, columns("a", "c", digest="2"), counts)
        remove_others(session, Place, counts, ids.tolist(), "import a.csv")
    assert (counts.changed, counts.gone) == (2, 1)
    assert names(store) == ["a", "a", "c"]


def test_an_id_that_comes_again_has_no_other_names(store: Store) -> None:
    with store.write() as session:
        (number,) = merge(session, Place, SOURCE, columns("a"), Counts()).tolist()
        session.add(Alias(name="x", entry=f"place/{number}", kind="nickname", source="s",
                          created_at=datetime.now(UTC), created_by="b"))  # fmt: skip
    with store.write() as session:
        remove_others(session, Place, Counts(), [number], "import a.csv")
        merge(session, Place, SOURCE, columns("b"), Counts())
    with store.read() as session:
        assert session.scalars(select(Alias.withdrawn_by)).all() == ["import a.csv"]
