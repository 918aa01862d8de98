"""From what a ticket says of its place to a point or a unit, with method and confidence."""

from gridmap.locating.answer import KINDS, METHODS, REASONS, Located, unusable_line
from gridmap.locating.found import Found, Suggested
from gridmap.locating.gazetteer import Entry, Gazetteer
from gridmap.locating.locator import Locator
from gridmap.locating.matcher import Matcher
from gridmap.locating.rows import Rows

__all__ = [
    "KINDS",
    "METHODS",
    "REASONS",
    "Entry",
    "Found",
    "Gazetteer",
    "Located",
    "Locator",
    "Matcher",
    "Rows",
    "Suggested",
    "unusable_line",
]
