"""Mapbox Vector Tiles from arrays.

A feature holds nothing but whole numbers, so that all features of a layer are written as one array.
Source: Mapbox Vector Tile Specification 2.1 (section 4 and its vector_tile.proto).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.tiles.paths import Integers, Paths
from layers.tiles.varints import Unsigned, varint, zigzag

POINTS, LINES, AREAS = 1, 2, 3

_MOVE_ONE, _LINE, _CLOSE = np.uint64(1 | 1 << 3), np.uint64(2), np.uint64(7 | 1 << 3)
# Tags of Protocol Buffers: field number, then 0 for a varint, 1 for 64 bits, 2 for bytes.
_NAME, _KEY, _VALUE, _EXTENT, _VERSION = 1 << 3 | 2, 3 << 3 | 2, 4 << 3 | 2, 5 << 3, 15 << 3
_LAYER = 3 << 3 | 2
_TEXT, _DOUBLE, _WHOLE, _SIGNED, _BOOLEAN = 1 << 3 | 2, 3 << 3 | 1, 5 << 3, 6 << 3, 7 << 3
#: What stands before a text of so many bytes.
_SHORT = [bytes((_VALUE, length + 2, _TEXT, length)) for length in range(126)]


@dataclass(frozen=True)
class Drawn:
    """
    The geometry of features of one kind, as the numbers of the specification.

    Attributes
    ----------
    owner
        The row that each feature is of, shape (f,).
    kind
        POINTS, LINES or AREAS.
    numbers
        Commands and parameters of all features, one after the other.
    sizes
        How many of them are of each feature, shape (f,).
    """

    owner: Integers
    kind: int
    numbers: Unsigned
    sizes: Integers


def drawn_paths(paths: Paths) -> Drawn:
    """Write lines or rings; those of one feature stand together."""
    owner, first_path, feature = _features(paths.owner)
    starts = paths.starts
    moves = _moves(paths.xy, starts[first_path])
    lengths_ = 2 * paths.sizes + (3 if paths.closed else 2)
    begin = np.cumsum(lengths_) - lengths_
    numbers = np.empty(int(lengths_.sum()), dtype=np.uint64)
    numbers[begin] = _MOVE_ONE
    numbers[begin + 3] = (paths.sizes - 1).astype(np.uint64) << np.uint64(3) | _LINE
    within = np.arange(paths.xy.shape[1]) - np.repeat(starts, paths.sizes)
    place = np.repeat(begin, paths.sizes) + 1 + 2 * within + (within > 0)
    numbers[place], numbers[place + 1] = moves
    if paths.closed:
        numbers[begin + lengths_ - 1] = _CLOSE
    sizes = np.bincount(feature, weights=lengths_, minlength=len(owner)).astype(np.int64)
    return Drawn(owner, AREAS if paths.closed else LINES, numbers, sizes)


def drawn_points(xy: Integers, owner: Integers) -> Drawn:
    """Write points, shape (2, n); those of one feature stand together."""
    owner, first, feature = _features(owner)
    moves = _moves(xy, first)
    counts = np.bincount(feature, minlength=len(owner)).astype(np.int64)
    sizes = 1 + 2 * counts
    begin = np.cumsum(sizes) - sizes
    numbers = np.empty(int(sizes.sum()), dtype=np.uint64)
    numbers[begin] = counts.astype(np.uint64) << np.uint64(3) | np.uint64(1)
    place = begin[feature] + 1 + 2 * (np.arange(xy.shape[1]) - first[feature])
    numbers[place], numbers[place + 1] = moves
    return Drawn(owner, POINTS, numbers, sizes)


def encoded(
    name: str,
    extent: int,
    drawn: Sequence[Drawn],
    ids: npt.NDArray[np.int64],
    columns: Mapping[str, Sequence[Any]],
) -> bytes:
    """
    Write a layer of a tile; layers one after the other are a tile.

    Parameters
    ----------
    name
        Of the layer.
    extent
        Width of the tile in units of its coordinates.
    drawn
        The features.
    ids
        By row, not negative.
    columns
        Attributes: by key a value for each row; what is None is left out.
    """
    present = [one for one in drawn if len(one.owner)]
    if not present:
        return b""
    keys, values, tags = _tagged(columns, len(ids))
    features = b"".join(_written(one, ids, tags) for one in present)
    body = b"".join(
        (
            _field(_NAME, name.encode()),
            features,
            *(_field(_KEY, key.encode()) for key in keys),
            *values,
            varint(_EXTENT) + varint(extent),
            varint(_VERSION) + varint(2),
        )
    )
    return _field(_LAYER, body)


def _features(owner: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the row of each feature, its first item, and the feature of each item."""
    begins = np.diff(owner, prepend=-1) != 0
    first = np.flatnonzero(begins)
    return owner[first], first, np.cumsum(begins) - 1


