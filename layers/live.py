"""What changes while a map is open: heard from a stream of events, or asked for; who follows it."""

from __future__ import annotations

from collections.abc import Iterable

from layers.element import SCRIPT, Behaviour
from layers.words import Language, glossary

LIVE_SCRIPT = ("gridmap_live", "gridmap/live.js")
FOLLOWING_SCRIPT = ("gridmap_following", "gridmap/following.js")

_WORDS = ("live_stream", "live_again", "live_poll")


class Live(Behaviour):
    """Fires `gm-changes` on the map with what has changed, and shows whether it hears.

    Parameters
    ----------
    events_url
        Address of the stream of events; where it answers none the map asks `changes_url`.
    changes_url
        Address of the changes since a cursor.
    since
        Cursor of what the page shows.
    language
        Language of the sign.
    """

    kind = "live"

    def __init__(
        self, *, events_url: str, changes_url: str, since: str, language: Language
    ) -> None:
        super().__init__(
            {
                "events": events_url,
                "changes": changes_url,
                "since": since,
                "words": glossary(_WORDS, language),
            }
        )
        self.default_js = [SCRIPT, LIVE_SCRIPT]


class Following(Behaviour):
    """Lets what stands beside the map follow changes: regions of the page with `data-live`.

    Parameters
    ----------
    tables
        Those whose changes are followed.
    every_s
        The page is asked for no more often; when first something changes, within a fifth of it.
    """

    kind = "following"

    def __init__(self, tables: Iterable[str], *, every_s: float) -> None:
        super().__init__({"tables": list(tables), "every_ms": round(every_s * 1000)})
        self.default_js = [SCRIPT, FOLLOWING_SCRIPT]
