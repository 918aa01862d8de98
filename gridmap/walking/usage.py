"""Who may walk where: data/osm/walking.toml, read and asked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from enum import IntFlag
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.settings import data_folder

Tags = Mapping[str, str]
#: Of many streets or gates.
Uses = npt.NDArray[np.uint8]


class Use(IntFlag):
    """What a street or a gate is to people on foot."""

    #: It can be walked at all.
    WALKED = 1
    #: It is walked to and from, never through.
    PRIVATE = 2
    #: It has steps.
    STEPS = 4
    #: Wheels do not pass.
    NO_WHEELS = 8


class Usage:
    """
    What streets and gates are to people on foot, by their tags.

    Parameters
    ----------
    content
        As in data/osm/walking.toml.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._streets = {key: frozenset(values) for key, values in content["streets"].items()}
        self._gates = {key: frozenset(values) for key, values in content["gates"].items()}

    @classmethod
    def load(cls, path: Path | None = None) -> Usage:
        """Read the rules of a file, by default those of the project."""
        path = path or data_folder() / "osm" / "walking.toml"
        return cls(tomllib.loads(path.read_text("utf-8")))

    def street(self, street_class: str, tags: Tags) -> Use:
        """Tell what a street is."""
        said = _said({**tags, "highway": street_class})
        rules = self._streets
        allowed = bool(said & rules["allowed"])
        if street_class not in rules["open"] and not (street_class in rules["asked"] and allowed):
            return Use(0)
        if said & rules["forbidden"]:
            return Use(0)
        use = Use.WALKED
        if said & rules["private"]:
            use |= Use.PRIVATE
        if said & rules["steps"]:
            use |= Use.STEPS
        if said & rules["barred_to_wheels"]:
            use |= Use.NO_WHEELS
        return use

    def gate(self, tags: Tags) -> Use:
        """Tell what a gate is; one that is not walked is closed to all."""
        said = _said(tags)
        if said & self._gates["closed"]:
            return Use(0)
        use = Use.WALKED
        if said & self._gates["private"]:
            use |= Use.PRIVATE
        if said & self._gates["barred_to_wheels"]:
            use |= Use.NO_WHEELS
        return use


def _said(tags: Tags) -> frozenset[str]:
    """Return tags as texts; what is said of people on foot goes before what is said of all."""
    return frozenset(_texts(tags.items(), "foot" in tags))


def _texts(items: Iterable[tuple[str, str]], foot: bool) -> Iterable[str]:
    return (f"{key}={value}" for key, value in items if not (foot and key == "access"))
