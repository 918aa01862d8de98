"""The routing rules of the site, as far as a map shows what follows from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gridmap.routing.rules import Rules
from gridmap.settings import data_folder
from layers.layer import Asked


def site_rules(asked: Asked) -> Rules:
    """Return the rules of the site that is asked."""
    return _loaded(asked.rules_file or data_folder() / "rules" / "default.toml")


@cache
def _loaded(path: Path) -> Rules:
    return Rules.load(path)
