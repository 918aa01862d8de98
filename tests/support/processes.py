"""Other Python processes that tests start, watch and kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def python(
    program: str, *arguments: str, before: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen]:
    """A Python process that runs a program; it is killed at the end if it still lives."""
    process = subprocess.Popen(
        [*before, sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
