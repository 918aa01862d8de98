"""How templates write things: times, numbers, rules, addresses, and what is said on every page."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, request, url_for
from flask_babel import gettext

import gridmap
from gridmap.errors import StoreError
from layers.words import say
from web.counting import origins
from web.holding import session, settings
from web.language import language

_STATIC = Path(__file__).parent / "static"


def init_app(app: Flask) -> None:
    """Give templates these helpers."""
    for helper in (notices, static_url, same_page, queue_name):
        app.add_template_global(helper)
    for writer in (moment, number, rule, method):
        app.add_template_filter(writer)
    app.context_processor(lambda: {"version": gridmap.__version__})


def notices() -> list[str]:
    """Return what every page says of data that were not imported from a site's own files."""
    try:
        found = origins(session())
    except StoreError:
        return []
    # Both languages at once: a picture of the page must not lose what it shows.
    says = {
        "demonstration": "演示数据，虚构 · Demonstration data, invented",
        "derived": "推算网格，并非行政边界 · Derived grids, not administrative boundaries",
    }
    return [sentence for origin, sentence in says.items() if origin in found]


def moment(value: datetime) -> str:
    """Write a time in the zone of the site, whatever that of this computer is."""
    return f"{value.astimezone(settings().time_zone):%Y-%m-%d %H:%M}"


def number(value: int) -> str:
    """Write a whole number with separators."""
    return f"{value:,}"


def rule(key: str) -> str:
    """Name the rule of a decision."""
    return say(f"rule_{key}", language())


def method(key: str) -> str:
    """Name the way in which a ticket was located."""
    return say(f"method_{key}", language())


def queue_name(key: str | None) -> str:
    """Name a queue."""
    return say(f"queue_{key}", language()) if key else gettext("Not decided yet.")


def same_page(**changes: object) -> str:
    """Return the address of this page with some of its arguments changed."""
    arguments = {**request.args, **(request.view_args or {}), **changes}
    return url_for(str(request.endpoint), **arguments)


def static_url(name: str) -> str:
    """Return the address of a file of ours; it changes with the file's content."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
