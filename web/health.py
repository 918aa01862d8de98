"""Is the service well? For a person, a monitor or a load balancer."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

import gridmap
from gridmap.errors import StoreError
from gridmap.model import Decision, Person, Ticket, Unit
from gridmap.sight import EVERYTHING
from gridmap.storage import migrate
from web.holding import store
from web.sight import sight

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def show() -> ResponseReturnValue:
    """Answer 200 with what the store holds, or 503 with what is wrong with it."""
    held = store()
    answer = {"status": "ok", "version": gridmap.__version__, "backend": held.backend}
    try:
        with held.read() as session:
            # How many tickets there are is known to those who see all of them.
            told = (Unit, Person) + ((Ticket, Decision) if sight() == EVERYTHING else ())
            counts = {
                model.__tablename__: session.scalar(select(func.count()).select_from(model))
                for model in told
            }
        schema = migrate.current(held.engine)
        version = held.organisation_version()
    except StoreError as error:
        return jsonify({**answer, "status": "failing", "error": str(error)}), error.status
    return jsonify({**answer, "schema": schema, "organisation_version": version, "counts": counts})
