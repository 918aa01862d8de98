"""Why a decision is what it is, in one sentence of Chinese and one of English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridmap.locating import METHODS, REASONS
from gridmap.locating.sentences import percent
from gridmap.model import LEVELS, ROLES
from gridmap.routing.ground import UnitRow
from gridmap.routing.owners import Owner

Both = tuple[str, str]

#: What each rule says of the place, in Chinese and English.
RULES: dict[str, Both] = {
    "territory": ("位于{unit}内，距边界{metres}米", "Lies in {unit}, {metres} m from its boundary"),
    "boundary": (
        "位于{unit}内，但距边界仅{metres}米，另一侧为{others}",
        "Lies in {unit}, but only {metres} m from the boundary with {others}",
    ),
    "nearest": (
        "位于网格空隙中，归入{metres}米外最近的{unit}",
        "Lies in a gap between units; goes to the nearest, {unit}, {metres} m away",
    ),
    "backstop": (
        "没有网格覆盖此处，由上级{unit}兜底（属地兜底）",
        "No unit of the finest level holds this place; {unit} above answers for it",
    ),
    "ownership": (
        "位于专属网格{unit}内，先于所在网格{others}",
        "Lies in the exclusive ground {unit}, which goes before {others}",
    ),
    "named": ("{unit}", "{unit}"),  # behind what its words say
    "specialist": (
        "事项属专业直派，由{department}办理",
        "The matter goes straight to {department}",
    ),
    "category": (
        "{problem}，按事项类别暂派{department}，须核实属地",
        "Not located ({problem}); by its matter it goes to {department}, territory to be confirmed",
    ),
    "unlocated": ("{problem}，转人工定位", "Not located ({problem}): waits for manual locating"),
    "outside": (
        "不在任何单元内，距最近单元超过设定距离，转人工定位",
        "Lies in no unit and near none: waits for manual locating",
    ),
}

NO_COORDINATE: Both = ("没有坐标", "no coordinate")
NO_UNIT: Both = ("没有单元覆盖该处", "no unit covers the place")
NOBODY: Both = (
    "没有可用的负责人，转值守队列",
    "nobody is there to answer: waits in the owner queue",
)
NO_DUTIES: Both = ("由该单元负责", "the unit answers for it")


@dataclass(frozen=True)
class Marks:
    """Punctuation of a language: between two halves of a sentence, and at its end."""

    between: str
    end: str


MARKS = (Marks("；", "。"), Marks("; ", "."))

#: What comes before a decision on a ticket that was located by its words, as far as the unit's
#: name: they name a unit, or ground that it holds; or they tell a point, and the rule follows.
_WORDS: dict[str, Both] = {
    "unit": ("{why}，{how}（把握 {sure}）：", "{why}; {how}, sure to {sure}: "),
    "ground": (
        "{why}，{how}：{label}（把握 {sure}），整体属于",
        "{why}; {label}: {how}, sure to {sure}, all of it in ",
    ),
    "point": ("{why}，{how}：{label}（把握 {sure}）；", "{why}; {label}: {how}, sure to {sure}. "),
}
_NAMING = ("unit_code", "unit_name")
_EMERGENCY: Both = ("【紧急，{hours}小时内】", "EMERGENCY (within {hours} h). ")


def metres(distance_m: float) -> str:
    """Write a distance: tenths where they matter."""
    return f"{distance_m:.1f}" if distance_m < 10 else f"{distance_m:.0f}"


def unit_names(unit: UnitRow) -> Both:
    """Name a unit with its code."""
    if unit.name == unit.code:
        return f"{LEVELS[unit.level]}{unit.code}", f"{unit.level} {unit.code}"
    return f"{unit.name}（{unit.code}）", f"{unit.name} ({unit.code})"


def join(units: Sequence[UnitRow]) -> Both:
    """Name several units."""
    names = [unit_names(unit) for unit in units]
    return "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)


def words(unusable: str, method: str, label: str, confidence: float, *, to_unit: bool) -> Both:
    """Say where the words of a ticket led, and why they were asked.

    Parameters
    ----------
    unusable
        What is wrong with the coordinate, a key of `REASONS`; empty where none was given.
    method, label, confidence
        How it was located, what was found, how sure that is.
    to_unit
        Whether the words led to a unit rather than to a point: its name follows then.
    """
    kind = "point" if not to_unit else "unit" if method in _NAMING else "ground"
    zh, en = REASONS[unusable] if unusable else NO_COORDINATE
    how_zh, how_en = METHODS[method]
    said_zh, said_en = _WORDS[kind]
    found = {"label": label, "sure": percent(confidence)}
    return (
        said_zh.format(why=zh, how=how_zh, **found),
        said_en.format(why=en[:1].upper() + en[1:], how=how_en, **found),
    )


def problem(key: str, unusable: str) -> Both:
    """Say why a place was not found: of the words, that there was no coordinate either."""
    zh, en = REASONS[key]
    if key == unusable:
        return zh, en
    return f"{NO_COORDINATE[0]}，{zh}", f"{NO_COORDINATE[1]}; {en}"


def owner_names(owner: Owner, unit: UnitRow, *, moved_up: bool) -> Both:
    """Say who answers, and for whom or from which unit above."""
    role_zh, role_en = ROLES.get(owner.role, (owner.role, owner.role))
    zh, en = f"由{role_zh}{owner.worker.name}负责", f"{role_en} {owner.worker.name} answers for it"
    if owner.substitute_for is not None:
        zh += f"（代替{owner.substitute_for.name}）"
        en += f" (standing in for {owner.substitute_for.name})"
    if moved_up:
        above_zh, above_en = unit_names(unit)
        zh = f"本级无人在岗，上移至{above_zh}，{zh}"
        en = f"nobody is there, so {above_en} above takes it: {en}"
    return zh, en


def emergency(within_h: float) -> Both:
    """Mark an emergency."""
    hours = f"{within_h:g}"
    return _EMERGENCY[0].format(hours=hours), _EMERGENCY[1].format(hours=hours)
