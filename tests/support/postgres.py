"""A PostgreSQL cluster of our own, with PostGIS, for the time of a test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")
SCRIPT = Path(__file__).with_name("postgres.sh")
PLAIN = "template0"
WITH_POSTGIS = "with_postgis"


def binaries_with_postgis() -> Path:
    """Folder of the newest installed PostgreSQL that has PostGIS."""
    versions = [
        initdb.parents[1].name
        for initdb in BINARIES.glob("*/bin/initdb")
        if (EXTENSIONS / initdb.parents[1].name / "extension/postgis.control").exists()
    ]
    if not versions:
        message = (
            "PostgreSQL with PostGIS is missing: run `make test`, or install postgresql-postgis."
        )
        raise RuntimeError(message)
    return BINARIES / max(versions, key=int) / "bin"


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Cluster:
    """A running cluster; it and its folder go when `stop` is called or this process dies."""

    def __init__(self) -> None:
        binaries = binaries_with_postgis()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="gridmap-postgres-"))
        self._numbers = count(1)
        # PostgreSQL refuses to run as root.
        user = "postgres" if os.geteuid() == 0 else None
        if user is not None:
            shutil.chown(self.folder, user)
        self._keeper = subprocess.Popen(
            ["sh", "-c", SCRIPT.read_text(), "postgres", binaries, self.folder, str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            user=user,
            group=user,
            start_new_session=True,  # Ctrl-C is for the tests; the cluster ends after them
        )
        assert self._keeper.stdout is not None
        answer = self._keeper.stdout.readline()
        if answer != "ready\n":
            message = "PostgreSQL did not start:\n" + answer + self._keeper.communicate()[0]
            raise RuntimeError(message)
        self.create(WITH_POSTGIS, template=PLAIN)
        self._execute("CREATE EXTENSION postgis", database=WITH_POSTGIS)

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database of this cluster."""
        return f"postgresql+psycopg://gridmap@127.0.0.1:{self.port}/{database}"

    def create(self, name: str, *, template: str) -> None:
        """Make a database as a copy of another; copying files is the quicker way without fsync."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")

    @contextmanager
    def database(self, *, template: str = WITH_POSTGIS) -> Iterator[str]:
        """A copy of a template database, dropped afterwards; yields its address."""
        name = f"test_{next(self._numbers)}"
        self.create(name, template=template)
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the cluster and remove its folder."""
        self._keeper.communicate()

    def _execute(self, statement: str, *, database: str = "postgres") -> None:
        address = f"postgresql://gridmap@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)
