"""Which tags make which kind of place: data/osm/kinds.toml, read and asked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gridmap.settings import data_folder

Tags = Mapping[str, str]

_SHAPES = {"point", "line", "area"}


@dataclass(frozen=True)
class Match:
    """Tags of which any one makes a thing what it is, and tags that speak against it."""

    wanted: Mapping[str, frozenset[str]]
    unwanted: Mapping[str, frozenset[str]]

    def fits(self, tags: Tags) -> bool:
        """Tell whether a thing with these tags is meant."""
        return _any(self.wanted, tags) and not _any(self.unwanted, tags)


@dataclass(frozen=True)
class Kind:
    """A kind of place and the shapes that it comes in."""

    kind: str
    shapes: frozenset[str]
    match: Match


class Kinds:
    """What is taken from OpenStreetMap, and under which word.

    Parameters
    ----------
    street
        Which lines are streets.
    kinds
        In the order in which they are tried.
    categories
        Of services, in the order in which they are tried.
    """

    def __init__(
        self, street: Match, kinds: Iterable[Kind], categories: Iterable[tuple[str, Match]]
    ) -> None:
        self._street, self._kinds, self._categories = street, list(kinds), list(categories)
        matches = [street, *(kind.match for kind in self._kinds), *(m for _, m in self._categories)]
        self.keys = sorted({key for match in matches for key in match.wanted})

    @classmethod
    def load(cls, path: Path | None = None) -> Kinds:
        """Read the rules of a file, by default those of the project."""
        content = tomllib.loads((path or data_folder() / "osm" / "kinds.toml").read_text("utf-8"))
        kinds = [
            Kind(
                entry["kind"],
                frozenset(_SHAPES if entry["shape"] == "any" else {entry["shape"]}),
                _match(entry),
            )
            for entry in content["kind"]
        ]
        categories = [(entry["category"], _match(entry)) for entry in content["category"]]
        return cls(_match(content["street"]), kinds, categories)

    def is_street(self, tags: Tags) -> bool:
        """Tell whether a line with these tags is a street."""
        return self._street.fits(tags)

    def kind(self, tags: Tags, shape: str) -> str | None:
        """Tell what kind of place a `point`, `line` or `area` is; None for what is not taken."""
        found = (kind for kind in self._kinds if shape in kind.shapes and kind.match.fits(tags))
        return next((kind.kind for kind in found), None)

    def category(self, tags: Tags) -> str | None:
        """Tell what service it is; None for what is none, or none of a known category."""
        return next((name for name, match in self._categories if match.fits(tags)), None)


def _match(entry: Mapping[str, list[str]]) -> Match:
    return Match(_tags(entry["tags"]), _tags(entry.get("without", [])))


def _tags(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for text in texts:
        key, _, value = text.partition("=")
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _any(wanted: Mapping[str, frozenset[str]], tags: Tags) -> bool:
    for key, value in tags.items():
        values = wanted.get(key)
        if values and (value in values or ("*" in values and value != "no")):
            return True
    return False
