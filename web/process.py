"""What a process needs that serves streams beside threads."""

from __future__ import annotations

import sys

#: Every read and write of the event loop waits for the interpreter until a thread that computes
#: gives it up: by default 5 ms, a second for 200 streams.
SWITCH_S = 0.0005
#: Each open map takes a file; systems give a process 256 or 1,024 unless it asks.
FILES = 4_096


def prepare() -> None:
    """Let the event loop have its turn soon, and open enough files."""
    sys.setswitchinterval(SWITCH_S)
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
