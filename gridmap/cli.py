"""The command line. Errors are one sentence on standard error and exit status 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridmap import __version__
from gridmap.errors import GridmapError
from gridmap.progress import progress
from gridmap.settings import Settings

if TYPE_CHECKING:
    from gridmap.routing import Router
    from gridmap.storage import Store

# Commands import what they need when they run: `gridmap --help` answers at once.

FILE = click.Path(path_type=Path)


class Commands(click.Group):
    """A group whose user errors are one sentence, and which other rooms' commands join."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a user can mend is told in one sentence."""
        try:
            return super().invoke(ctx)
        except GridmapError as error:
            message = " ".join(str(error).split())
            raise click.ClickException(message) from error

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Find a command here or among those that joined through the entry point."""
        found = super().get_command(ctx, name)
        if found is None:
            joined = entry_points(group="gridmap.commands", name=name)
            return next((point.load() for point in joined), None)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        joined = entry_points(group="gridmap.commands").names
        return sorted({*super().list_commands(ctx), *joined})


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    metavar="URL",
    help="Where the store is: geopackage:///FILE.gpkg, FILE.gpkg or postgresql://…"
    "  [default: GRIDMAP_DATABASE_URL, else gridmap.gpkg here]",
)
@click.version_option(__version__, prog_name="gridmap")
@click.pass_context
def main(ctx: click.Context, database: str | None) -> None:
    """Know whose ground every place is."""
    ctx.obj = database or Settings.from_environ().database_url


@main.command()
@click.pass_obj
def init(database: str) -> None:
    """Make the store, or bring it up to date; nothing stored is lost."""
    from gridmap.storage import create_store

    store = create_store(database)
    click.echo(f"The store {store.url} is ready.")
    store.close()


@main.group(name="import")
def import_() -> None:
    """Bring in units, duties, matters, places or tickets from files."""


@import_.command()
@click.argument("file", type=FILE)
@click.option("--level", required=True, help="district, street, community, grid, … or auto.")
@click.option("--code", required=True, metavar="FIELD", help="The field with the unit's code.")
@click.option("--name", metavar="FIELD", help="The field with its name.")
@click.option("--parent", metavar="FIELD", help="The field with the code of the unit above.")
@click.option("--scheme", default="general", show_default=True, help="Their division.")
@click.option("--datum", help="wgs84, cgcs2000, gcj02 or bd09; needed when the file is silent.")
@click.option("--layer", metavar="NAME", help="The layer, where a file holds several.")
@click.option("--valid-from", metavar="DATE", help="Since when they are so, if not always or now.")
@click.option("--dry-run", is_flag=True, help="Check and report; change nothing.")
@click.pass_obj
def units(
    database: str, /, file: Path, *, valid_from: str | None, dry_run: bool, **options: Any
) -> None:
    """Bring in units from GeoPackage, Shapefile, GeoJSON, FileGDB, KML, CSV or XLSX."""
    from gridmap.intake.moments import parse_moment
    from gridmap.intake.units import import_units

    since = None if valid_from is None else parse_moment(valid_from)
    with opened(database) as store:
        _tell(import_units(store, file, valid_from=since, dry_run=dry_run, **options))


@import_.command()
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check and report; change nothing.")
@click.pass_obj
def duties(database: str, file: Path, *, dry_run: bool) -> None:
    """Bring in people and their duties from CSV or XLSX."""
    from gridmap.intake.duties import import_duties

    with opened(database) as store:
        _tell(import_duties(store, file, dry_run=dry_run))


@import_.command()
@click.argument("file", type=FILE)
@click.pass_obj
def matters(database: str, file: Path) -> None:
    """Bring in a catalogue of matters from CSV."""
    from gridmap.intake.matters import import_matters

    with opened(database) as store:
        _tell(import_matters(store, file))


@import_.command()
@click.argument("file", type=FILE)
@click.pass_obj
def osm(database: str, file: Path) -> None:
    """Bring in streets, buildings, services and parking from an OpenStreetMap file."""
    from gridmap.intake.osm import import_osm

    with opened(database) as store, progress("places and streets") as tick:
        _tell(import_osm(store, file, tick))


@import_.command()
@click.argument("file", type=FILE)
@click.option(
    "--kind", help="estate, building, entrance, address, service, …, for rows that do not say."
)
@click.option("--datum", help="wgs84, cgcs2000, gcj02 or bd09; needed when the file is silent.")
@click.option("--layer", metavar="NAME", help="The layer, where a file holds several.")
@click.option("--dry-run", is_flag=True, help="Check and report; change nothing.")
@click.pass_obj
def places(database: str, /, file: Path, *, dry_run: bool, **options: Any) -> None:
    """Bring in estates, buildings, entrances or addresses from CSV, XLSX or a layer."""
    from gridmap.intake.places import import_places

    with opened(database) as store:
        _tell(import_places(store, file, dry_run=dry_run, **options))


@import_.command()
@click.argument("file", type=FILE)
@click.pass_obj
def aliases(database: str, file: Path) -> None:
    """Bring in old names, nicknames and short names of places from CSV or XLSX."""
    from gridmap.intake.places import import_aliases

    with opened(database) as store:
        _tell(import_aliases(store, file))


@import_.command()
@click.argument("file", type=FILE)
@click.option("--profile", required=True, metavar="PROFILE.toml", help="How its columns are read.")
@click.pass_obj
def tickets(database: str, file: Path, profile: str) -> None:
    """Bring in tickets from CSV or XLSX, locate and route them, and keep the decisions."""
    from gridmap.intake.tickets import import_tickets
    from gridmap.intake.tickets.profile import Profile

    how = Profile.load(profile)
    with opened(database) as store, progress("tickets") as tick:
        _tell(import_tickets(store, file, how, router=_router(store), progress=tick))


@main.command()
@click.argument("file", type=FILE)
@click.option("--profile", required=True, metavar="PROFILE.toml", help="How its columns are read.")
@click.option(
    "--output",
    required=True,
    type=FILE,
    metavar="OUT.csv",
    help="Where answers go; a file that is there is replaced.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="A dask.distributed scheduler to use instead.")
@click.pass_obj
def route(
    database: str,
    file: Path,
    profile: str,
    output: Path,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Write for every ticket of a file whose it is; nothing is stored."""
    from gridmap.intake.tickets.profile import Profile, find_profile
    from gridmap.intake.tickets.rows import read_tickets
    from gridmap.routing.bulk import require_apart, route_shards

    if workers and scheduler:
        message = "--workers and --scheduler exclude each other: name one of them."
        raise click.UsageError(message)
    how = Profile.load(profile)
    rules_file = Settings.from_environ().rules_file
    with opened(database) as store:
        require_apart(
            output, (file, find_profile(profile), rules_file, *filter(None, (store.file,)))
        )
        router = _router(store)
    with progress("tickets") as tick:
        shards = read_tickets(file, how)
        report = route_shards(
            router, shards, output, workers=workers, scheduler=scheduler, progress=tick
        )
    _tell(report)


