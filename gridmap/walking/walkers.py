"""How people walk: data/circles/walkers.toml, read and asked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gridmap.errors import InputError
from gridmap.settings import data_folder


@dataclass(frozen=True)
class Walker:
    """
    Somebody on foot or on wheels.

    Attributes
    ----------
    id
        As commands name it.
    names
        Chinese and English.
    speed_m_s
        Along streets.
    on_wheels
        Whether steps and narrow gates are in the way.
    source, certainty
        Where the speed is from, and how sure it is.
    """

    id: str
    names: tuple[str, str]
    speed_m_s: float
    on_wheels: bool
    source: str
    certainty: str

    def in_season(self, factor: float) -> Walker:
        """Return the same walker when the ground slows everybody by a factor."""
        return replace(self, speed_m_s=self.speed_m_s * factor)


def walkers(path: Path | None = None) -> dict[str, Walker]:
    """Read the walkers of a file by their ids, by default those of the project."""
    return _walkers(_content(path))


def walker(name: str, season: str | None = None, path: Path | None = None) -> Walker:
    """
    Return one walker, in a season if one is named.

    Raises
    ------
    InputError
        There is none of that name, or no such season.
    """
    content = _content(path)
    known, seasons = _walkers(content), {one["id"]: one for one in content["season"]}
    if name not in known:
        message = f"There is no walker {name!r}: use {', '.join(known)}."
        raise InputError(message)
    if season is None:
        return known[name]
    if season not in seasons:
        message = f"There is no season {season!r}: use {', '.join(seasons)}."
        raise InputError(message)
    return known[name].in_season(seasons[season]["factor"])


def _content(path: Path | None) -> Mapping[str, Any]:
    return tomllib.loads((path or data_folder() / "circles" / "walkers.toml").read_text("utf-8"))


def _walkers(content: Mapping[str, Any]) -> dict[str, Walker]:
    return {one["id"]: _walker(one) for one in content["walker"]}


def _walker(entry: Mapping[str, Any]) -> Walker:
    return Walker(
        entry["id"],
        (entry["name_zh"], entry["name_en"]),
        entry["speed_m_s"],
        entry.get("on_wheels", False),
        entry["source"],
        entry["certainty"],
    )
