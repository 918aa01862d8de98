"""Profiles: how the columns of a source's files are read, as data that a site writes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridmap.datum import parse_datum
from gridmap.errors import DatumError, SettingError
from gridmap.intake.tables.encoding import parse_encoding
from gridmap.settings import data_folder

#: What a ticket says of itself, in the names of `gridmap.model.Ticket`.
TICKET_FIELDS = (
    "number",
    "reported_at",
    "matter",
    "matter_code",
    "address",
    "content",
    "channel",
    "urgency",
    "status",
    "closed_at",
    "reporter_name",
    "reporter_phone",
)
#: What a column of a file can be for a ticket.
FIELDS = (*TICKET_FIELDS, "longitude", "latitude")
REQUIRED_FIELDS = ("number", "reported_at")
STATUSES = ("open", "closed")

_FILE_KEYS = ("encoding", "datum", "time_format", "time_zone", "sheet")
# A moment that no two parts of a format can exchange unseen.
_PROBE = datetime(2026, 11, 23, 14, 5, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Profile:
    """
    How the files of one source are read.

    Attributes
    ----------
    name
        Name of the source: ticket numbers are unique within it.
    columns
        For each mapped field, the columns of the file; several are joined by a space.
    time_formats
        Formats of `strptime`, tried one after the other; none means ISO 8601 and its like.
    time_zone
        IANA name of the zone in which the file's times are.
    datum
        Datum of longitude and latitude; None when they are not mapped.
    encoding
        Codec of CSV files; None finds out.
    sheet
        Sheet of workbooks; None takes the first.
    status
        What the file's words for a state mean: `open` or `closed`.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    time_formats: tuple[str, ...]
    time_zone: str
    datum: str | None
    encoding: str | None
    sheet: str | None
    status: Mapping[str, str]

    @classmethod
    def load(cls, path: Path | str) -> Profile:
        """
        Read a profile from a TOML file.

        Parameters
        ----------
        path
            The file, or the bare name of a ready profile such as "nyc311".

        Raises
        ------
        SettingError
            If there is no such file or something in it is wrong; the message names file and key.
        """
        path = find_profile(str(path))
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            if isinstance(error, tomllib.TOMLDecodeError):
                said = f"{error}; put text in quotes"
            message = f"The profile {path} cannot be read: {said}."
            raise SettingError(message) from error
        return _Reader(path).profile(content)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that a file must have."""
        return tuple(column for columns in self.columns.values() for column in columns)


def ready_profiles() -> list[str]:
    """Names of the profiles that come with gridmap."""
    return sorted(path.stem for path in (data_folder() / "profiles").glob("*.toml"))


def find_profile(name: str) -> Path:
    """Find the file of a profile by its path or a ready one's name; SettingError for neither."""
    if Path(name).is_file():
        return Path(name)
    # A name is looked up, never joined: it cannot lead out of the folder.
    if name in ready_profiles():
        return data_folder() / "profiles" / f"{name}.toml"
    message = (
        f"There is no profile {name}: name a TOML file, or one of {', '.join(ready_profiles())}."
    )
    raise SettingError(message)


class _Reader:
    """Checks the parts of one profile; every complaint names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def profile(self, content: Mapping[str, Any]) -> Profile:
        self._only(content, ("file", "columns", "values"), "")
        file = self._table(content, "file", _FILE_KEYS)
        columns = self._columns(self._table(content, "columns", FIELDS))
        values = self._table(content, "values", ("status",))
        return Profile(
            name=self.path.stem,
            columns=columns,
            time_formats=self._time_formats(file.get("time_format", [])),
            time_zone=self._time_zone(file),
            datum=self._datum(file, mapped="longitude" in columns),
            encoding=self._encoding(file),
            sheet=self._text(file, "file.sheet"),
            status=self._status(values),
        )

    def _fail(self, key: str, problem: str) -> NoReturn:
        message = f"The profile {self.path}: {key} {problem}."
        raise SettingError(message)

    def _only(self, table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for key in table:
            if key not in known:
                self._fail(f"{place}{key}", f"is not known; known are {', '.join(known)}")

    def _table(
        self, content: Mapping[str, Any], key: str, known: Sequence[str]
    ) -> Mapping[str, Any]:
        table = content.get(key, {})
        if not isinstance(table, dict):
            self._fail(key, f"must be a table: write [{key}]")
        self._only(table, known, f"{key}.")
        return table

    def _text(self, file: Mapping[str, Any], key: str) -> str | None:
        value = file.get(key.removeprefix("file."))
        if value is not None and not (isinstance(value, str) and value.strip()):
            self._fail(key, "must be a text in quotation marks")
        return value

    def _columns(self, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        columns = {}
        for field, names in table.items():
            several = names if isinstance(names, list) else [names]
            if not several or not all(isinstance(name, str) and name.strip() for name in several):
                self._fail(f"columns.{field}", "must name a column, or several as a list")
            columns[field] = tuple(name.strip() for name in several)
        for field in REQUIRED_FIELDS:
            if field not in columns:
                self._fail(f"columns.{field}", "is missing: name the column of the file")
        if ("longitude" in columns) != ("latitude" in columns):
            self._fail("columns", "must map longitude and latitude together, or neither")
        return columns

    def _datum(self, file: Mapping[str, Any], *, mapped: bool) -> str | None:
        name = self._text(file, "file.datum")
        if name is None and mapped:
            self._fail(
                "file.datum",
                "is missing, and longitude and latitude mean nothing without it: "
                "ask the sender whether they are wgs84, cgcs2000, gcj02 or bd09",
            )
        try:
            return None if name is None else parse_datum(name)
        except DatumError as error:
            raise SettingError(f"The profile {self.path}: file.datum: {error}") from error

    def _encoding(self, file: Mapping[str, Any]) -> str | None:
        name = self._text(file, "file.encoding")
        try:
            return None if name is None else parse_encoding(name)
        except SettingError as error:
            raise SettingError(f"The profile {self.path}: file.encoding: {error}") from error

    def _time_zone(self, file: Mapping[str, Any]) -> str:
        name = self._text(file, "file.time_zone")
        if name is None:
            self._fail("file.time_zone", 'is missing: name the zone, such as "Asia/Shanghai"')
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._fail("file.time_zone", f'{name!r} is not known: write it as in "Asia/Shanghai"')
        return name

    def _time_formats(self, value: Any) -> tuple[str, ...]:
        formats = value if isinstance(value, list) else [value]
        for time_format in formats:
            if not isinstance(time_format, str) or not _tells_the_time(time_format):
                self._fail(
                    "file.time_format",
                    f"{time_format!r} does not tell year, month, day and hour: "
                    'write it as in "%Y-%m-%d %H:%M:%S"',
                )
        return tuple(formats)

    def _status(self, values: Mapping[str, Any]) -> dict[str, str]:
        table = values.get("status", {})
        if not isinstance(table, dict):
            self._fail("values.status", "must be a table: write [values.status]")
        for word, meaning in table.items():
            if meaning not in STATUSES:
                self._fail(f"values.status.{word}", f"is {meaning!r}: write open or closed")
        return dict(table)


def _tells_the_time(time_format: str) -> bool:
    """Whether a format's text can be read again: the day, and the hour if it has one."""
    try:
        read = datetime.strptime(_PROBE.strftime(time_format), time_format)
    except ValueError:
        return False
    return read.date() == _PROBE.date() and read.hour in (_PROBE.hour, 0)
