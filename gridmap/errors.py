"""What a user may be told: each error is one sentence and knows its HTTP status."""

from __future__ import annotations


class GridmapError(Exception):
    """Something a user can understand and mend; the message says what, where and what to do."""

    status = 500


class InputError(GridmapError, ValueError):
    """A file, a row, an argument or a request that cannot be used as it is."""

    status = 400


class DatumError(InputError):
    """A datum that is unknown, missing, or does not fit the coordinates."""


class SettingError(GridmapError):
    """A setting, a profile or a rules file that is wrong or incomplete."""


class StoreError(GridmapError):
    """The store cannot be opened, read or written."""

    status = 503


class BusyError(GridmapError):
    """Too much is being done at once; the same may be asked again soon."""

    status = 503


class NotFoundError(GridmapError, LookupError):
    """What was asked for does not exist."""

    status = 404
