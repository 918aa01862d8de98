"""By which names people call a thing that is registered under one."""

from __future__ import annotations

import re

from gridmap.locating.rows import UNIT_KINDS
from gridmap.locating.words import words
from gridmap.locating.writing import spelling

#: How sure a name tells the thing: as registered, without 小区, in short, only its core.
FULL, ALMOST, SHORT, CORE = 1.0, 0.99, 0.95, 0.8
#: The part of an estate at the end of its name: 四方景园1区.
_PHASE = re.compile(r"(?:\d{1,2}|[东西南北中])(?:区|期|院|里)$")
_ASIDE = re.compile(r"[(（〔\[【][^)）〕\]】]{0,40}[)）〕\]】]")
_SHORTEST_CORE = 2


def names_of(name: str, kind: str) -> dict[str, float]:
    """Tell every spelling of a registered name, with how sure it tells the thing.

    右安门街道办事处 is called 右安门街道 and 右安门; 华清嘉园小区 is called 华清嘉园.
    """
    whole = spelling(name)
    found = {whole: FULL} if whole else {}
    without = spelling(_ASIDE.sub("", name))
    if without and without != whole:
        found[without] = SHORT
    if kind in UNIT_KINDS:
        for office, short in words().offices.items():
            if whole.endswith(office) and len(whole) > len(office):
                found.setdefault(whole.removesuffix(office) + short, SHORT)
                break
        _add_core(found, whole, words().unit_endings)
    elif kind in ("estate", "group"):
        _add_core(found, whole, words().place_endings)
        if (without := _PHASE.sub("", whole)) != whole and len(without) >= _SHORTEST_CORE:
            found.setdefault(without, CORE)
    return {text: trust for text, trust in found.items() if _tells(text)}


def _tells(text: str) -> bool:
    """Tell whether a text is enough of a name: no number alone, no single letter."""
    return not text.isdecimal() and (len(text) > 1 or not text.isascii())


def _add_core(found: dict[str, float], whole: str, endings: tuple[str, ...]) -> None:
    ending = next((ending for ending in endings if whole.endswith(ending)), None)
    if ending is None:
        return
    core = whole.removesuffix(ending)
    if len(core) >= _SHORTEST_CORE:
        found.setdefault(core, ALMOST if ending == "小区" else CORE)