def _moves(xy: Integers, first: Integers) -> Unsigned:
    """Return the way from each vertex to the next one, from the corner for a feature's first."""
    steps = np.diff(xy, axis=1, prepend=np.zeros((2, 1), dtype=np.int64))
    steps[:, first] = xy[:, first]
    return zigzag(steps)


def _tagged(
    columns: Mapping[str, Sequence[Any]], rows: int
) -> tuple[list[str], list[bytes], npt.NDArray[np.int64]]:
    """Return keys, values as written, and by row and key the value's number, -1 for none."""
    numbers: dict[bytes, int] = {}
    table = np.full((rows, len(columns)), -1, dtype=np.int64)
    for place, column in enumerate(columns.values()):
        kinds = set(map(type, column))
        if kinds == {str}:
            different = list(dict.fromkeys(column))
            written = _texts(different)
            told = {
                text: numbers.setdefault(value, len(numbers))
                for text, value in zip(different, written, strict=True)
            }
            table[:, place] = [told[text] for text in column]
        elif len(kinds) == 1:
            told = {value: _numbered(value, numbers) for value in dict.fromkeys(column)}
            table[:, place] = [told[value] for value in column]
        else:  # equal values of different types are different: 1 and True
            table[:, place] = [_numbered(value, numbers) for value in column]
    return list(columns), list(numbers), table


def _numbered(value: Any, numbers: dict[bytes, int]) -> int:
    """Return the number of a value among those written, -1 for none and for what is no number."""
    if value is None or value != value:
        return -1
    return numbers.setdefault(_value(value), len(numbers))


def _written(drawn: Drawn, ids: npt.NDArray[np.int64], table: npt.NDArray[np.int64]) -> bytes:
    """Write features: each is its length, then id, tags, kind and geometry."""
    from layers.tiles.kernel import features  # not before a tile is made

    told = table[drawn.owner]
    has = told >= 0
    tags = np.empty(2 * int(has.sum()), dtype=np.uint64)
    tags[0::2], tags[1::2] = np.nonzero(has)[1], told[has]
    number = ids[drawn.owner].astype(np.uint64)
    written = features(number, tags, 2 * has.sum(axis=1), drawn.numbers, drawn.sizes, drawn.kind)
    return bytes(written)


def _field(tag: int, content: bytes) -> bytes:
    """Write bytes under a tag, all of which are below 128."""
    size = len(content)
    return (bytes((tag, size)) if size < 128 else bytes((tag,)) + varint(size)) + content


def _value(value: Any) -> bytes:
    """Write an attribute; what is neither text, number nor boolean is told as text."""
    return _field(_VALUE, _content(value))


def _texts(values: Sequence[str]) -> list[bytes]:
    """Write attributes that are text, as most are: both fields of the short ones at once."""
    texts = [value.encode() for value in values]
    return [
        _SHORT[len(text)] + text if len(text) < len(_SHORT) else _field(_VALUE, _field(_TEXT, text))
        for text in texts
    ]


def _content(value: Any) -> bytes:
    if isinstance(value, str):
        return _field(_TEXT, value.encode())
    if isinstance(value, (bool, np.bool_)):
        return varint(_BOOLEAN) + varint(int(value))
    if isinstance(value, (int, np.integer)):
        whole = int(value)
        if whole < 0:
            return varint(_SIGNED) + varint((-whole << 1) - 1)
        return varint(_WHOLE) + varint(whole)
    if isinstance(value, (float, np.floating, Decimal)):
        return varint(_DOUBLE) + struct.pack("<d", float(value))
    text = value.isoformat() if isinstance(value, date) else str(value)
    return _field(_TEXT, text.encode())
