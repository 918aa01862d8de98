"""What `pip install .` brings: every file of the rooms, the command and its entry points."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
ROOMS = ("gridmap", "layers", "web", "data")
METADATA = ("setup.cfg", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.gpkg*", ".ipynb_checkpoints")


def pip(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what a checkout holds, so that building leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=NOT_SHIPPED)
    for name in METADATA:
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    shipped = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(source))
    return next(folder.glob("gridmap-*.whl")), shipped


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-index", "--target", str(folder), str(wheel[0]))
    return folder


def run_installed(installed, folder, *arguments):
    """Run Python outside the checkout with the installed copy first on the path."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


def test_wheel_holds_every_file(wheel):
    archive, shipped = wheel
    expected = {
        f"gridmap/{path.as_posix()}" if path.parts[0] == "data" else path.as_posix()
        for path in shipped
        if path.parts[0] in ROOMS
    }
    with zipfile.ZipFile(archive) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    assert held == expected, "name every folder with Python files under packages in setup.cfg"


def test_installed_copy_finds_its_data(installed, tmp_path):
    program = "from gridmap.settings import data_folder; print(data_folder())"
    answer = run_installed(installed, tmp_path, "-c", program)
    assert answer.returncode == 0, answer.stderr
    assert Path(answer.stdout.strip()) == installed / "gridmap/data"


def test_installed_command_shows_its_help(installed, tmp_path):
    answer = run_installed(installed, tmp_path, str(installed / "bin/gridmap"), "--help")
    assert answer.returncode == 0, answer.stderr
    assert {"init", "import", "route", "demo", "serve"} <= set(answer.stdout.split())


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("console_scripts", "gridmap"),
        ("gridmap.commands", "serve"),
        ("gridmap.commands", "demo"),
        ("sqlalchemy.dialects", "geopackage"),
    ],
)
def test_entry_point_loads(group, name):
    entry_point = next(iter(entry_points(group=group, name=name)), None)
    assert entry_point is not None, f"{group} names no {name}"
    assert callable(entry_point.load())


def declared(*, extras):
    """What setup.cfg asks for; of the extras, those that the tests need."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [config["options"]["install_requires"]]
    if extras:
        lists += [text for key, text in config["options.extras_require"].items() if key != "bench"]
    return [Requirement(line) for text in lists for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", False), ("requirements-test.lock", True)]
)
def test_lock_answers_setup_cfg(lock, extras):
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.MULTILINE):
        pinned.setdefault(name, []).append(version)
    unanswered = [
        str(requirement)
        for requirement in declared(extras=extras)
        if not any(map(requirement.specifier.contains, pinned.get(requirement.name.lower(), [])))
    ]
    assert not unanswered, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_names_no_host_and_no_folder(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"://|^-|@ ", text, re.MULTILINE)
