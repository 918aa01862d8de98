"""What goes wrong, told in one sentence: a page for a person, JSON for a program."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from gridmap.errors import GridmapError


def init_app(app: Flask) -> None:
    """Answer every error in the same manner."""
    app.register_error_handler(GridmapError, _known)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(InternalServerError, _unknown)


def _known(error: GridmapError) -> ResponseReturnValue:
    return _answer(str(error), error.status)


def _of_http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    sentences = {
        404: gettext("There is no such page: check the address or begin at the map."),
        405: gettext("This address does not take that method."),
        413: gettext("The request is too large: send fewer questions at a time."),
    }
    return _answer(sentences.get(code, error.description or error.name), code)


def _unknown(error: InternalServerError) -> ResponseReturnValue:
    sentence = gettext("Something went wrong here; the log of the service says what.")
    return _answer(sentence, 500)


def _answer(sentence: str, code: int) -> ResponseReturnValue:
    if request.path.startswith(("/api/", "/health")):
        return jsonify(error=sentence), code
    title = HTTPStatus(code).phrase
    return render_template("error.html", sentence=sentence, code=code, title=title), code
