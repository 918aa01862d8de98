"""What an address of the map's interface asks for: read, checked, refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import request
from sqlalchemy.orm import Session

from gridmap.errors import InputError, NotFoundError
from layers.base import Bounds
from layers.catalogue import catalogue
from layers.divisions import tree
from layers.extract import RowId
from layers.kept import kept
from layers.layer import MAX_ZOOM, MIN_ZOOM, Asked, MapLayer
from web.holding import session, settings
from web.sight import sight

#: Features in one answer; a program asks for more by another bbox.
MAX_FEATURES = 5_000
#: Layers in one tile; a map has one tile for its base and one for each layer over it.
MAX_TOGETHER = 12
#: As near as any map goes.
_MAX_SHOWN_ZOOM = 24
_MAX_TEXT = 200
_MAX_DIGITS = 9


def tile_of(z: str, x: str, y: str) -> tuple[int, int, int]:
    """Read the address of a tile: zoom, column from the west, row from the north.

    Raises
    ------
    InputError
        One is no whole number, or there is no such tile.
    """
    zoom = _whole(z)
    if zoom is None or not MIN_ZOOM <= zoom <= MAX_ZOOM:
        message = f"z is {_quoted(z)}: give a whole number from {MIN_ZOOM} to {MAX_ZOOM}."
        raise InputError(message)
    column, row, last = _whole(x), _whole(y), 2**zoom - 1
    for name, text, number in (("x", x, column), ("y", y, row)):
        if number is None or number > last:
            message = (
                f"{name} is {_quoted(text)}: at z {zoom} give a whole number from 0 to {last}."
            )
            raise InputError(message)
    assert column is not None
    assert row is not None
    return zoom, column, row


def layer_of(key: str) -> MapLayer:
    """Return a layer of the catalogue; NotFoundError with those that exist when it is none."""
    known = catalogue()
    if key not in known:
        message = f"There is no layer {_quoted(key)}: use one of {', '.join(known)}."
        raise NotFoundError(message)
    return known[key]


def layers_of(keys: str) -> list[MapLayer]:
    """Return the layers whose keys stand in an address with + between them.

    Raises
    ------
    NotFoundError
        One does not exist.
    InputError
        They are too many, or one stands there twice.
    """
    named = keys.split("+")
    if len(named) > MAX_TOGETHER:
        message = f"{len(named)} layers are too many for one tile: name at most {MAX_TOGETHER}."
        raise InputError(message)
    if len(set(named)) < len(named):
        message = f"A layer stands twice in {_quoted(keys)}: name each once."
        raise InputError(message)
    return [layer_of(key) for key in named]


def texts(
    also: Collection[str] = (), known: Collection[str] | None = None, longest: int = _MAX_TEXT
) -> dict[str, str]:
    """Read the query of the request.

    Parameters
    ----------
    also
        What this address knows besides the parameters of its layers; left out of what is returned.
    known
        The parameters of its layers; None leaves it to each layer to refuse.
    longest
        How many characters a parameter may have.

    Raises
    ------
    InputError
        A parameter is unknown, stands there twice, or is too long.
    """
    for name, values in request.args.lists():
        if known is not None and name not in known and name not in also:
            listed = ", ".join([*also, *known])
            may = f"use {listed}" if listed else "there is none here"
            message = f"{_quoted(name)} is no parameter of this address: {may}."
            raise InputError(message)
        if len(values) > 1:
            message = f"{_quoted(name)} stands in the address {len(values)} times: give it once."
            raise InputError(message)
        if len(values[0]) > longest:
            message = f"{_quoted(name)} has {len(values[0]):,} characters: at most {longest:,}."
            raise InputError(message)
    return {name: text for name, text in request.args.items() if name not in also}


def ask(layer: MapLayer, also: Collection[str] = ()) -> Asked:
    """Read the parameters of one layer, for whoever asks."""
    return asks([layer], also)[0]


def asks(layers: Collection[MapLayer], also: Collection[str] = ()) -> list[Asked]:
    """Read the parameters of layers; each gets those that it has.

    Raises
    ------
    InputError
        A parameter belongs to none of them, or has a value that it cannot have, or names a unit
        that there is not.
    """
    keys = dict.fromkeys(one.key for layer in layers for one in layer.parameters)
    given, now, seen = texts(also, keys), datetime.now(UTC), sight()
    if given.get("unit"):
        _require_unit(given["unit"])
    found = [layer.ask(_own(layer, given), now=now, sight=seen) for layer in layers]
    return [replace(one, rules_file=settings().rules_file) for one in found]


def _require_unit(code: str) -> None:
    """Refuse the code of a unit that never was: nothing would be found, and nobody told why."""
    known = kept(session(), "organisation").once("codes", lambda: _codes(session()))
    if code.strip() not in known:
        message = f"There is no unit {_quoted(code)}: give the code of one, as its page has it."
        raise InputError(message)


def _codes(session: Session) -> frozenset[str]:
    return frozenset(code for _, code in tree(session).names)


def _own(layer: MapLayer, given: Mapping[str, str]) -> dict[str, str]:
    return {one.key: given[one.key] for one in layer.parameters if one.key in given}


def bounds() -> Bounds | None:
    """Read `bbox`, in degrees of WGS 84; None when it is not given.

    Raises
    ------
    InputError
        It is not four numbers west, south, east, north of a box within the world.
    """
    text = request.args.get("bbox")
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    within = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not within:  # neither is what is not a number
        message = (
            f"bbox is {_quoted(text)}: give west,south,east,north in degrees of WGS 84,"
            " west less than east and south less than north."
        )
        raise InputError(message)
    return west, south, east, north


def limit(most: int = MAX_FEATURES) -> int:
    """Read `limit`, how many are wanted; as many as there may be when it is not given."""
    text = request.args.get("limit")
    if text is None:
        return most
    number = _whole(text)
    if number is None or not 1 <= number <= most:
        message = f"limit is {_quoted(text)}: give a whole number from 1 to {most:,}."
        raise InputError(message)
    return number


def zoom(layer: MapLayer) -> int:
    """Read `zoom`, that of the tiles beside which features are wanted; the nearest if not given."""
    text = request.args.get("zoom")
    if text is None:
        return layer.max_zoom
    number = _whole(text)
    if number is None or number > _MAX_SHOWN_ZOOM:
        message = f"zoom is {_quoted(text)}: give a whole number from 0 to {_MAX_SHOWN_ZOOM}."
        raise InputError(message)
    return min(number, layer.max_zoom)


def one_of(name: str, choices: Collection[str]) -> None:
    """Refuse a parameter that is given and is none of the choices."""
    text = request.args.get(name)
    if text is not None and text not in choices:
        message = f"{name} is {_quoted(text)}: use one of {', '.join(choices)}."
        raise InputError(message)


def row_id(text: str) -> RowId:
    """Read the id of a feature; NotFoundError when no feature can have it."""
    table, _, digits = text.rpartition("-")
    number = _whole(digits, digits=18)
    if number is None:
        message = f"There is no feature {_quoted(text)}: give its id, as the features tell it."
        raise NotFoundError(message)
    return RowId(table, number)


def _whole(text: str, digits: int = _MAX_DIGITS) -> int | None:
    usable = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if usable else None


def _quoted(text: str) -> str:
    """Write what was sent so that neither its length nor its signs harm a log or a terminal."""
    return ascii(text[:40]) if not text[:40].isprintable() else repr(text[:40])
