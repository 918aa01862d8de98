"""A kind of exception as somebody asks for it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from gridmap.errors import InputError
from gridmap.routing.kinds import KINDS, kind_column

__all__ = ["KINDS", "is_kind", "kind_column"]


def is_kind(kind: str) -> ColumnElement[bool]:
    """Return the condition for one kind, or for any of them.

    Raises
    ------
    InputError
        There is no such kind.
    """
    if kind == "any":
        return or_(*KINDS.values())
    if kind not in KINDS:
        message = f"{kind!r} is no kind of exception: use any, {', '.join(KINDS)}."
        raise InputError(message)
    return kind_column == kind
