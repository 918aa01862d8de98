"""Light or dark: asked for, remembered, or as the browser has it."""

from __future__ import annotations

from flask import Flask, Response, g, has_request_context, request

from web.display import same_page

THEMES = ("auto", "light", "dark")
COOKIE = "gridmap_theme"
_YEAR_S = 31_536_000


def init_app(app: Flask) -> None:
    """Let templates know the theme, and remember it."""
    app.after_request(_remember)
    app.add_template_global(theme)
    app.add_template_global(next_theme)
    app.add_template_global(theme_url)


def theme() -> str:
    """Return the theme of the current request; `auto` leaves it to the browser."""
    if not has_request_context():
        return THEMES[0]
    if "theme" not in g:
        wanted = request.args.get("theme") or request.cookies.get(COOKIE)
        g.theme = wanted if wanted in THEMES else THEMES[0]
    return str(g.theme)


def next_theme() -> str:
    """Return the theme that the switch offers."""
    return THEMES[(THEMES.index(theme()) + 1) % len(THEMES)]


def theme_url() -> str:
    """Return the address of this page in the next theme, for browsers without scripts."""
    return "" if request.endpoint is None else same_page(theme=next_theme())


def _remember(response: Response) -> Response:
    if request.args.get("theme") in THEMES:
        response.set_cookie(COOKIE, request.args["theme"], max_age=_YEAR_S, samesite="Lax")
    return response
