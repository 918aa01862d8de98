"""What the application holds: the open store, a session a request, the newest router, tiles."""

from __future__ import annotations

import threading
import time
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from gridmap.routing import Router
from gridmap.settings import Settings
from gridmap.storage import Store, open_store
from layers.tiles.engine import Tiles

#: How long a change by another process may stay unseen; asking the store at every question would
#: cost more than the answer.
FRESH_S = 1.0


class RouterKeeper:
    """Keeps one router and builds it anew when units, people, duties or places have changed."""

    def __init__(self, kept: Store, settings: Settings) -> None:
        self._store = kept
        self._settings = settings
        self._lock = threading.Lock()
        self._router: Router | None = None
        self._version = -1
        self._looked_s = 0.0

    def newest(self) -> Router:
        """Return a router that was true at most a second ago."""
        router = self._router
        if router is not None and time.monotonic() - self._looked_s < FRESH_S:
            return router
        with self._lock:
            version = self._store.gazetteer_version()
            if self._router is None or self._version != version:
                self._router = Router.from_store(self._store, self._settings.rules_file)
                self._version = version
                # It answers at once; single answers are quicker when this has been done.
                threading.Thread(target=self._router.compile, daemon=True).start()
            self._looked_s = time.monotonic()
            return self._router

    def look(self) -> None:
        """Let the next question see what has just been changed here."""
        with self._lock:  # after whoever is looking already, and may not have seen it
            self._looked_s = -FRESH_S


def init_app(app: Flask) -> None:
    """Open the store and give every request a session of its own."""
    settings: Settings = app.config["SETTINGS"]
    held = app.config.get("STORE") or open_store(settings.database_url)
    app.extensions["gridmap_store"] = held
    app.extensions["gridmap_router"] = RouterKeeper(held, settings)
    app.extensions["gridmap_tiles"] = Tiles(held)
    app.teardown_appcontext(_close)


def store() -> Store:
    """Return the open store."""
    return cast(Store, current_app.extensions["gridmap_store"])


def router() -> Router:
    """Return the newest router."""
    return cast(RouterKeeper, current_app.extensions["gridmap_router"]).newest()


def tiles() -> Tiles:
    """Return the tiles of the store, with what is kept of them."""
    return cast(Tiles, current_app.extensions["gridmap_tiles"])


def changed() -> None:
    """Say that this process has changed the store: answers are by what it holds now."""
    cast(RouterKeeper, current_app.extensions["gridmap_router"]).look()


def settings() -> Settings:
    """Return the settings of the deployment."""
    return cast(Settings, current_app.config["SETTINGS"])


def session() -> Session:
    """Return the session of this request; what it reads does not change until the answer."""
    if "session" not in g:
        g.reading = store().read()
        g.session = g.reading.__enter__()
    return cast(Session, g.session)


def _close(error: BaseException | None) -> None:
    reading = g.pop("reading", None)
    g.pop("session", None)
    if reading is not None:
        reading.__exit__(None, None, None)
