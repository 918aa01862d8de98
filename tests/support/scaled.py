"""The demonstration district scaled: as many grids, buildings and tickets as a large district has.

Run it as `python tests/support/scaled.py STORE_URL --units 5000 --buildings 100000 --tickets
100000`. All of it is invented, lies in open sea and says `demonstration`. The same numbers make the
same rows; the year of tickets ends where today (UTC) begins, or at the moment that is given.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import text

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from support.lattice import Lattice
from support.scaled_ground import add_ground
from support.scaled_tickets import add_tickets
from support.scaled_units import COMMUNITY, SEED, add_units

from gridmap.intake.matters import import_matters
from gridmap.settings import data_folder
from gridmap.storage import Store, create_store
from web.demonstration import CATALOGUES


def fill(
    store: Store,
    *,
    units: int = 5_000,
    buildings: int = 100_000,
    tickets: int = 100_000,
    until: datetime | None = None,
) -> None:
    """Bring the scaled district into an empty store.

    Parameters
    ----------
    units, buildings, tickets
        How many grids, buildings and tickets.
    until
        When the year of tickets ends; the beginning of today (UTC) when not given.
    """
    matters = data_folder() / "catalogues"
    for name in CATALOGUES:
        import_matters(store, matters / name)
    now = until or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rng = np.random.default_rng(SEED)
    columns = COMMUNITY[0] * math.ceil(math.sqrt(2 * units) / COMMUNITY[0])
    lattice = Lattice(columns, math.ceil(units / columns), rng)
    with store.write() as session:
        grids = add_units(session, lattice, units)
        add_ground(session, grids, buildings, rng)
        add_tickets(session, grids, tickets, now, rng)
    _analyse(store)


def _analyse(store: Store) -> None:
    """Do at once what the server does by itself a minute after so many rows have come."""
    if store.backend == "postgis":
        with store.write() as session:
            session.execute(text("ANALYZE"))


def main() -> None:
    """Make the store that the command line names, and tell how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store_url")
    for name, count in (("units", 5_000), ("buildings", 100_000), ("tickets", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=count)
    options = vars(parser.parse_args())
    began = time.perf_counter()
    store = create_store(options.pop("store_url"))
    fill(store, **options)
    store.close()
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
