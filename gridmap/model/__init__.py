"""The tables, by subject; one set for both stores."""

from gridmap.model.base import SRID, Base, UtcDateTime
from gridmap.model.changes import ChangeLog, LoggedChange
from gridmap.model.gazetteer import ALIAS_KINDS, Alias, Correction
from gridmap.model.organisation import (
    GENERAL_SCHEME,
    LEVEL_RANKS,
    LEVELS,
    ORIGINS,
    ROLES,
    Absence,
    Duty,
    Person,
    Revision,
    Seat,
    Unit,
)
from gridmap.model.places import Circle, Place
from gridmap.model.plans import Bay, Shed
from gridmap.model.streets import Street
from gridmap.model.tickets import Decision, Event, Import, Matter, Ticket

__all__ = [
    "ALIAS_KINDS",
    "GENERAL_SCHEME",
    "LEVELS",
    "LEVEL_RANKS",
    "ORIGINS",
    "ROLES",
    "SRID",
    "Absence",
    "Alias",
    "Base",
    "Bay",
    "ChangeLog",
    "Circle",
    "Correction",
    "Decision",
    "Duty",
    "Event",
    "Import",
    "LoggedChange",
    "Matter",
    "Person",
    "Place",
    "Revision",
    "Seat",
    "Shed",
    "Street",
    "Ticket",
    "Unit",
    "UtcDateTime",
]
