"""What a database says when it fails, in words that tell what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from gridmap.errors import StoreError

#: What the message of a database error contains, and what to tell the user. The first that fits.
_SENTENCES = (
    ("is full", "the disk is full: free some space and run the same command again"),
    ("no space left", "the disk is full: free some space and run the same command again"),
    ("disk i/o error", "the disk could not be written: check its space and health, then run again"),
    ("is locked", "another program is writing to it and did not finish in time: try again later"),
    ("readonly database", "it may not be written: check the rights on the file and its folder"),
    ("unable to open", "it cannot be opened: check that the folder exists and may be written"),
    ("not a database", "it is no GeoPackage: name another file"),
    ("malformed", "the file is damaged: restore it from a copy"),
    ("could not connect", "the server does not answer: check that it runs and the URL is right"),
    ("connection failed", "the server does not answer: check that it runs and the URL is right"),
    ("connection refused", "the server does not answer: check that it runs and the URL is right"),
    ("password authentication", "user name or password is wrong: mend the URL"),
    ("permission denied", "this user lacks a right there: ask the administrator of the database"),
)


def explain(error: DBAPIError, url: str) -> StoreError:
    """Turn a database error into one sentence with the place and the way out."""
    said = str(error.orig)
    for part, sentence in _SENTENCES:
        if part in said.lower():
            return StoreError(f"Store {url}: {sentence}.")
    first_line = said.strip().splitlines()[0] if said.strip() else type(error.orig).__name__
    return StoreError(f"Store {url}: the database refused: {first_line}")
