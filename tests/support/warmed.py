"""An application whose modules are all loaded.

Hypothesis walks through the loaded modules; a thread that loads numba meanwhile makes it fail.
"""

from __future__ import annotations

import threading

from flask import Flask


def warmed(app: Flask) -> Flask:
    """Let an application make its router, and wait until the thread that compiles it has ended."""
    app.extensions["gridmap_router"].newest()
    for thread in threading.enumerate():
        if thread.name.endswith("(compile)"):
            thread.join()
    return app
