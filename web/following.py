"""What of a page follows the changes of the store while it is open: all that stands beside its map.

The map hears that tickets have changed (`layers/live.py`), and asks for the same address once more
with a header. What it gets is the page without frame and map; regions with `data-live` take the
place of those of the same name, and layers whose data are part of the page are drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from layers.divisions import edition
from layers.kept import Kept
from layers.tiles.flights import Flights
from web.holding import session, store
from web.language import language
from web.packing import checked_by_content
from web.sight import sight

HEADER = "Gridmap-Part"
_LIVE = "live"


def init_app(app: Flask) -> None:
    """Let templates choose their frame, and keep parts that many ask for at once."""
    app.add_template_global(frame)
    app.extensions["gridmap_parts"] = Kept(), Flights()


def is_part() -> bool:
    """Whether only what follows changes is asked for."""
    return request.headers.get(HEADER) == _LIVE


def frame() -> str:
    """Return the template that stands around the content of a page."""
    return "part.html" if is_part() else "base.html"


def followed(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Let the page of a view be asked for as a part too.

    All open maps ask at once when something changes: a part is made once for all who see the same
    of the same state of the store.
    """

    @wraps(view)
    def answer(**arguments: Any) -> ResponseReturnValue:
        if not is_part():
            return view(**arguments)
        seen = session()
        key = (
            request.full_path,
            language(),
            sight().key,
            store().news(seen, None).cursor,
            edition(seen, datetime.now(UTC)),
        )
        kept, flights = cast(tuple[Kept, Flights], current_app.extensions["gridmap_parts"])
        body = flights.once(
            key,
            lambda: kept.get(key),
            lambda: kept.once(key, lambda: make_response(view(**arguments)).get_data()),
        )
        part: Response = checked_by_content(body, "text/html")
        part.vary.add(HEADER)
        return part

    return answer
