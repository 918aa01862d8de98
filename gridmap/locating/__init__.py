"""From what a ticket says of its place to a point or a unit, with method and confidence."""

from gridmap.locating.answer import CONFIDENCE, REASONS, Located, unusable_line
from gridmap.locating.locator import locate
from gridmap.locating.names import Names

__all__ = ["CONFIDENCE", "REASONS", "Located", "Names", "locate", "unusable_line"]
