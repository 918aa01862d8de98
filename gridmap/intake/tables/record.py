"""One row of a file as it was found, and why a row cannot be taken, in two languages."""

from __future__ import annotations

from typing import NamedTuple

#: The longest cell that is taken, in characters; it is also what the csv module allows.
CELL_LIMIT = 131_072


class Reason(NamedTuple):
    """Why a row is rejected, as a person is told it."""

    zh: str
    en: str


class Record(NamedTuple):
    """
    One row: the line on which it begins (the first of a file is 1), its cells, what is wrong.

    `fault` is None for a row that could be read; else the cells are what could be made out.
    """

    line: int
    cells: list[str]
    fault: Reason | None


TOO_LARGE = Reason(
    f"有单元格超过 {CELL_LIMIT} 个字符", f"a cell is longer than {CELL_LIMIT} characters"
)
BROKEN_QUOTES = Reason(
    "引号不配对，无法分列",
    "the quotation marks are not in pairs and the cells cannot be told apart",
)
UNCLOSED = Reason(
    "引号没有闭合，文件可能不完整",
    "a quotation mark is opened and never closed: the file may be cut off",
)
CARRIAGE_RETURN = Reason("行内有回车符", "a carriage return stands within the row")
NUL = Reason("含有空字符（NUL）", "it contains a NUL character")


def undecodable(encoding: str) -> Reason:
    """Tell that the bytes of a row are no letters of an encoding."""
    return Reason(f"不是有效的 {encoding} 文本", f"it is not valid {encoding} text")


def ragged(cells: int, width: int) -> Reason:
    """Tell that a row has not as many cells as the header."""
    return Reason(f"有 {cells} 列，表头有 {width} 列", f"it has {cells} cells, the header {width}")


def fits(cells: list[str], width: int) -> bool:
    """Whether a row has as many cells as the header, but for empty ones at its end."""
    return len(cells) == width or (len(cells) > width and not any(cells[width:]))
