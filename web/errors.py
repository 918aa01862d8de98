"""What goes wrong, told in one sentence: a page for a person, a problem answer for a program.

A program gets the form of RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457), in English; its
`error` is `detail` once more, for programs written before.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gridmap.errors import GridmapError

PROBLEM = "application/problem+json"
#: Addresses that programs ask; the others are pages.
_FOR_PROGRAMS = ("/api/", "/download/", "/health")


def init_app(app: Flask) -> None:
    """Answer every error in the same manner."""
    app.register_error_handler(GridmapError, _known)
    app.register_error_handler(HTTPException, _of_http)


def problem(sentence: str, status: int) -> Response:
    """Tell a program what is wrong: `type`, `title`, `status` and the sentence as `detail`."""
    answer = jsonify(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=sentence,
        error=sentence,
    )
    answer.status_code = status
    answer.mimetype = PROBLEM
    return answer


def _known(error: GridmapError) -> ResponseReturnValue:
    return _answer(str(error), error.status)


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    answer = _answer(_sentence(error, code), code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _sentence(error: HTTPException, code: int) -> str:
    if not _asked_by_program():
        return _said(error, code)
    with force_locale("en"):
        return _said(error, code)


def _said(error: HTTPException, code: int) -> str:
    sentences: dict[int, str] = {
        404: gettext("There is no such page: check the address or begin at the map."),
        405: gettext("This address does not take that method."),
        413: gettext("The request is too large: send fewer questions at a time."),
        500: gettext("Something went wrong here; the log of the service says what."),
    }
    return sentences.get(code, error.description or error.name)


def _answer(sentence: str, code: int) -> Response:
    if _asked_by_program():
        return problem(sentence, code)
    page = render_template(
        "error.html", sentence=sentence, code=code, title=HTTPStatus(code).phrase
    )
    return Response(page, code, mimetype="text/html")


def _asked_by_program() -> bool:
    return request.path.startswith(_FOR_PROGRAMS)
