"""The demonstration: a store made from `data/demonstration` by the functions that a site uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridmap.errors import InputError
from gridmap.intake.duties import import_duties
from gridmap.intake.list_report import ListReport
from gridmap.intake.matters import import_matters
from gridmap.intake.places import AliasesReport, PlacesReport, import_aliases, import_places
from gridmap.intake.streets import import_streets
from gridmap.intake.tickets import import_tickets
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.units import UnitsReport, import_units
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
#: File and kind, each after the one that holds it.
PLACES = (
    ("water.geojson", "water"),
    ("estates.geojson", "estate"),
    ("buildings.geojson", "building"),
    ("entrances.geojson", "entrance"),
)
DATUM = "wgs84"
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
    reports += _import_ground(store, district)
    for report in reports:
        tell(report.lines()[-1])
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


def _import_ground(store: Store, district: Path) -> list[PlacesReport | AliasesReport | ListReport]:
    """Bring in the streets, the waters, and what has an address: an estate before what it holds."""
    streets = import_streets(store, district / "roads.geojson", datum=DATUM, origin=ORIGIN)
    places = [
        import_places(store, district / name, kind=kind, datum=DATUM, origin=ORIGIN)
        for name, kind in PLACES
    ]
    return [streets, *places, import_aliases(store, district / "aliases.csv")]