@main.command()
@click.argument("text", required=False)
@click.option("--matter", metavar="NAME", help="What it is about: it may tell which shop is meant.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, one line.")
@click.option("--confirm", metavar="KEY", help="Keep that TEXT means the candidate of this key.")
@click.option("--alias", metavar="NAME", help="With --confirm: another name of that place.")
@click.option("--by", metavar="NAME", help="Who confirms or takes back.")
@click.option("--confirmed", is_flag=True, help="List what has been confirmed.")
@click.option("--withdraw", type=int, metavar="ID", help="Take a confirmation back.")
@click.option("--thresholds", is_flag=True, help="What each threshold would have brought here.")
@click.pass_obj
def locate(
    database: str,
    /,
    text: str | None,
    *,
    confirmed: bool,
    withdraw: int | None,
    thresholds: bool,
    **options: Any,
) -> None:
    """Tell where a text says that it is, how sure that is, and what else it may be."""
    from gridmap.locating import desk

    wanted = (text is not None, confirmed, withdraw is not None, thresholds)
    if sum(wanted) != 1:
        message = "Give one of TEXT, --confirmed, --withdraw and --thresholds."
        raise click.UsageError(message)
    with opened(database) as store:
        if text is not None:
            lines = desk.locate(store, text, **options)
        elif withdraw is not None:
            lines = desk.take_back(store, withdraw, by=options["by"])
        else:
            lines = desk.confirmations(store) if confirmed else desk.thresholds(store)
    for line in lines:
        click.echo(line)


@contextmanager
def opened(database: str) -> Iterator[Store]:
    """Open a store for one command."""
    from gridmap.storage import open_store

    store = open_store(database)
    try:
        yield store
    finally:
        store.close()


def _router(store: Store) -> Router:
    from gridmap.routing import Router

    return Router.from_store(store)


def _tell(report: Any) -> None:
    """Print a report; a file that was refused as a whole ends the command with status 1."""
    for line in report.lines():
        click.echo(line)
    if getattr(report, "refused", False):
        raise SystemExit(1)
