"""The tree of units: codes, names, levels and parents of a file, and of what is stored already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gridmap.intake.findings import Finding, listed
from gridmap.intake.units import codes
from gridmap.intake.units.rows import UnitRows
from gridmap.model import LEVEL_RANKS

#: Up to so many units without their parent are told one by one.
MISSING_SHOWN = 3


def fill_parents(rows: UnitRows, stored: Mapping[str, str]) -> None:
    """
    Name the parents that the codes tell, written as the units known write theirs.

    Parameters
    ----------
    rows
        Units of a file without a column of parents; changed in place.
    stored
        Code to level of the units in the store.
    """
    known = stored.keys() | set(rows.codes)
    for index, (code, level) in enumerate(zip(rows.codes, rows.levels, strict=True)):
        told = codes.parents_of(code, level)
        rows.parents[index] = next((p for p in told if p in known), told[0] if told else None)


def check_tree(rows: UnitRows, stored: Mapping[str, str]) -> list[Finding]:
    """
    Check codes, names and parents.

    Parameters
    ----------
    rows
        Units of a file.
    stored
        Code to level of the units of the same scheme that are in the store.

    Returns
    -------
    findings
        Errors: an empty or a repeated code, an empty name, a parent that is not above its child.
        Warnings: a parent that does not exist (a tree may begin at any level), a code that breaks
        the code scheme of its level or does not begin as its parent's.
    """
    levels = {**stored, **dict(zip(rows.codes, rows.levels, strict=True))}
    return [*_codes_and_names(rows), *_parents(rows, levels), *_code_schemes(rows)]


def _codes_and_names(rows: UnitRows) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for label, code, name in zip(rows.labels, rows.codes, rows.names, strict=True):
        if not code:
            yield Finding("code", f"There is no code on {label}.", "error")
        elif code in first:
            message = f"The code {code} on {label} stands on {first[code]} already."
            yield Finding("duplicate code", message, "error", (code,))
        elif not name:
            yield Finding("name", f"Unit {code} on {label} has no name.", "error", (code,))
        first.setdefault(code, label)


def _parents(rows: UnitRows, levels: Mapping[str, str]) -> Iterator[Finding]:
    missing: dict[str, str] = {}
    for code, level, parent in zip(rows.codes, rows.levels, rows.parents, strict=True):
        if parent is None or not level:
            continue
        above = levels.get(parent)
        if above is None:
            missing[code] = parent
        elif above and LEVEL_RANKS[above] >= LEVEL_RANKS[level]:
            message = f"Unit {code} ({level}) cannot be below unit {parent} ({above})."
            yield Finding("parent", message, "error", (code, parent))
    yield from _missing_parents(missing)


def _missing_parents(parents: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of each unit by itself, or of many in one line."""
    advice = "harmless where the tree begins with these, else import the level above first"
    if len(parents) <= MISSING_SHOWN:
        for code, parent in parents.items():
            message = f"Unit {code} has the parent {parent}, which no unit of file or store is"
            yield Finding("missing parent", f"{message}: {advice}.", "warning", (code, parent))
        return
    names = listed(dict.fromkeys(parents.values()), MISSING_SHOWN)
    message = f"{len(parents):,} units have parents which no unit of file or store is ({names})"
    yield Finding("missing parent", f"{message}: {advice}.", "warning", tuple(parents))


def _code_schemes(rows: UnitRows) -> Iterator[Finding]:
    for level in dict.fromkeys(filter(None, rows.levels)):
        mine = [
            (code, parent)
            for code, parent, of in zip(rows.codes, rows.parents, rows.levels, strict=True)
            if of == level and code
        ]
        rule = codes.scheme_of([code for code, _ in mine], level)
        if rule is None:
            message = f"The codes of level {level} follow no known code scheme: local codes."
            yield Finding("local codes", message, "note")
            continue
        for code, parent in mine:
            if not rule.pattern.fullmatch(code):
                message = f"The code {code} breaks the code scheme {rule.scheme} of the others."
                yield Finding("code scheme", message, "warning", (code,))
            elif parent and (told := codes.parents_of(code, level)) and parent not in told:
                message = f"The code {code} belongs below {told[0]}, but its parent is {parent}."
                yield Finding("code and parent", message, "warning", (code, parent))
