"""Every foreign link that folium writes into a page, replaced by a local file, in one place.

folium keeps its links in lists on its classes, and `add_js_link` edits them in place for the whole
process. Here the links of one rendered figure are read instead, and looked up in
`assets/manifest.json`: a link is replaced, left out because nothing on the page needs it, or an
error. So no page can ask another host for anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from branca.element import CssLink, Figure, JavascriptLink

from gridmap.errors import GridmapError

ASSETS = Path(__file__).parent / "assets"


class ForeignLinkError(GridmapError):
    """A map would ask another host for a file, or needs a library that is not kept here."""


@dataclass(frozen=True)
class Links:
    """Addresses of the scripts and style sheets of one page, in the order of loading."""

    scripts: list[str]
    styles: list[str]


@cache
def manifest() -> dict[str, Any]:
    """Read `assets/manifest.json`: what is kept here, its version, licence and what it replaces."""
    loaded: dict[str, Any] = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    return loaded


@cache
def asset_files() -> frozenset[str]:
    """Return the paths below `assets/` that may be served."""
    return frozenset(path for asset in manifest()["assets"] for path in asset["files"])


@cache
def fingerprint(path: str) -> str:
    """Return 10 characters that change with the file's content, for its address."""
    return sha256((ASSETS / path).read_bytes()).hexdigest()[:10]


@cache
def _replacements() -> dict[str, str]:
    return {
        link: path for asset in manifest()["assets"] for link, path in asset["replaces"].items()
    }


@cache
def _left_out() -> dict[str, str]:
    return {link: entry["name"] for entry in manifest()["left_out"] for link in entry["links"]}


def local_links(figure: Figure, asset_url: Callable[[str], str]) -> Links:
    """Return the links of a rendered figure with every foreign one replaced.

    Parameters
    ----------
    figure
        A figure whose elements have been rendered, so that its header holds their links.
    asset_url
        Gives the address under which a path below `assets/` is served.

    Raises
    ------
    ForeignLinkError
        A link has no local file.
    """
    links = Links([], [])
    for element in figure.header._children.values():
        if isinstance(element, JavascriptLink | CssLink) and element.url not in _left_out():
            target = links.scripts if isinstance(element, JavascriptLink) else links.styles
            target.append(asset_url(_local_path(element.url)))
    return links


def _local_path(url: str) -> str:
    path = _replacements().get(url, url)
    if path not in asset_files():
        message = (
            f"The map wants {url}, of which no local copy is kept: add the file and this link to "
            "layers/assets/manifest.json."
        )
        raise ForeignLinkError(message)
    return path


def refuse_missing_libraries(script: str) -> None:
    """Raise a ForeignLinkError if the code of a map uses a library that is left out."""
    for entry in manifest()["left_out"]:
        if re.search(entry["needed_for"], script):
            message = (
                f"The map's code uses {entry['name']}, which is not kept here: draw it with an "
                "element of this package, or add the library to layers/assets/manifest.json."
            )
            raise ForeignLinkError(message)
