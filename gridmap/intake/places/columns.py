"""Columns of lists of places, and the words for kinds of places, in Chinese and English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from gridmap.errors import InputError
from gridmap.intake.moments import DATE_NAMES
from gridmap.settings import data_folder

#: A numbered address point, which OpenStreetMap has not as a kind.
ADDRESS = "address"

#: Columns of a list, each with what offices call it; all may be missing.
COLUMNS = {
    "code": ("编码", "编号", "代码", "标准地址编码", "地址编码"),
    "kind": ("类型", "种类", "地点类型"),
    "name": ("名称", "小区名称", "地点名称", "标准名称"),
    "street": ("道路", "街路巷", "路名", "道路名称"),
    "number": ("门牌号", "门牌"),
    "address": ("地址", "标准地址", "详细地址"),
    "estate": ("小区", "院落", "所属小区"),
    "building": ("楼号", "楼栋", "楼栋号"),
    "entrance": ("单元", "单元号", "单元门"),
    "parent": ("上级编码", "所属编码"),
    "unit": ("单元编码", "所属单元", "unit_code"),
    "grid": ("网格", "所属网格", "网格编码"),
    "community": ("社区", "所属社区", "社区名称"),
    "street_office": ("街道", "所属街道", "街镇", "街道办事处"),
    "district": ("区", "所属区", "行政区", "区县"),
    "locality": ("所属区域", "区域"),
    "cross_street": ("交叉路", "交叉路1"),
    "cross_street_2": ("交叉路2",),
    "aliases": ("别名", "俗称"),
    "old_names": ("曾用名", "旧称"),
    "short_names": ("简称",),
    "valid_from": (),
    "valid_to": (),
}

#: Columns that name a unit, from the widest to the narrowest.
UNIT_COLUMNS = ("district", "street_office", "community", "grid", "unit")

#: Columns of other names, each with the kind of alias that stands in it.
ALIAS_COLUMNS = {"aliases": "nickname", "old_names": "old name", "short_names": "short name"}

_KIND_WORDS = {
    "estate": ("小区", "院落", "居民区", "居民小区", "大院"),
    "building": ("楼栋", "楼", "楼宇", "建筑", "建筑物"),
    "entrance": ("单元", "单元门", "门洞"),
    ADDRESS: ("地址", "门牌", "门牌号", "门牌地址"),
    "gate": ("大门", "出入口"),
    "service": ("服务", "服务设施", "设施", "商户", "商铺", "单位", "场所"),
    "parking": ("停车场",),
    "bicycle_parking": ("非机动车停放点", "车棚"),
    "water": ("水系", "河流", "湖泊"),
    "green": ("绿地",),
    "wall": ("围墙",),
    "railway": ("铁路",),
}


def named(path: Path, headers: Iterable[str]) -> dict[str, str]:
    """
    Tell which column of a file is which of `COLUMNS`.

    Returns
    -------
    names
        Our name to the file's own, for those that it has.

    Raises
    ------
    InputError
        If two columns mean the same.
    """
    known = {other: name for name, others in COLUMNS.items() for other in (name, *others)}
    known |= DATE_NAMES
    names: dict[str, str] = {}
    for header in headers:
        name = known.get(header.casefold())
        if name is None:
            continue
        if name in names:
            message = (
                f"{path} has the column {name} more than once ({names[name]}, {header}): keep one "
                "of them, or give the other a name of its own."
            )
            raise InputError(message)
        names[name] = header
    return names


@cache
def kinds() -> tuple[str, ...]:
    """Name the kinds of places that there are: those of data/osm/kinds.toml, and addresses."""
    return (*dict.fromkeys(entry["kind"] for entry in _rules()["kind"]), ADDRESS)


@cache
def kind_words() -> Mapping[str, tuple[str, str | None]]:
    """Give the kind, and of a service the category, that each word means."""
    words: dict[str, tuple[str, str | None]] = {}
    for entry in _rules()["category"]:
        names = entry["category"], entry["name_zh"], entry["name_en"]
        words |= dict.fromkeys(names, ("service", entry["category"]))
    for kind in kinds():
        words |= dict.fromkeys((kind, *_KIND_WORDS.get(kind, ())), (kind, None))
    return words


def parse_kind(text: str) -> tuple[str, str | None]:
    """Find the kind and category that a word means, or raise an InputError."""
    found = kind_words().get(text.strip().casefold())
    if found is None:
        message = (
            f"{text!r} is no kind of place: name one of {', '.join(kinds())}, or a category of "
            "services such as pharmacy (药店)."
        )
        raise InputError(message)
    return found


@cache
def _rules() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((data_folder() / "osm" / "kinds.toml").read_text("utf-8"))
