"""The measured comparisons run, in a small size; what they say is for a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.mark.parametrize("part", ["a", "b", "c", "d"])
def test_every_comparison_runs(part: str) -> None:
    done = subprocess.run(
        [sys.executable, str(RUN), part, "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(f"| ({part})")]
    assert len(rows) >= 1
    assert all(line.count("|") == 5 for line in rows)
