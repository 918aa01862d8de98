"""The demonstration: a store made from `data/demonstration` by the functions that a site uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import shapely
from geoalchemy2.shape import from_shape

from gridmap.errors import InputError
from gridmap.intake.duties import import_duties
from gridmap.intake.matters import import_matters
from gridmap.intake.tickets import import_tickets
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.units import UnitsReport, import_units
from gridmap.model import SRID, Place, Street
from gridmap.progress import progress
from gridmap.routing import Router
from gridmap.settings import data_folder
from gridmap.storage import Store, create_store

ORIGIN = "demonstration"
#: File, level and scheme, each after the one that holds it.
UNITS = (
    ("units-district.geojson", "district", "general"),
    ("units-street.geojson", "street", "general"),
    ("units-community.geojson", "community", "general"),
    ("units-grid.geojson", "grid", "general"),
    ("exclusive.geojson", "grid", "exclusive"),
)
CATALOGUES = ("gbt47678-2026.csv", "local.csv")


def make(path: Path, tell: Callable[[str], object]) -> None:
    """Make the demonstration's store, whole or not at all.

    It is written under another name and gets its own when it is complete; what an interrupted
    start left is thrown away.

    Parameters
    ----------
    path
        The GeoPackage to be made.
    tell
        Gets one line after each step.
    """
    unfinished = path.with_name(f"{path.stem}.part{path.suffix}")
    for leftover in path.parent.glob(f"{unfinished.name}*"):
        leftover.unlink()
    tell("Making the invented demonstration district …")
    store = create_store(f"geopackage:///{unfinished}")
    try:
        fill(store, path.with_name(f"{path.stem}.rejected.csv"), tell)
    finally:
        store.close()
    unfinished.rename(path)


def fill(store: Store, rejected: Path, tell: Callable[[str], object]) -> None:
    """Bring the demonstration into an empty store.

    Parameters
    ----------
    rejected
        Where the rows go that cannot be tickets.
    tell
        Gets one line after each step.
    """
    data = data_folder()
    district = data / "demonstration"
    reports: list[Any] = []
    for name, level, scheme in UNITS:
        reports.append(_import_units(store, district / name, level, scheme))
    reports.append(import_duties(store, district / "duties.csv"))
    reports += [import_matters(store, data / "catalogues" / name) for name in CATALOGUES]
    for report in reports:
        tell(report.lines()[-1])
    _draw_base(store, district)
    how = Profile.load(str(data / "profiles" / "demonstration.toml"))
    router = Router.from_store(store)
    with progress("tickets") as tick:
        told = import_tickets(
            store,
            district / "tickets.csv",
            how,
            router=router,
            rejected_path=rejected,
            progress=tick,
        )
    for line in told.lines():
        tell(line)


def _import_units(store: Store, path: Path, level: str, scheme: str) -> UnitsReport:
    report = import_units(
        store,
        path,
        level=level,
        code="code",
        name="name",
        parent="parent",
        scheme=scheme,
        origin=ORIGIN,
    )
    if report.refused:
        message = f"The demonstration cannot be made. {report.lines()[-1]}"
        raise InputError(message)
    return report


def _draw_base(store: Store, district: Path) -> None:
    """Bring in the streets and waters that the base picture is drawn from."""
    with store.write() as session:
        for known, shape in _features(district / "roads.geojson"):
            session.add(
                Street(
                    name=known["name"],
                    street_class=known["class"],
                    source="data/demonstration",
                    origin=ORIGIN,
                    geometry=from_shape(shape, srid=SRID),
                )
            )
        for known, shape in _features(district / "water.geojson"):
            session.add(
                Place(
                    kind="water",
                    name=known["name"],
                    source="data/demonstration",
                    origin=ORIGIN,
                    geometry=from_shape(shape, srid=SRID),
                )
            )


def _features(path: Path) -> Iterator[tuple[dict[str, Any], Any]]:
    collection = json.loads(path.read_text(encoding="utf-8"))
    for feature in collection["features"]:
        yield feature["properties"], shapely.from_geojson(json.dumps(feature["geometry"]))
