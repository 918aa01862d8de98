"""Cells that a spreadsheet would run as formulas, made harmless."""

from __future__ import annotations

import re
from typing import Any

# https://owasp.org/www-community/attacks/CSV_Injection; full-width signs are run by some versions.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def safe_cell(value: Any) -> str:
    """
    Write a value as a cell of a CSV file that no spreadsheet takes for a formula.

    A text that begins like one gets an apostrophe before it; numbers such as -12.5 stay. None is
    an empty cell. The csv writer still has to quote.
    """
    text = "" if value is None else str(value)
    if text[:1] in "\t\r\n" or _FORMULA.match(text):
        return text if not text or _NUMBER.fullmatch(text) else f"'{text}"
    return text
