"""The web service: a factory, and one blueprint for each job of a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from gridmap.settings import Settings
from web import (
    api,
    assets,
    display,
    district,
    downloads,
    errors,
    events,
    exceptions,
    finding,
    following,
    health,
    holding,
    json,
    language,
    layers,
    locate,
    logs,
    packing,
    searching,
    security,
    telling,
    theme,
    tickets,
    tiles,
    units,
)

__all__ = ["create_app"]

#: Bodies above this are refused before they are read: 1,000 questions take about 200 kB.
MAX_BODY_BYTES = 1_000_000

#: The addresses of our files change with their content, so a browser may keep them.
YEAR_S = 31_536_000


def create_app(test_config: Mapping[str, Any] | None = None) -> Flask:
    """Make the application.

    Parameters
    ----------
    test_config
        Settings of Flask that go before our own. `SETTINGS` is the `gridmap.settings.Settings` of
        the deployment, by default those of the environment; `STORE` is an open store to be used
        instead of the one that the settings name.

    Raises
    ------
    StoreError
        The store cannot be opened.
    """
    app = Flask(__name__)
    app.json = json.Json(app)
    app.config.from_mapping(
        SETTINGS=Settings.from_environ(),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        # Another site's page could reach a service on the loopback under a name of its own.
        TRUSTED_HOSTS=["127.0.0.1", "localhost"],
        SEND_FILE_MAX_AGE_DEFAULT=YEAR_S,
    )
    app.config.from_mapping(test_config or {})
    for module in (
        logs,
        packing,
        security,
        language,
        theme,
        errors,
        holding,
        assets,
        display,
        following,
    ):
        module.init_app(app)
    for module in (district, units, tickets, exceptions, locate, health):
        app.register_blueprint(module.blueprint)
    for module in (api, searching, finding, telling, tiles, layers, downloads, events):
        app.register_blueprint(module.blueprint)
    return app
