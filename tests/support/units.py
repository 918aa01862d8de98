"""Units for tests: four grids of one community, and how they are brought in and looked at."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select
from support.files import square, write_layer

from gridmap.intake.units import UnitsReport, import_units
from gridmap.model import Unit
from gridmap.storage import Store

COMMUNITY = "110106001001"
CODES = [f"{COMMUNITY}{number:03}" for number in range(1, 5)]


def write_grids(path: Path, *, last: float = 1, name: str = "第4网格", count: int = 4) -> Path:
    """Write four grids side by side; the last may be wider, of another name, or missing."""
    shapes = [*(square(number, 0) for number in range(3)), square(3, 0, last)][:count]
    names = ["第1网格", "第2网格", "第3网格", name][:count]
    return write_layer(path, shapes, code=CODES[:count], name=names, parent=[COMMUNITY] * count)


def bring(store: Store, path: Path, **options: object) -> UnitsReport:
    """Import grids as `write_grids` names their columns, or with other options."""
    named = {"level": "grid", "code": "code", "name": "name", "parent": "parent"} | options
    return import_units(store, path, **named)  # type: ignore[arg-type]


def stored(store: Store) -> list[Unit]:
    """Read all versions of all units."""
    with store.read() as session:
        return list(session.scalars(select(Unit).order_by(Unit.code, Unit.valid_from)))


def count(store: Store, model: type) -> int:
    """Count the rows of a table."""
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def kinds(report: UnitsReport, severity: str) -> list[str]:
    """Name the kinds of the findings of one severity, in their order."""
    return [finding.kind for finding in report.findings if finding.severity == severity]
