"""A small town in vector tiles, without a store: what the client of tiles is tried against.

Tiles are made by mapbox-vector-tile, not by the encoder of the project.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import mapbox_vector_tile
from flask import Flask, Response, request
from shapely import LineString, Point, affinity, box
from shapely.geometry.base import BaseGeometry

from gridmap.settings import Settings
from layers.base import base_map
from layers.layer import By, ByState, Entry, Field, MapLayer, Page, Paint, Part, Shapes, Values
from layers.links import ASSETS
from layers.page import take_apart
from layers.tiled import Addresses, Tiled

WEST, SOUTH, STEP = 119.60, 38.90, 0.004
SIDE = 8
BUFFER = 64
#: Zoom of tiles from which tickets are drawn one by one.
SINGLE_FROM = 13
RANKS = ("rank_0", "rank_1", "rank_2", "rank_3", "rank_4")

UNITS = MapLayer(
    key="units",
    name=("单元", "Units"),
    about=("虚构", "Invented"),
    source=Shapes("units", (Part("units", lambda asked, zoom: None),)),
    fields=(Field("code", ("编号", "Code")), Field("name", ("名称", "Name"))),
    paints=(
        Paint("fill", "units", ByState("rank", RANKS), opacity=0.6),
        Paint("line", "units", "unit_edge", width=((10, 0.5), (16, 1.5))),
        Paint("label", "units", "ink", text="label", rank=1),
    ),
    legend=(Entry("fill", "rank_0", ("无", "None")), Entry("fill", "rank_4", ("多", "Many"))),
    label="name",
    page=Page("units.show", "code", "code"),
    values=Values(
        ("tickets",),
        lambda session, held, asked: None,  # type: ignore[arg-type,return-value]
        fields=(Field("open", ("未结工单", "Open tickets")),),
    ),
    shown=True,
    rank=20,
)
STREETS = MapLayer(
    key="streets",
    name=("道路", "Streets"),
    about=("虚构", "Invented"),
    source=Shapes("streets", (Part("streets", lambda asked, zoom: None),)),
    fields=(),
    paints=(
        Paint("line", "streets", "street_edge", width=((12, 3.0), (16, 9.0))),
        Paint("line", "streets", "street", width=((12, 1.5), (16, 6.5))),
        Paint("label", "streets", "ink_soft", text="name", along=True, from_zoom=13),
    ),
    group="base",
    max_zoom=15,
    rank=5,
)
TICKETS = MapLayer(
    key="tickets",
    name=("工单", "Tickets"),
    about=("虚构", "Invented"),
    source=Shapes("tickets", (Part("tickets", lambda asked, zoom: None),)),
    fields=(
        Field("number", ("编号", "Number")),
        Field(
            "status", ("状态", "State"), {"open": ("未结", "Open"), "closed": ("已结", "Closed")}
        ),
    ),
    paints=(
        Paint("cluster", "clusters", "cluster"),
        Paint(
            "dot",
            "tickets",
            By("status", {"open": "no_owner", "closed": "ticket_closed"}, "gap"),
            where={"status": ("open", "closed")},
            radius=((14, 5), (17, 8)),
            corners=4,
            outline="mark_edge",
        ),
    ),
    legend=(Entry("dot", "no_owner", ("未结", "Open"), corners=4),),
    label="number",
    page=Page("tickets.show", "ticket_id", "id"),
    shown=True,
    rank=40,
)


@dataclass
class Town:
    """
    What the stub serves, and what it was asked.

    Attributes
    ----------
    shapes
        Features by part: id, shape in degrees, attributes.
    asked
        Address and answered status of every tile and state.
    failing
        How many of the next tiles are refused with status 503.
    refusing
        Whether every tile is refused with a sentence.
    refusing_together
        Whether only tiles of several layers are.
    slowly_s
        How long a tile takes.
    """

    shapes: dict[str, list[tuple[int | None, BaseGeometry, dict[str, Any]]]] = field(
        default_factory=dict
    )
    state: dict[str, list[int]] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    failing: int = 0
    refusing: bool = False
    refusing_together: bool = False
    slowly_s: float = 0

    def tile(self, part: str, x: int, y: int, z: int) -> dict[str, Any]:
        """Return a part of a tile as mapbox-vector-tile takes it, in units of the tile."""
        features = []
        for number, shape, attributes in self.shapes.get(part, []):
            placed = affinity.affine_transform(shape, _to_tile(x, y, z))
            over = 0 if part.endswith("_label") else BUFFER
            cut = placed.intersection(box(-over, -over, 4096 + over, 4096 + over))
            if part == "units_label":
                attributes = {**attributes, "room": STEP / 360 * 512 * 2**z}
            if not cut.is_empty:
                numbered = {} if number is None else {"id": number}
                features.append({"geometry": cut, "properties": attributes, **numbered})
        return {"name": part, "features": features}


def _to_tile(x: int, y: int, z: int) -> list[float]:
    """Return the affine map from degrees to units of a tile; exact at the middle of the town."""
    lat = SOUTH + STEP * SIDE / 2
    per_lon = 4096 * 2**z / 360
    per_lat = per_lon / math.cos(math.radians(lat))
    middle = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 4096 * 2**z
    return [per_lon, 0, 0, -per_lat, 180 * per_lon - 4096 * x, middle + lat * per_lat - 4096 * y]


def make_town() -> Town:
    """Make 64 units, 9 streets and as many tickets as units."""
    town = Town(shapes={"units": [], "units_label": [], "streets": [], "tickets": []})
    for i in range(SIDE * SIDE):
        west, south = WEST + STEP * (i % SIDE), SOUTH + STEP * (i // SIDE)
        code, middle = f"U{i:02}", Point(west + STEP / 2, south + STEP / 2)
        told = {"code": code, "name": f"第{i + 1}网格<b>{{{{ 7*7 }}}}</b>"}
        town.shapes["units"].append((i + 1, box(west, south, west + STEP, south + STEP), told))
        label = {"label": f"第{i + 1}网格"}
        town.shapes["units_label"].append((i + 1, middle, label))
        ticket = {"id": i + 1, "number": f"T{i:03}", "status": "open" if i % 3 else "closed"}
        town.shapes["tickets"].append((i + 1, Point(west + STEP / 4, south + STEP / 4), ticket))
        town.state[code] = [i, min(i // 13, 4)]
    corner = Point(WEST + STEP * SIDE / 4, SOUTH + STEP * SIDE / 4)
    town.shapes["clusters"] = [(None, corner, {"count": 64, "open": 43})]
    for i in range(SIDE + 1):
        south = SOUTH + STEP * i
        line = LineString([(WEST, south), (WEST + STEP * SIDE, south)])
        town.shapes["streets"].append((i + 1, line, {"name": f"虚构{i + 1}路"}))
    return town


def page(layers: list[Any], **options: Any) -> str:
    """Write a page with a map of the town."""
    addresses = Addresses(
        tiles="/api/tiles/KEYS/{z}/{x}/{y}",
        values="/api/values/KEY",
        page=lambda one: f"/page/{one.endpoint}/VALUE",
    )
    bounds = (WEST, SOUTH, WEST + STEP * SIDE, SOUTH + STEP * SIDE)
    drawn = base_map(bounds, options.pop("language", "zh"), Settings.from_environ({}))
    for layer in layers:
        drawn.add_child(Tiled(layer, addresses=addresses, language="zh", **options))
    parts = take_apart(drawn, lambda path: f"/assets/{path}")
    links = "".join(f'<link rel="stylesheet" href="{url}">' for url in parts.styles)
    scripts = "".join(f'<script src="{url}"></script>' for url in parts.scripts)
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>town</title>{links}'
        "<style>html,body{height:100%;margin:0}</style>"
        f'<body><div style="height:100%;position:relative">{parts.html}</div>{scripts}'
        f"<script>{parts.script}</script></body></html>"
    )


def make_app(town: Town) -> Flask:
    """Make an application that serves the town."""
    app = Flask("stub", static_folder=str(ASSETS), static_url_path="/assets")

    @app.get("/")
    def show() -> str:
        chosen = {"units": UNITS, "streets": STREETS, "tickets": TICKETS}
        wanted = request.args.get("layers", "streets,units,tickets").split(",")
        return page([chosen[key] for key in wanted], notice="event" not in request.args)

    @app.get("/page/<path:rest>")
    def other(rest: str) -> str:
        return rest

    @app.get("/api/tiles/<keys>/<int:z>/<int:x>/<int:y>")
    def tile(keys: str, z: int, x: int, y: int) -> Response:
        time.sleep(town.slowly_s)
        if town.refusing or (town.refusing_together and "+" in keys):
            return _answer(town, b'{"detail": "There is no such level."}', 400)
        if town.failing:
            town.failing -= 1
            return _answer(town, b"", 503)
        parts = {"units": ["units", "units_label"], "streets": ["streets"], "tickets": ["tickets"]}
        if z < SINGLE_FROM:
            parts["tickets"] = ["clusters"]
        made = [town.tile(part, x, y, z) for key in keys.split("+") for part in parts[key]]
        if request.args.get("status"):
            for part in made:
                part["features"] = [
                    one
                    for one in part["features"]
                    if one["properties"].get("status") == request.args["status"]
                ]
        return _answer(
            town,
            mapbox_vector_tile.encode(
                made, default_options={"extents": 4096, "y_coord_down": True}
            ),
            200,
        )

    @app.get("/api/values/<key>")
    def values(key: str) -> Response:
        told = {"fields": ["open", "rank"], "rows": town.state, "legend": []}
        return _answer(town, json.dumps(told).encode(), 200)

    return app


def _answer(town: Town, body: bytes, status: int) -> Response:
    response = Response(body, status, {"Cache-Control": "private, no-cache"})
    if status == 200:
        response.set_etag(sha256(body).hexdigest()[:16])
        response.make_conditional(request)
    town.asked.append((request.full_path.rstrip("?"), response.status_code))
    return response
