"""The language of a page: asked for, remembered, or the browser's; Chinese when nothing is said."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, g, has_request_context, request, url_for
from flask_babel import Babel
from jinja2 import pass_context
from jinja2.runtime import Context

from layers.words import Language, say

LANGUAGES: tuple[Language, ...] = ("zh", "en")
COOKIE = "gridmap_lang"
_YEAR_S = 31_536_000


def init_app(app: Flask) -> None:
    """Choose the language of every request and let templates speak it."""
    Babel(app, default_locale="zh", locale_selector=language)
    app.after_request(_remember)
    app.add_template_global(language)
    app.add_template_global(other_language_url)
    app.add_template_filter(term)


def language() -> Language:
    """Return the language of the current request."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        wanted = request.args.get("lang") or request.cookies.get(COOKIE)
        if wanted not in LANGUAGES:
            wanted = request.accept_languages.best_match(LANGUAGES, "zh")
        g.language = wanted
    return cast(Language, g.language)


@pass_context
def term(_context: Context, key: str) -> str:
    """Return a term of the field, such as a level or a status, in the page's language.

    It takes the context so that Jinja does not keep the answer of the first page for all others.
    """
    return say(key, language())


def other_language_url() -> str:
    """Return the address of this page in the other language."""
    other = "en" if language() == "zh" else "zh"
    if request.endpoint is None:
        return url_for("district.show", lang=other)
    arguments = {**request.args, **(request.view_args or {}), "lang": other}
    return url_for(request.endpoint, **arguments)


def _remember(response: Response) -> Response:
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, request.args["lang"], max_age=_YEAR_S, samesite="Lax")
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
