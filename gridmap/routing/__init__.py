"""From a point to a decision: whose ground it is, who answers, and why."""

from gridmap.routing.decision import Decision, Decisions
from gridmap.routing.router import Answer, Router

__all__ = ["Answer", "Decision", "Decisions", "Router"]
