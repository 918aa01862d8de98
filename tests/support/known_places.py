"""The ground of a store as the tests know it: places taken apart into what people say of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from support.known import Ground, Known

from gridmap.model import Place, Street, Unit
from gridmap.storage import Store

NUMBERED = re.compile(r"(.*?)([甲乙丙丁]?\d+)(号楼|公寓|食堂|楼|栋|幢|座)")
DOOR = re.compile(r"(\d+)(?:单元|门)")
GATE = re.compile(r"[东西南北]*门")
HOUSE = re.compile(r"([甲乙丙丁]?\d+(?:-\d+)?)号?")
ABOVE = ("district", "street", "community")
#: Kinds that nobody names in a complaint about a place: they are only passed by.
SILENT = {"wall", "railway", "water"}


def ground_of(store: Store, *, district: str = "") -> Ground:
    """Read the ground of a store; `district` is how people call it where there are no units."""
    with store.read() as session:
        places = list(session.scalars(select(Place).order_by(Place.id)))
        units = list(session.scalars(select(Unit)))
        streets = list(session.scalars(select(Street.name)))
    names = {name for name in (*streets, *(one.name for one in units)) if name}
    reader = _Reader(places, units, district)
    found = [known for place in places if (known := reader.known(place)) is not None]
    addresses = [
        replace(one, kind="address", others=())
        for one in found
        if one.house and one.street in names and one.kind in ("estate", "service")
    ]
    # Not those of doors and numbered buildings: they are called by what they belong to.
    others = {place.name for place in places if place.name and not re.search(r"\d", place.name)}
    return Ground([*found, *addresses], names | others)


class _Reader:
    def __init__(self, places: list[Place], units: list[Unit], district: str) -> None:
        self._by_id = {place.id: place for place in places}
        self._shapes = {p.id: to_shape(p.geometry) for p in places if p.geometry is not None}
        self._estates = [
            (place.name, self._shapes[place.id])
            for place in places
            if place.kind == "estate" and place.name and place.id in self._shapes
        ]
        self._above = [
            (unit.name, to_shape(unit.geometry))
            for level in ABOVE
            for unit in units
            if unit.level == level and unit.scheme == "general" and unit.geometry is not None
        ]
        self._district = district

    def known(self, place: Place) -> Known | None:
        """Take a place apart; None for one without a point or without a name."""
        shape = self._shapes.get(place.id)
        parts = self._parts(place)
        if shape is None or parts is None or place.kind in SILENT:
            return None
        point = shape.representative_point()
        if parts.get("number") and not parts.get("head"):
            parts["within"] = self._estate_around(point)
        around = tuple(name for name, area in self._above if area.intersects(point))
        tags = json.loads(place.tags or "{}")
        others = {tags.get("alt_name"), tags.get("name:en")} - {None, place.name}
        return Known(
            f"place/{place.id}", place.kind, units=around or (self._district,),
            others=tuple(sorted(others)), lon=point.x, lat=point.y, **parts,
        )  # fmt: skip

    def _parts(self, place: Place) -> dict[str, Any] | None:
        parent = self._by_id.get(place.parent_id or 0)
        above = self._parts(parent) if parent is not None else None
        if place.kind == "entrance":
            door = DOOR.fullmatch((place.name or "").removeprefix(self._whole(above)))
            return {**above, "entrance": door[1]} if above and door else None
        house = HOUSE.fullmatch(place.number or "")
        address = {"street": place.street, "house": house[1]} if place.street and house else {}
        if place.kind == "address":
            return address or None
        numbered = NUMBERED.fullmatch(place.name or "")
        if numbered:
            parts: dict[str, Any] = dict(
                zip(("head", "number", "word"), numbered.groups(), strict=True)
            )
        else:
            parts = {"head": place.name or ""}
        if place.kind == "building" and above is not None:
            return {**above, **parts, "head": above["head"]} if numbered else None
        if place.kind != "building":
            parts |= address
        letters = re.sub(r"[\d\s]", "", place.name or "")
        return parts if len(letters) > 1 and not GATE.fullmatch(letters) else None

    def _whole(self, parts: dict[str, Any] | None) -> str:
        return "".join((parts or {}).get(part, "") for part in ("head", "number", "word"))

    def _estate_around(self, point: shapely.Point) -> str:
        around = [(area.area, name) for name, area in self._estates if area.covers(point)]
        return min(around)[1] if around else ""
