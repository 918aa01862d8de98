"""Nothing undocumented can merge, and nothing documented may be missing.

Commands and their options, settings, and pages are read from the program and held against the
tables of README.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from gridmap.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    """The text under a heading of README, up to the next of its rank."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert found, f"README has no section {title!r}"
    return found[1]


def commands(group: click.Group, path: str = "gridmap") -> dict[str, set[str]]:
    """Every command with its long options."""
    found = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{path} {name}")
            continue
        options = {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("--")
        }
        found[f"{path} {name}"] = options
    return found


def documented_commands() -> dict[str, set[str]]:
    found = {}
    for line in section("Commands").splitlines():
        match = re.match(r"(gridmap(?: [a-z]+)+)(?P<rest>.*?)(?:  +|$)", line)
        if match:
            found[match[1]] = set(re.findall(r"--[a-z-]+", line))
    return found


def test_commands_and_options_are_those_of_readme() -> None:
    assert documented_commands() == commands(main)


def test_settings_are_those_of_readme() -> None:
    used = {
        name
        for room in ("gridmap", "layers", "web")
        for file in (ROOT / room).rglob("*.py")
        for name in re.findall(r"GRIDMAP_[A-Z_]+[A-Z]", file.read_text("utf-8"))
    }
    assert used == set(re.findall(r"^\| `(GRIDMAP_[A-Z_]+)`", section("Settings"), re.M))


@pytest.fixture
def app(geopackage_url: str) -> Flask:
    from gridmap.storage import create_store
    from web import create_app

    store = create_store(geopackage_url)
    return create_app({"STORE": store})


def test_addresses_are_those_of_readme(app: Flask) -> None:
    served = {rule.rule for rule in app.url_map.iter_rules()}
    documented = set(re.findall(r"^\| `(/[^`]*)`", section("Pages and the open interface"), re.M))
    assert documented == served


def test_files_that_readme_names_exist() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), f"README names {name}, which is not there"
