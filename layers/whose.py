"""The question "whose is this place?": a click on the map, or Enter at its centre."""

from __future__ import annotations

from gridmap.model import ROLES
from layers.element import ASKING_SCRIPT, SCRIPT, WHOSE_SCRIPT, Behaviour
from layers.words import Language, glossary

_WORDS = (
    "asking",
    "away",
    "worker",
    "nobody",
    "alternatives",
    "boundary_m",
    "to_unit",
    "flagged",
    "emergency",
    "queue",
    "department",
    "open",
)


class Whose(Behaviour):
    """Asks the service for the decision of a place and shows it with its reason.

    Parameters
    ----------
    route_url
        Address of the question; `lon`, `lat` and `datum` are added to it.
    unit_url
        Address of a unit's page with `CODE` where its code belongs.
    language
        Language of the reason that is shown.
    """

    kind = "whose"

    def __init__(self, *, route_url: str, unit_url: str, language: Language) -> None:
        super().__init__(
            {
                "route": route_url,
                "unit": unit_url,
                "language": language,
                "words": glossary(_WORDS, language),
                "roles": glossary(tuple(ROLES), language),
            }
        )
        self.default_js = [SCRIPT, ASKING_SCRIPT, WHOSE_SCRIPT]
