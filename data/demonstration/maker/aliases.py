"""Other names of estates: what the invented people call them, and what they were called."""

import random
from collections import Counter

from maker.land import Estate

HEADER = ["别名", "标准名称", "类别", "来源"]
ORIGIN = "demonstration"
OLD_NAMES = ["{}家属院", "{}宿舍", "{}大院", "{}老公房"]
TRADES = ["渔业", "船厂", "灯塔", "盐场", "气象"]
NICKNAMES = ["灰楼小区", "政法小区", "教师楼", "红砖大院", "候鸟公寓"]


def make_aliases(estates: list[Estate], rng: random.Random) -> list[list[str]]:
    """Give five estates an old name each and five others a nickname; no name comes twice."""
    often = Counter(estate.name for estate in estates)
    homes = [estate for estate in estates if estate.kind != "office" and often[estate.name] == 1]
    chosen = rng.sample(homes, len(TRADES) + len(NICKNAMES))
    rows = []
    for estate, trade in zip(chosen, TRADES, strict=False):
        old = rng.choice(OLD_NAMES).format(trade)
        rows.append([old, estate.name, "曾用名", ORIGIN])
    for estate, nickname in zip(chosen[len(TRADES) :], NICKNAMES, strict=True):
        rows.append([nickname, estate.name, "俗称", ORIGIN])
    return rows
