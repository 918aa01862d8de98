"""Aliases: old names, nicknames and short names of units, places and streets, from a list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.intake import findings as report
from gridmap.intake.findings import Finding, listed
from gridmap.intake.journal import import_session, journal
from gridmap.intake.lists import OfficeList, read_list
from gridmap.intake.moments import DATE_NAMES, parse_moment
from gridmap.intake.places.naming import Naming, merge_aliases
from gridmap.intake.sourced import Counts
from gridmap.intake.sources import digest, require_file
from gridmap.locating.parts import take_apart
from gridmap.locating.writing import spelling
from gridmap.model import ALIAS_KINDS, Place, Street, Unit
from gridmap.storage import Store

#: Columns of a list, each with what offices call it; a row names its target by one of three.
COLUMNS = {
    "alias": ("别名", "又名"),
    "name": ("标准名称", "名称"),
    "code": ("编码", "标准地址编码", "单元编码"),
    "key": (),
    "kind": ("类别", "类型"),
    "valid_from": (),
    "valid_to": (),
}

_KINDS = {word: kind for kind, words in ALIAS_KINDS.items() for word in (kind, *words)}
_DEFAULT_KIND = "nickname"


@dataclass
class AliasesReport:
    """
    What an import of aliases found and did.

    Attributes
    ----------
    left_out
        How many rows cannot be taken; each is among the findings with its line.
    """

    path: Path
    rows: int
    left_out: int = 0
    aliases: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether no row can be taken, which keeps the file out."""
        return self.left_out == self.rows

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = report.lines(self.findings)
        if self.refused:
            count = report.counted(self.rows, "row")
            return [*answer, f"Nothing is imported of {self.path.name}: none of {count} is of use."]
        left_out = f", {self.left_out:,} left out" if self.left_out else ""
        names = self.aliases.line("other name").replace("edited by hand", "withdrawn by hand")
        return [*answer, f"{self.path.name}: {names}{left_out}."]


def import_aliases(store: Store, path: Path | str) -> AliasesReport:
    """
    Bring a list of other names into the store, in one transaction.

    A row names its target by the key of an entry, by a code, or by its exact name. A later list of
    the same file name replaces the former: what it does not say any more is withdrawn, what a
    person has withdrawn stays so. Rows whose target is not known or not clear are left out and
    told.

    Parameters
    ----------
    store
        Where they go; what they name must be there already.
    path
        CSV, TSV or XLSX with a column `alias` and at least one of `name`, `code` and `key`, in
        English or Chinese; `kind` is one of `gridmap.model.ALIAS_KINDS`, else a nickname is meant.

    Raises
    ------
    InputError
        If the file cannot be read or misses a column: nothing changes.
    """
    path, now = Path(path), datetime.now(UTC)
    require_file(path)
    names = {other: name for name, others in COLUMNS.items() for other in others} | DATE_NAMES
    table = read_list(path, ["alias"], names)
    if not {"name", "code", "key"} & table.columns.keys():
        message = f"{path} does not say what the aliases name: it needs a column name (标准名称)."
        raise InputError(message)
    result = AliasesReport(path, len(table) + len(table.bad), findings=list(table.bad))
    unused = [name for name in table.columns if name not in COLUMNS]
    if unused:
        result.findings.append(Finding("columns", f"Columns not used: {listed(unused)}.", "note"))
    with import_session(store) as session:
        namings = _namings(table, _Targets(session), result.findings)
        result.left_out = result.rows - len(namings)
        if not result.refused:
            result.aliases = merge_aliases(session, path.name, namings)
            _note(session, result, now)
    return result


class _Targets:
    """The entries that an alias may name, by key, by code and by name."""

    def __init__(self, session: Session) -> None:
        self._keys: set[str] = set()
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        units = select(Unit.scheme, Unit.code, Unit.name).where(Unit.valid_to.is_(None))
        for scheme, code, name in session.execute(units):
            self._add(f"unit/{scheme}/{code}", code, name)
        places = select(Place.id, Place.code, Place.name)
        for number, place_code, place_name in session.execute(places):
            self._add(f"place/{number}", place_code, place_name)
        for street in session.scalars(select(Street.name).distinct()):
            if street:
                self._add(f"street/{street}", None, street)

    def _add(self, key: str, code: str | None, name: str | None) -> None:
        self._keys.add(key)
        if code:
            self._codes[code].add(key)
        if name:
            self._names[name].add(key)

    def find(self, key: str, code: str, name: str) -> str:
        """Find the entry that is meant: by its key, else its code, else its name."""
        if key and key not in self._keys:
            message = f"there is no entry {key}."
            raise InputError(message)
        found = {key} if key else (self._codes if code else self._names).get(code or name, set())
        if len(found) != 1:
            many = f"{len(found)} things are called {code or name} ({listed(sorted(found))})"
            message = (
                f"{many}: give the code (编码) or the key of the one that is meant."
                if found
                else f"there is no unit, place or street {code or name}."
            )
            raise InputError(message)
        return next(iter(found))


def _namings(table: OfficeList, targets: _Targets, findings: list[Finding]) -> list[Naming]:
    namings: dict[tuple[str, str], Naming] = {}
    for index, line in enumerate(table.lines):
        cells = {name: table.columns.get(name, [""] * len(table))[index] for name in COLUMNS}
        try:
            naming = _naming(cells, targets)
            known = namings.setdefault((naming.name, naming.entry), naming)
            _require(known is naming, "it is there already, further up.")
        except InputError as error:
            findings.append(Finding("row", f"Line {line}: {error}", "error"))
    return list(namings.values())


def _naming(cells: dict[str, str], targets: _Targets) -> Naming:
    alias, target = cells["alias"], (cells["key"], cells["code"], cells["name"])
    _require(alias, "there is no alias.")
    _require(take_apart(spelling(alias))[0], f"{alias} is only a number, which many places have.")
    _require(any(target), "it does not say what the alias names.")
    kind = _KINDS.get(cells["kind"].casefold() or _DEFAULT_KIND)
    if kind is None:
        message = f"{cells['kind']!r} is no kind of alias: name one of {', '.join(_KINDS)}."
        raise InputError(message)
    start, end = (
        parse_moment(cells[name]) if cells[name] else None for name in ("valid_from", "valid_to")
    )
    _require(start is None or end is None or end > start, "it ends before it begins.")
    return Naming(alias, targets.find(*target), kind, start, end)


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InputError(message)


def _note(session: Session, result: AliasesReport, started_at: datetime) -> None:
    counts = result.aliases
    journal(
        session,
        "aliases",
        result.path,
        digest(result.path),
        started_at,
        rows=result.rows,
        accepted=counts.new + counts.changed,
        unchanged=counts.unchanged + counts.kept,
        rejected=result.left_out,
    )
