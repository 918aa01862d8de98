"""What keeps a page to this machine, and its forms to its pages.

Headers let nothing be loaded from elsewhere and nothing frame it. A form that changes something
carries the token of a cookie that other sites can neither read nor set.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest

from flask import Flask, Response, abort, g, request
from flask_babel import gettext

from web.holding import settings

COOKIE = "gridmap_form"
_TOKEN_BYTES, _TOKEN_SIGNS = 24, 32

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:{images}; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Send the headers with every answer, and give templates the page's nonce."""
    app.before_request(_refuse_nul)
    app.add_template_global(nonce)
    app.add_template_global(form_token)
    app.after_request(_harden)


def nonce() -> str:
    """Return the number, used once, that marks the scripts of this page as ours."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def form_token() -> str:
    """Return the token that every form of this browser carries."""
    if "form_token" not in g:
        known = request.cookies.get(COOKIE, "")
        g.form_token = known if len(known) == _TOKEN_SIGNS else secrets.token_urlsafe(_TOKEN_BYTES)
    return str(g.form_token)


def require_own_form() -> None:
    """Refuse, with status 403, what was not sent by a form of one of our pages.

    The browser says which site's page sent it (`Origin` is "null" under our referrer policy); one
    that does not say is held to the token alone.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "null")
    own = site == "same-origin" and origin in ("null", request.host_url.rstrip("/"))
    sent, known = request.form.get("token", ""), request.cookies.get(COOKIE, "")
    if not own or len(known) != _TOKEN_SIGNS or not compare_digest(sent.encode(), known.encode()):
        abort(403, gettext("This form is not of a page of ours, or is too old: open it again."))


def _refuse_nul() -> None:
    """Refuse the one sign that PostgreSQL keeps in no text, wherever it is sent."""
    sent = (request.path, *request.args, *request.args.values(), *request.form.values())
    if any("\0" in text for text in sent):
        abort(400, "The address holds signs that no text has (NUL): leave them out.")


def _base_map_hosts() -> str:
    """Return the hosts whose tiles a map of this site may show: those of its base maps only."""
    return "".join(f" {origin}" for one in settings().base_maps for origin in one.origins())


def _harden(response: Response) -> Response:
    response.headers.extend(_HEADERS)
    if "form_token" in g and g.form_token != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, g.form_token, httponly=True, samesite="Strict")
    if response.mimetype == "text/html":
        policy = _POLICY.format(nonce=nonce(), images=_base_map_hosts())
        response.headers["Content-Security-Policy"] = policy
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
