"""How people write a place: data/locating/words.toml, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gridmap.settings import data_folder


@dataclass(frozen=True)
class Words:
    """The words around places; see the file for what each list is for."""

    variants: Mapping[str, str]
    latin: Mapping[str, str]
    unit_endings: tuple[str, ...]
    offices: Mapping[str, str]
    place_endings: tuple[str, ...]
    common_endings: tuple[str, ...]
    fillers: tuple[str, ...]
    beside: tuple[str, ...]
    at: tuple[str, ...]
    crossing: tuple[str, ...]
    joining: tuple[str, ...]
    between: tuple[str, ...]
    lead: tuple[str, ...]
    home: tuple[str, ...]
    denied: tuple[str, ...]
    meant: tuple[str, ...]
    sides: Mapping[str, float]
    services: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read a file of words."""
        data = tomllib.loads(path.read_text("utf-8"))
        endings, around = data["endings"], data["around"]
        return cls(
            variants=data["variants"],
            latin=data["latin"],
            unit_endings=_longest_first(endings["units"]),
            offices=dict(sorted(endings["offices"].items(), key=lambda pair: -len(pair[0]))),
            place_endings=_longest_first(endings["places"]),
            common_endings=_longest_first(
                [*endings["units"], *endings["places"], *endings["others"]]
            ),
            **{name: _longest_first(around[name]) for name in _AROUND},
            sides=dict(sorted(data["sides"].items(), key=lambda pair: -len(pair[0]))),
            services=dict(sorted(data["services"].items(), key=lambda pair: -len(pair[0]))),
        )


_AROUND = (
    "fillers",
    "beside",
    "at",
    "crossing",
    "joining",
    "between",
    "lead",
    "home",
    "denied",
    "meant",
)


def without_fillers(text: str) -> str:
    """Take the words away from both ends that may stand between a place and its number."""
    return _fillers().sub("", text)


@cache
def _fillers() -> re.Pattern[str]:
    any_ = "|".join(re.escape(filler) for filler in words().fillers)
    return re.compile(rf"^(?:{any_})+|(?:{any_})+$")


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


@cache
def words() -> Words:
    """Return the words of the project."""
    return Words.load(data_folder() / "locating" / "words.toml")
