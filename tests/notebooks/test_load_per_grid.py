"""What the notebook on loads and exceptions shows, beside what the demonstration's maker knows."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Page
from support.notebooks import execute, picture, printed, shown, table

from gridmap.settings import data_folder

PATH = Path(__file__).parents[2] / "notebooks/load_per_grid.ipynb"
DISTRICT = data_folder() / "demonstration"
PICTURES = ("map", "plot-load", "plot-days")
NOT_KEPT = ("bad_time", "no_number", "number_reused", "repeated")
SPECIALIST = ("公交服务", "消费维权", "社会保障咨询")
OPEN = ("待派单", "办理中", "待核查", "已退回")
RULES = {
    "A unit by its words": (
        *("address_community", "address_street", "address_district"),
        *("zero", "swapped", "outside", "bad_coordinate"),
    ),
    "Boundary tolerance": ("on_boundary", "near_boundary"),
    "Nearest unit": ("gap_near",),
    "Backstop by the unit above": ("gap_far",),
}
ON_THE_MAP = ("Boundary tolerance", "Nearest unit", "Backstop by the unit above")
NOWHERE = ("address_ambiguous", "address_unnamed", "address_vague")
Row = dict[str, str]
Cells = dict[str, nbformat.NotebookNode]


def read(name: str) -> list[Row]:
    with (DISTRICT / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def properties(name: str) -> list[dict[str, Any]]:
    content = json.loads((DISTRICT / name).read_text(encoding="utf-8"))
    return [feature["properties"] for feature in content["features"]]


@pytest.fixture(scope="module")
def cells(executed: Callable[[Path], tuple[nbformat.NotebookNode, Path]]) -> Cells:
    """The cells after a run, by name."""
    notebook, _ = executed(PATH)
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def kept() -> list[Row]:
    """Every ticket that the store should have, with what is true of it."""
    pairs = zip(read("tickets.csv"), read("expected.csv"), strict=True)
    return [ticket | truth for ticket, truth in pairs if truth["case"] not in NOT_KEPT]


@pytest.fixture(scope="module")
def load(kept: list[Row]) -> dict[str, list[int]]:
    """Tickets, open tickets and households of each grid."""
    grids = {unit["code"]: [0, 0, 0] for unit in properties("units-grid.geojson")}
    for row in kept:
        if row["unit_code"] in grids and row["问题分类"] not in SPECIALIST:
            grids[row["unit_code"]][0] += 1
            grids[row["unit_code"]][1] += row["工单状态"] in OPEN
    for building in properties("buildings.geojson"):
        grids[building["parent"]][2] += building["households"]
    return grids


def counted(rows: list[Row]) -> list[int]:
    return [len(rows), sum(row["工单状态"] in OPEN for row in rows)]


def test_every_ticket_went_somewhere(cells: Cells, kept: list[Row]) -> None:
    summary = {row[0]: [int(count) for count in row[1:]] for row in table(cells["summary"])}
    total = summary.pop("all 合计")
    assert total == counted(kept)
    assert np.sum(list(summary.values()), axis=0).tolist() == total
    nowhere = [row for row in kept if row["case"] in NOWHERE]
    assert summary["a queue 队列"] == counted(nowhere)
    assert f"{total[0]} tickets added" in printed(cells["tickets"])
    assert "11 rejected" in printed(cells["tickets"])


def test_exceptions_are_those_that_were_put_in(cells: Cells, kept: list[Row]) -> None:
    by_rule: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for *_, rule, _, count, still_open, example in table(cells["exceptions-table"]):
        known = re.sub(r"[^ -~]", "", rule).strip()
        by_rule[known] = [by_rule[known][0] + int(count), by_rule[known][1] + int(still_open)]
        assert example.endswith(".")
    for rule, cases in RULES.items():
        assert by_rule[rule] == counted([row for row in kept if row["case"] in cases]), rule
    waiting = np.add(by_rule["By category"], by_rule["Not located"]).tolist()
    assert waiting == counted([row for row in kept if row["case"] in NOWHERE])
    assert by_rule["Territory"][0] > 0


def test_load_per_grid_is_the_truth(cells: Cells, load: dict[str, list[int]]) -> None:
    of_grids = np.array(list(load.values()))
    total, still_open, _ = of_grids.sum(axis=0).tolist()
    assert f"{total:,} tickets, {still_open:,} of them open" in printed(cells["grids"])
    rows = {name: [float(cell) for cell in found] for name, *found in table(cells["households"])}
    assert rows["mean"] == np.round(of_grids.mean(axis=0), 1).tolist()
    assert rows["50%"] == np.median(of_grids, axis=0).tolist()
    assert rows["max"] == of_grids.max(axis=0).tolist()


def test_outliers_are_named(cells: Cells, load: dict[str, list[int]]) -> None:
    tickets, _, households = np.array(list(load.values())).T
    slope, base = np.polyfit(households, tickets, 1)
    above = tickets - (base + slope * households)
    is_far = np.abs(above) > 2 * above.std(ddof=1)
    expected = dict(zip(np.array(list(load))[is_far].tolist(), above[is_far], strict=True))
    rows = {code: figures for code, _, *figures in table(cells["outliers"])}
    assert set(rows) == set(expected)
    for code, figures in rows.items():
        assert [int(figure) for figure in figures[:3]] == load[code]
        assert float(figures[4]) == pytest.approx(expected[code], abs=0.051)


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_drawn(cells: Cells, name: str) -> None:
    drawn = picture(cells[name])
    height, width = drawn.shape[:2]
    assert width > 1000
    assert height > 400
    assert len(np.unique(drawn[..., 0])) > 50


def test_advice_is_concrete(cells: Cells, kept: list[Row], load: dict[str, list[int]]) -> None:
    advice = shown(cells["advice"], "text/markdown")
    waiting = [row for row in kept if row["case"] in NOWHERE and row["工单状态"] in OPEN]
    oldest = min(row["来电时间"] for row in waiting)[:10]
    assert f"{len(waiting)} open tickets have no place, the oldest since {oldest}" in advice
    assert max(load, key=lambda code: load[code][0]) in advice
    holes = [row for row in kept if row["case"].startswith("gap_")]
    assert f"no grid holds the place of {len(holes)} tickets" in advice


def test_nobody_learns_who_reported(cells: Cells) -> None:
    everything = json.dumps([cell.get("outputs") for cell in cells.values()], ensure_ascii=False)
    assert "演示网格员" in everything
    assert "演示来电人" not in everything
    assert "000-0000" not in everything


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """A run on files of one's own, where no Chinese font is installed."""
    folder = tmp_path_factory.mktemp("own")
    lines = (DISTRICT / "tickets.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    (folder / "ours.csv").write_text("".join(lines[:60]), encoding="utf-8")
    notebook = nbformat.read(PATH, as_version=4)
    ids = [cell.id for cell in notebook.cells]
    own = "TICKETS, ORIGIN, NOTE, LANGUAGE = 'ours.csv', 'imported', ('', ''), 'zh'"
    without = (
        "from matplotlib import font_manager\n"
        "fonts = font_manager.fontManager.ttflist\n"
        "fonts[:] = [font for font in fonts if 'mpl-data' in font.fname]  # those of matplotlib"
    )
    notebook.cells.insert(ids.index("pictures"), nbformat.v4.new_code_cell(without))
    notebook.cells.insert(ids.index("paths") + 1, nbformat.v4.new_code_cell(own))
    return {cell.id: cell for cell in execute(notebook, folder).cells}


def test_runs_on_own_files(short_run: Cells) -> None:
    totals = {row[0]: int(row[1]) for row in table(short_run["summary"])}
    assert totals["all 合计"] == 59
    assert "虚构数据" not in shown(short_run["show-map"], "text/html")


def test_without_a_chinese_font_it_says_so(short_run: Cells) -> None:
    assert "No Chinese font is installed" in printed(short_run["font"])
    for name in PICTURES:
        assert picture(short_run[name]).size
        assert not printed(short_run[name], "stderr")


def test_map_to_click_on_needs_no_server(cells: Cells, page: Page, kept: list[Row]) -> None:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.set_content(shown(cells["show-map"], "text/html"))
    frame = page.frame_locator("iframe")
    frame.locator(".key", has_text="open tickets").wait_for()
    attribution = frame.locator(".leaflet-control-attribution").inner_text()
    assert "Invented demonstration district" in attribution
    placed = [case for rule in ON_THE_MAP for case in RULES[rule]]
    expected = counted([row for row in kept if row["case"] in placed])[1]
    of_tickets = "(one) => one.feature && one.feature.properties.ticket"
    marks = f"Object.values(map_main._layers).filter({of_tickets}).length"
    page.frames[1].wait_for_function(f"{marks} === {expected}")
    assert not [one for one in heard if not one.startswith("data:")]
