"""What a dispatcher does about places on the command line: ask, confirm, take back, weigh."""

from __future__ import annotations

import json

from gridmap.errors import InputError, NotFoundError
from gridmap.locating import corrections
from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.matcher import Matcher
from gridmap.locating.telling import confirmed_lines, found_lines, threshold_lines
from gridmap.locating.threshold import THRESHOLDS, consequences
from gridmap.settings import Settings
from gridmap.storage import Store


def locate(
    store: Store,
    text: str,
    *,
    matter: str | None = None,
    as_json: bool = False,
    confirm: str | None = None,
    by: str | None = None,
    alias: str | None = None,
) -> list[str]:
    """Locate a text, or keep that it means the entry of a key; answer with lines.

    Raises
    ------
    InputError
        When what is to be confirmed is not complete.
    NotFoundError
        When there is no entry of that key.
    """
    if confirm is not None:
        return _confirm(store, text, confirm, by=by, alias=alias, matter=matter)
    if by is not None or alias is not None:
        message = "--by and --alias go with --confirm KEY: name the place that the text means."
        raise InputError(message)
    found = Matcher(Gazetteer.from_store(store)).find(text, matter=matter)
    return [json.dumps(found.as_dict(), ensure_ascii=False)] if as_json else found_lines(found)


def _confirm(
    store: Store, text: str, key: str, *, by: str | None, alias: str | None, matter: str | None
) -> list[str]:
    gazetteer = Gazetteer.from_store(store)
    if key not in gazetteer.numbers:
        message = f"{key} is no key of the gazetteer: take one that `gridmap locate TEXT` shows."
        raise NotFoundError(message)
    entry = gazetteer.entry(gazetteer.numbers[key])
    corrections.require_own_name(gazetteer, alias, entry)
    before = Matcher(gazetteer).find(text, matter=matter)
    number = corrections.confirm(
        store, text=text, by=by or "", entry=entry, before=before, alias=alias
    )
    return [f"Confirmed as {number}: these words mean {entry.label} from now on."]


def take_back(store: Store, number: int, *, by: str | None) -> list[str]:
    """Take a confirmation back; errors as `corrections.withdraw`."""
    corrections.withdraw(store, number, by=by or "")
    return [f"Confirmation {number} is taken back."]


def confirmations(store: Store) -> list[str]:
    """List what has been confirmed."""
    return confirmed_lines(corrections.confirmed(store), Settings.from_environ().time_zone)


def thresholds(store: Store) -> list[str]:
    """Tell what each threshold, and the present one, would have brought on confirmed texts."""
    setting = Settings.from_environ().locating_threshold
    matcher = Matcher(Gazetteer.from_store(store))
    judged = consequences(matcher, corrections.confirmed(store), sorted({*THRESHOLDS, setting}))
    return threshold_lines(judged, setting)
