"""What a threshold of confidence would bring, judged on the texts that a site has confirmed."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridmap.locating.corrections import Confirmed
from gridmap.locating.found import Found
from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.matcher import Matcher
from gridmap.locating.metres import SAME_M, apart_m
from gridmap.locating.naming import names_of
from gridmap.locating.spellings import Hit, Spellings, Taken

THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Consequence:
    """What one threshold would have brought.

    Attributes
    ----------
    threshold
        Answers less sure than this wait for a person.
    automatic
        Share of the texts that would not wait.
    wrong
        Share of the texts that would not wait and go to another place than the confirmed one.
    count
        The texts.
    """

    threshold: float
    automatic: float
    wrong: float
    count: int


def consequences(
    matcher: Matcher,
    corrections: Sequence[Confirmed],
    thresholds: Sequence[float] = THRESHOLDS,
) -> list[Consequence]:
    """Judge thresholds on confirmed texts, each as if it had not been confirmed.

    An answer is wrong when its entry is not the confirmed one, or its point lies more than
    `metres.SAME_M` from the confirmed point.

    Parameters
    ----------
    matcher
        Any over the store that the corrections are of; their examples are left aside, and so is
        the other name that came with a text when that text is judged.
    corrections
        The texts with the confirmed places; an empty list makes an empty answer.
    thresholds
        Between 0 and 1.
    """
    judged = [_judge(matcher.gazetteer, one) for one in corrections]
    count = len(judged)
    if not count:
        return []
    return [
        Consequence(
            threshold,
            automatic=sum(sure >= threshold for sure, _ in judged) / count,
            wrong=sum(sure >= threshold and not right for sure, right in judged) / count,
            count=count,
        )
        for threshold in thresholds
    ]


def _judge(gazetteer: Gazetteer, one: Confirmed) -> tuple[float, bool]:
    """Tell how sure the answer to a text is, below 0 for one that always waits, and if right."""
    found = Matcher(_without(gazetteer, one)).find(one.text)
    if found.entry is None or (found.is_area and found.held_by is None):
        return -1.0, False
    return found.confidence, _is_right(found, one)


def _is_right(found: Found, one: Confirmed) -> bool:
    if one.entry is not None and (found.entry is None or found.entry.key != one.entry):
        return False
    if one.lon is None:
        return True
    if found.is_area and one.entry is not None:
        return True
    return apart_m(found.lon, found.lat, one.lon, one.lat) <= SAME_M


def _without(gazetteer: Gazetteer, one: Confirmed) -> Gazetteer:
    """Copy a gazetteer, its arrays shared, that knows nothing of one confirmation."""
    fewer = copy.copy(gazetteer)
    fewer.examples = {}
    if one.alias is not None and one.entry in gazetteer.numbers:
        number = gazetteer.numbers[one.entry]
        kind, own = gazetteer.rows.kind[number], gazetteer.rows.name[number] or ""
        given = names_of(one.alias, kind).keys() - names_of(own, kind).keys()
        fewer.spellings = _Fewer(gazetteer.spellings, given)
    return fewer


class _Fewer(Spellings):
    """Spellings without some that are not to be found."""

    def __init__(self, known: Spellings, hidden: set[str]) -> None:
        self.__dict__.update(known.__dict__)  # the same tables: nothing is built anew
        self._hidden = {known.numbers[text] for text in hidden if text in known.numbers}

    def find(self, text: str) -> list[Hit]:
        """Find the others that stand in a text."""
        return [hit for hit in super().find(text) if hit.spelling not in self._hidden]

    def find_nearly(
        self, text: str, taken: Sequence[Taken] = (), breaks: Iterable[int] = ()
    ) -> list[Hit]:
        """Find the others that stand in a text with one slip."""
        hits = super().find_nearly(text, taken, breaks)
        return [hit for hit in hits if hit.spelling not in self._hidden]
