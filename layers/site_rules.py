"""The routing rules of the site, as far as a map shows what follows from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gridmap.routing.rules import Rules
from gridmap.settings import Settings


def site_rules() -> Rules:
    """Return the rules that the settings name."""
    return _loaded(Settings.from_environ().rules_file)


@cache
def _loaded(path: Path) -> Rules:
    return Rules.load(path)
