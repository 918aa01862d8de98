"""Base maps that a site may choose: its own, drawn from the store, and tiles of other hosts.

Each declares its datum. What lies above stays where it is: a base map in GCJ-02 only has its
picture moved. So base maps of different datums cannot be offered beside each other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gridmap.errors import DatumError, SettingError

OWN_KEY = "own"
DEFAULT_KEYS = (OWN_KEY,)

#: The datums that a base map may have, as `gridmap.datum` names them.
_DATUMS = ("wgs84", "cgcs2000", "gcj02")
#: Datums that lie on each other to decimetres, see `gridmap.datum`.
_ALIKE = {"cgcs2000": "wgs84"}
_TEXTS = ("name_zh", "name_en", "datum", "source", "certainty")
_OPTIONAL = ("attribution", "approval_no", "key_variable")
_FIELDS = {*_TEXTS, *_OPTIONAL, "urls", "subdomains", "max_zoom", "tells_address"}
_HIGHEST_ZOOM = 23
_PLACES = {"{s}", "{z}", "{x}", "{y}", "{-y}", "{key}"}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class BaseMap:
    """One base map.

    Attributes
    ----------
    key
        Its name in the settings; `own` is drawn from the store and has no addresses.
    name
        What people read, Chinese and English.
    urls
        Address templates of tiles in EPSG:3857, the lowest picture first, labels above it; `{z}`,
        `{x}` and `{y}` (`{-y}`: counted from the south) stand for the tile, `{s}` for a subdomain.
    datum
        `wgs84`, `cgcs2000` or `gcj02`.
    approval_no
        Map approval number (审图号), shown with the attribution.
    max_zoom
        The deepest zoom that has tiles; below it they are drawn larger.
    tells_address
        Whether the host is told the address of this service, as some ask for.
    """

    key: str
    name: tuple[str, str]
    urls: tuple[str, ...] = ()
    datum: str = "cgcs2000"
    attribution: str = ""
    approval_no: str = ""
    max_zoom: int = 18
    subdomains: tuple[str, ...] = ()
    tells_address: bool = False

    def origins(self) -> list[str]:
        """Return scheme and host of every address, as a content security policy names them."""
        found = []
        for url in self.urls:
            for part in self.subdomains if "{s}" in url else ("",):
                parts = urlsplit(url.replace("{s}", part))
                found.append(f"{parts.scheme}://{parts.netloc}")
        return list(dict.fromkeys(found))


OWN = BaseMap(OWN_KEY, ("本地底图", "Own map"))


def read_base_maps(
    file: Path, keys: Sequence[str], environ: Mapping[str, str]
) -> tuple[BaseMap, ...]:
    """Read the base maps that a site offers.

    Parameters
    ----------
    file
        A list such as `data/basemaps/default.toml`.
    keys
        Which of them, in the order in which they are offered; the first is shown at once.
    environ
        Holds the keys of services under the names that the list gives.

    Raises
    ------
    SettingError
        The file cannot be read, names an unknown one, or the maps have different datums.
    """
    listed = _read(file)
    for key in keys:
        if key not in listed:
            message = f"GRIDMAP_BASE_MAPS names {key!r}, which {file} lacks: use {_names(listed)}."
            raise SettingError(message)
    if not keys or len(set(keys)) < len(keys):
        message = "GRIDMAP_BASE_MAPS must name at least one base map, and none twice."
        raise SettingError(message)
    chosen = tuple(_base_map(file, key, listed[key], environ) for key in keys)
    _refuse_different_datums(chosen)
    return chosen


def _names(listed: Mapping[str, Any]) -> str:
    return ", ".join(sorted(listed))


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            listed = tomllib.load(opened)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The list of base maps {file} cannot be read: {error}."
        raise SettingError(message) from error
    return listed


def _base_map(file: Path, key: str, entry: Any, environ: Mapping[str, str]) -> BaseMap:
    _check_fields(file, key, entry)
    urls = tuple(_with_key(file, key, url, entry, environ) for url in entry.get("urls", []))
    if bool(urls) == (key == OWN_KEY):
        what = "no urls, for it is drawn from the store" if urls else "urls of its tiles"
        raise SettingError(f"The base map {key!r} of {file} needs {what}.")
    subdomains = tuple(entry.get("subdomains", []))
    for url in urls:
        _check_url(file, key, url, subdomains)
    return BaseMap(
        key=key,
        name=(entry["name_zh"], entry["name_en"]),
        urls=urls,
        datum=_datum(file, key, entry["datum"]),
        attribution=entry.get("attribution", ""),
        approval_no=entry.get("approval_no", ""),
        max_zoom=entry.get("max_zoom", 18),
        subdomains=subdomains,
        tells_address=entry.get("tells_address", False),
    )


def _check_fields(file: Path, key: str, entry: Any) -> None:
    wrong = "is no table" if not isinstance(entry, dict) else _wrong_field(entry)
    if wrong:
        raise SettingError(
            f"The base map {key!r} of {file} {wrong}: see data/basemaps/default.toml."
        )


def _wrong_field(entry: dict[str, Any]) -> str:
    """Say what is wrong with the fields of one entry; nothing if they are right."""
    texts = {name: entry.get(name, "") for name in (*_TEXTS, *_OPTIONAL)}
    lists = [entry.get("urls", []), entry.get("subdomains", [])]
    zoom = entry.get("max_zoom", 18)
    if missing := [name for name in _TEXTS if not texts[name]]:
        return f"lacks {', '.join(missing)}"
    if unknown := sorted(set(entry) - _FIELDS):
        return f"has the unknown field {unknown[0]!r}"
    if any(not isinstance(text, str) for text in texts.values()):
        return "has a field that is no text"
    if not all(isinstance(one, list) and all(isinstance(u, str) for u in one) for one in lists):
        return "has urls or subdomains that are no list of texts"
    if not isinstance(zoom, int) or not 1 <= zoom <= _HIGHEST_ZOOM:
        return f"has the max_zoom {zoom!r}, not a number from 1 to {_HIGHEST_ZOOM}"
    if not isinstance(entry.get("tells_address", False), bool):
        return "has a tells_address that is neither true nor false"
    return ""


def _with_key(
    file: Path, key: str, url: str, entry: Mapping[str, Any], environ: Mapping[str, str]
) -> str:
    """Write the key of a service into an address; it stands in the environment, never in a file."""
    if "{key}" not in url:
        return url
    variable = entry.get("key_variable", "")
    value = environ.get(variable, "") if variable else ""
    if not re.fullmatch(r"[A-Za-z0-9_.~-]+", value):
        named = f"the environment variable {variable}" if variable else "the variable key_variable"
        message = (
            f"The base map {key!r} of {file} needs a key of its service, of letters, digits "
            f"and _ . ~ -: put it into {named}."
        )
        raise SettingError(message)
    return url.replace("{key}", value)


def _check_url(file: Path, key: str, url: str, subdomains: Sequence[str]) -> None:
    places = set(re.findall(r"\{[^}]*\}", url))
    tile = {"{z}", "{x}"} <= places and len(places & {"{y}", "{-y}"}) == 1
    known = places <= _PLACES and ("{s}" in places) <= bool(subdomains)
    if not (
        tile and known and all(_is_host(url.replace("{s}", part)) for part in subdomains or [""])
    ):
        message = (
            f"The base map {key!r} of {file} has the address {url!r}: it must begin with "
            "http:// or https:// and a host, and hold {z}, {x} and {y} ({s} only with subdomains)."
        )
        raise SettingError(message)


def _is_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    named = parts.netloc.lower() == (f"{host}:{port}" if port else host)
    return parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host)) and named


def _datum(file: Path, key: str, name: str) -> str:
    if name in _DATUMS:
        return name
    from gridmap.datum import parse_datum  # slow to load, and most sites need no other name

    try:
        datum = parse_datum(name)
    except DatumError as error:
        raise SettingError(f"The base map {key!r} of {file}: {error}") from error
    if datum == "bd09":
        message = (
            f"The base map {key!r} of {file} is in BD-09, whose tiles are cut in a grid of their "
            "own: choose one in WGS 84, CGCS2000 or GCJ-02."
        )
        raise SettingError(message)
    return datum


def _refuse_different_datums(chosen: Sequence[BaseMap]) -> None:
    first = chosen[0]
    for one in chosen[1:]:
        if _ALIKE.get(one.datum, one.datum) != _ALIKE.get(first.datum, first.datum):
            message = (
                f"GRIDMAP_BASE_MAPS offers {first.key} ({first.datum}) beside {one.key} "
                f"({one.datum}): base maps of different datums cannot be switched between."
            )
            raise SettingError(message)
