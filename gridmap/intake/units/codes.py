"""Code schemes: what a unit's code says of its level and its parent, as `data/` describes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import Pattern

from gridmap.errors import SettingError
from gridmap.model import LEVELS
from gridmap.settings import data_folder

#: The share of codes that must follow a code scheme before the others are said to break it.
MAJORITY = 0.5


@dataclass(frozen=True)
class CodeRule:
    """How the codes of one level are built in one code scheme."""

    scheme: str
    level: str
    pattern: Pattern[str]
    parent: str | None

    def parent_of(self, code: str) -> str | None:
        """Tell the code of the parent, or None for the top of the scheme."""
        found = self.pattern.fullmatch(code)
        return None if found is None or self.parent is None else found.expand(self.parent)


@cache
def load_rules(path: Path | None = None) -> tuple[CodeRule, ...]:
    """
    Read the code schemes.

    Parameters
    ----------
    path
        A TOML file; None reads `data/code-schemes.toml`.

    Raises
    ------
    SettingError
        If the file cannot be read, names an unknown level or a pattern that is none.
    """
    path = path or data_folder() / "code-schemes.toml"
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))["scheme"]
        rules = tuple(
            CodeRule(scheme["name"], rule["level"], re.compile(rule["pattern"]), rule.get("parent"))
            for scheme in described
            for rule in scheme["levels"]
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, re.error) as error:
        message = f"The code schemes in {path} cannot be read: {error}."
        raise SettingError(message) from error
    for rule in rules:
        if rule.level not in LEVELS:
            message = f"{path}: {rule.level!r} is no level: name one of {', '.join(LEVELS)}."
            raise SettingError(message)
    return rules


def level_of(code: str) -> str | None:
    """Tell the level of a code by its length and its zeros; None when it is not told clearly."""
    levels = {rule.level for rule in load_rules() if rule.pattern.fullmatch(code)}
    return levels.pop() if len(levels) == 1 else None


def parents_of(code: str, level: str) -> list[str]:
    """Tell what the parent's code may be: with its zeros or without; empty where nothing tells."""
    parents = (rule.parent_of(code) for rule in load_rules() if rule.level == level)
    return [parent for parent in parents if parent is not None]


def scheme_of(codes: Sequence[str], level: str) -> CodeRule | None:
    """Find the rule that more than half of the codes of a level follow; None: local codes."""
    rules = [rule for rule in load_rules() if rule.level == level]
    followed = {
        rule: sum(rule.pattern.fullmatch(code) is not None for code in codes) for rule in rules
    }
    rule = max(followed, key=lambda rule: followed[rule], default=None)
    return rule if rule is not None and followed[rule] > MAJORITY * len(codes) else None
