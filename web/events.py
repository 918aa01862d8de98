"""What an open map hears of changes: a stream of events where the server has one, else by asking.

`/api/events` is asked through Flask like everything else, which knows who asks and what they may
see. Under `web.asgi` a request carries a `Wanted`, which the view fills; the stream itself then is
the event loop's (`web/serving.py`). Under another server there is no stream: 204, and maps poll.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from gridmap.sight import Sight
from gridmap.storage.changes import Cursor
from layers.divisions import seen_units
from layers.element import Behaviour
from layers.live import Following, Live
from web import asked
from web.changes import everything, polled, told
from web.holding import session, store
from web.language import language
from web.packing import checked_by_content
from web.sight import sight

blueprint = Blueprint("events", __name__, url_prefix="/api")

#: Where a request under `web.asgi` carries what it wants.
KEY = "gridmap.stream"
#: On PostGIS a cursor names the transactions that were under way.
_LONGEST_CURSOR = 4_000


@dataclass
class Wanted:
    """A stream that is asked for.

    Attributes
    ----------
    is_refused
        Set before: there are as many streams as there may be.
    sight
        Set by the view when the stream is granted: what may be told.
    since
        Where a broken stream goes on; None for a new one.
    """

    is_refused: bool
    sight: Sight | None = None
    since: Cursor | None = None


@blueprint.get("/events")
def events() -> ResponseReturnValue:
    """Grant a stream of events to a server that can send it; answer 204 without one."""
    since = _since()
    wanted: Wanted | None = request.environ.get(KEY)
    if wanted is None:
        return "", 204
    if wanted.is_refused:
        abort(503, "There are too many open maps: ask /api/changes from time to time.")
    wanted.since = request.headers.get("Last-Event-ID") or since
    wanted.sight = sight()
    answer = Response(mimetype="text/event-stream")
    answer.cache_control.no_store = True
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would wait for more
    return answer


@blueprint.get("/changes")
def changes() -> Response:
    """Answer what has changed since a cursor, and the cursor of now."""
    since = _since()
    news = store().news(session(), since)
    tables = everything()
    if news.complete:
        seen = seen_units(session(), sight(), datetime.now(UTC)) if news.changes else None
        tables = told(news.changes, seen)
    # With nothing new the answer stays the same, so that it need not be sent again.
    cursor = since if news.complete and not news.changes and since else news.cursor
    body = polled(cursor, tables, reset=not news.complete)
    return checked_by_content(body, "application/json")


def _since() -> Cursor | None:
    return asked.texts(known=("since",), longest=_LONGEST_CURSOR).get("since")


#: How often what stands beside a map is asked for while one change follows another.
ONE_EVERY_S, ALL_EVERY_S = 1.0, 5.0


def live(*following: str) -> list[Behaviour]:
    """Make the part of a map that hears of changes, of all after those that this request sees.

    Parameters
    ----------
    following
        Tables whose changes concern what stands beside the map too.
    """
    hearing = Live(
        events_url=url_for("events.events"),
        changes_url=url_for("events.changes"),
        since=store().news(session(), None).cursor,
        language=language(),
    )
    # A page of one thing has few readers; that of the district is open on every desk.
    every_s = ONE_EVERY_S if request.view_args else ALL_EVERY_S
    return [Following(following, every_s=every_s), hearing] if following else [hearing]
