"""The report on a list that comes in whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gridmap.intake import findings as report
from gridmap.intake.findings import Finding


@dataclass
class ListReport:
    """
    What an import found and did.

    Attributes
    ----------
    noun
        What the rows are, e.g. `matter`.
    new, changed, unchanged
        How many rows the store did not have, had otherwise, or had already.
    """

    path: Path
    noun: str
    rows: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether an error keeps the file out."""
        return any(finding.severity == "error" for finding in self.findings)

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = report.lines(self.findings)
        if self.refused:
            errors = sum(finding.severity == "error" for finding in self.findings)
            count = report.counted(errors, "error")
            return [*answer, f"Nothing is imported of {self.path.name}: mend {count} first."]
        counts = (
            f"{report.counted(self.rows, self.noun)}: {self.new:,} new, {self.changed:,} changed, "
            f"{self.unchanged:,} unchanged"
        )
        if not self.new and not self.changed:
            counts += "; nothing to do"
        return [*answer, f"{self.path.name}: {counts}."]
