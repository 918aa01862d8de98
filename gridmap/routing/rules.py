"""The routing rules of a site, read from a TOML file that people can edit.

The file that comes with gridmap, `data/rules/default.toml`, says where each rule is from and how
sure that is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gridmap.errors import SettingError
from gridmap.model import LEVELS


@dataclass(frozen=True)
class Territory:
    """How ground answers for a place.

    Attributes
    ----------
    scheme
        The scheme whose units hold the ground.
    levels
        Levels from the finest to the coarsest; the first that exists holds the ground, the others
        are the backstop (属地兜底).
    roles
        Roles in the order in which they answer, in any unit.
    tolerance_m
        Nearer than this to another unit a point is flagged.
    gap_m
        A point in a gap goes to the nearest unit within this distance.
    """

    scheme: str
    levels: tuple[str, ...]
    roles: tuple[str, ...]
    tolerance_m: float
    gap_m: float


@dataclass(frozen=True)
class Emergency:
    """Words that mark a ticket for immediate alert."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]
    within_h: float


@dataclass(frozen=True)
class Department:
    """A department that takes certain matters, told by code prefix, by name, or by words."""

    name_zh: str
    name_en: str
    matters: tuple[str, ...]
    words: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def takes(self, matter: str, matter_code: str, text: str) -> bool:
        """Tell whether a matter with this name, code and text is this department's."""
        if matter_code and matter_code.startswith(self.matters):
            return True
        if matter and matter in self.matters:
            return True
        return self.pattern is not None and self.pattern.search(text) is not None


@dataclass(frozen=True)
class Rules:
    """All rules of a site; `version` changes with every edit of the file."""

    version: str
    territory: Territory
    ownership_schemes: tuple[str, ...]
    emergencies: tuple[Emergency, ...]
    specialists: tuple[Department, ...]
    categories: tuple[Department, ...]

    @classmethod
    def load(cls, path: Path) -> Rules:
        """Read a rules file; SettingError names the file and what is wrong in it."""
        try:
            content = path.read_bytes()
            data = tomllib.loads(content.decode("utf-8"))
            return cls(
                version=sha256(content).hexdigest()[:12],
                territory=_territory(data["territory"]),
                ownership_schemes=tuple(data.get("ownership", {}).get("schemes", ())),
                emergencies=tuple(
                    Emergency(
                        tuple(entry["words"]), _pattern(entry["words"]), float(entry["within_h"])
                    )
                    for entry in data.get("emergency", ())
                ),
                specialists=tuple(_department(entry) for entry in data.get("specialist", ())),
                categories=tuple(
                    _department(entry) for entry in data.get("fallback", {}).get("category", ())
                ),
            )
        except OSError as error:
            message = f"The rules file {path} cannot be read: {error.strerror}."
            raise SettingError(message) from error
        except KeyError as error:
            message = f"The rules file {path} lacks {error.args[0]!r}."
            raise SettingError(message) from error
        except (ValueError, TypeError, AttributeError) as error:
            message = f"The rules file {path} cannot be used: {error}"
            raise SettingError(message) from error

    @property
    def words(self) -> list[str]:
        """Every word that any rule looks for in a ticket's text."""
        departments = (*self.specialists, *self.categories)
        words = [word for rule in self.emergencies for word in rule.words]
        return words + [word for department in departments for word in department.words]


def _territory(entry: Mapping[str, Any]) -> Territory:
    unknown = [level for level in entry["levels"] if level not in LEVELS]
    if unknown:
        message = f"territory.levels names {unknown}; the levels are {', '.join(LEVELS)}."
        raise ValueError(message)
    return Territory(
        scheme=str(entry["scheme"]),
        levels=tuple(entry["levels"]),
        roles=(*entry["roles"], *entry.get("roles_above", ())),
        tolerance_m=_distance(entry, "tolerance_m"),
        gap_m=_distance(entry, "gap_m"),
    )


def _distance(entry: Mapping[str, Any], key: str) -> float:
    distance = float(entry[key])
    if not 0 <= distance <= 10_000:
        message = f"territory.{key} is {distance:g}; give metres between 0 and 10,000."
        raise ValueError(message)
    return distance


def _department(entry: Mapping[str, Any]) -> Department:
    words = entry.get("words", ())
    return Department(
        name_zh=str(entry["name_zh"]),
        name_en=str(entry["name_en"]),
        matters=tuple(str(matter) for matter in entry.get("matters", ())),
        words=tuple(words),
        pattern=_pattern(words) if words else None,
    )


def _pattern(words: Any) -> re.Pattern[str]:
    if not words or not all(isinstance(word, str) and word for word in words):
        message = f"words must be a list of non-empty texts, not {words!r}."
        raise ValueError(message)
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
