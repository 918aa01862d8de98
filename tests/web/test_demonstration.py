"""The demonstration is made whole or not at all, and says that it is invented."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from gridmap.cli import main
from gridmap.model import Alias, Decision, Duty, Person, Place, Street, Ticket, Unit
from gridmap.storage import open_store
from web import commands, create_app, demonstration

NAME = "gridmap-demo.gpkg"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The demonstration's folder and what was told while it was made."""
    folder = tmp_path_factory.mktemp("demonstration")
    told: list[str] = []
    demonstration.make(folder / NAME, told.append)
    return folder, told


@pytest.fixture
def started(monkeypatch):
    """What `demo` would serve."""
    served = []
    monkeypatch.setattr(commands, "run", lambda *arguments: served.append(arguments))
    return served


def counted(path, *models):
    store = open_store(f"geopackage:///{path}")
    with store.read() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in models]
    store.close()
    return counts


def test_all_is_there_and_told(made):
    folder, told = made
    units, people, duties, streets, tickets, decisions = counted(
        folder / NAME, Unit, Person, Duty, Street, Ticket, Decision
    )
    assert units == 1 + 4 + 20 + 150 + 3
    assert people > 500
    assert duties > 500
    assert streets > 50
    assert tickets == decisions > 3_000
    assert any("rows read" in line for line in told)
    assert any("Decided by" in line for line in told)


def test_the_ground_has_places_within_each_other_and_other_names(made):
    folder, _ = made
    store = open_store(f"geopackage:///{folder / NAME}")
    with store.read() as session:
        counts = select(Place.kind, func.count(), func.count(Place.parent_id)).group_by(Place.kind)
        assert session.execute(counts).all() == [
            ("building", 1856, 1856), ("entrance", 5487, 5487), ("estate", 176, 0), ("water", 2, 0),
        ]  # fmt: skip
        kinds = dict(session.execute(select(Place.id, Place.kind)).all())
        inside = select(Place.kind, Place.parent_id).where(Place.parent_id.is_not(None))
        assert {(kind, kinds[parent]) for kind, parent in session.execute(inside)} == {
            ("building", "estate"), ("entrance", "building"),
        }  # fmt: skip
        assert set(session.scalars(select(Place.origin).distinct())) == {"demonstration"}
        entries = session.scalars(select(Alias.entry)).all()
        assert [kinds[int(entry.removeprefix("place/"))] for entry in entries] == ["estate"] * 10
    store.close()


def test_nothing_is_left_over(made):
    folder, _ = made
    assert {path.name for path in folder.iterdir()} == {NAME, "gridmap-demo.rejected.csv"}


def test_every_unit_is_said_to_be_invented(made):
    folder, _ = made
    store = open_store(f"geopackage:///{folder / NAME}")
    with store.read() as session:
        assert set(session.scalars(select(Unit.origin).distinct())) == {"demonstration"}
    client = create_app({"STORE": store}).test_client()
    text = client.get("/").text
    store.close()
    assert "演示数据，虚构 · Demonstration data, invented" in text


def test_interrupted_start_is_done_again(tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(demonstration, "import_duties", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demonstration.make(tmp_path / NAME, print)
    assert not (tmp_path / NAME).exists()
    monkeypatch.undo()
    monkeypatch.setattr(demonstration, "import_tickets", lambda *a, **k: Report())
    demonstration.make(tmp_path / NAME, print)
    assert counted(tmp_path / NAME, Unit) == [178]
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


class Report:
    def lines(self):
        return []


def test_second_start_loses_nothing(made, started, monkeypatch):
    folder, _ = made
    monkeypatch.chdir(folder)
    before = (folder / NAME).read_bytes()
    answer = CliRunner().invoke(main, ["demo"])
    assert answer.exit_code == 0, answer.output
    assert "nothing is changed" in answer.output
    assert started == [(f"geopackage:///{NAME}", None)]
    assert (folder / NAME).read_bytes() == before


def test_first_start_makes_it_in_the_working_folder(tmp_path, started, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demonstration, "make", lambda path, tell: tell(f"made {path}"))
    answer = CliRunner().invoke(main, ["demo", "--port", "9000"])
    assert answer.exit_code == 0, answer.output
    assert f"made {NAME}" in answer.output
    assert started == [(f"geopackage:///{NAME}", 9000)]


def test_refused_file_stops_the_demonstration(tmp_path, monkeypatch):
    empty = tmp_path / "data"
    (empty / "demonstration").mkdir(parents=True)
    monkeypatch.setattr(demonstration, "data_folder", lambda: empty)
    with pytest.raises(ValueError, match="units-district"):
        demonstration.make(tmp_path / NAME, print)
    assert not Path(tmp_path / NAME).exists()
