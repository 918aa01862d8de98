"""How a written character goes wrong: tables of sounds and shapes, made by hand for the tests.

The tables were written for the characters that names of the test's ground are made of; they are
not taken from any dictionary, and no part of gridmap reads them.
"""

from __future__ import annotations

import random

#: Characters of one sound, whatever the tone: what an input method offers side by side.
SOUNDS = (
    "拂福伏浮服", "霞峡狭暇", "云芸匀", "望旺忘王", "汐夕西希溪", "珊山杉善", "问文稳闻",
    "依倚伊衣椅艺易", "贝北备倍", "岚澜兰蓝篮栏揽览懒", "拾石时食实", "螺罗萝锣", "挽晚婉湾弯",
    "礁交焦蕉教", "听汀厅庭亭停", "鸥欧殴", "花华画", "涛桃淘陶", "月悦越", "枕振镇", "逐竹烛",
    "星兴幸", "巷项象", "澄成城诚程", "栖七期奇", "帆凡繁", "泊伯博", "鉴建见健", "映应影英",
    "漱书树数舒", "浦普朴埔", "临林邻霖", "沐木目牧", "观关馆管官", "道到", "海孩", "环还",
    "银吟", "白百", "青清轻", "锚毛矛", "灯登", "生声升", "远院园圆苑源", "洲州周", "晏燕艳验研",
    "虹红洪", "潮朝巢", "屿雨宇语玉育", "居局巨", "雅哑", "家加佳", "村存", "春纯", "新心欣",
    "里理礼", "小晓", "区渠", "商伤", "务物五舞", "楼娄", "学雪", "中钟终", "京荆晶景", "紫子",
    "场厂", "工公宫", "明名铭", "图涂", "电店", "荷河何", "桥乔", "堂糖", "体题", "美每", "社设",
    "创闯", "宾滨", "邮油", "庄装", "动冻", "行型", "师狮", "金今", "风丰", "东冬", "天添", "人仁",
    "士室", "主住", "法发", "科可", "机基", "综宗", "合和", "南男", "门们", "大达", "光广",
    "会惠", "车澈",
)  # fmt: skip

#: Characters that look alike: what a hurried reader takes for the other.
SHAPES = (
    "拂佛", "霞瑕", "云去", "望塑", "珊删", "问间", "依侬", "贝见", "岚岗", "拾抬", "螺骡", "挽换",
    "礁瞧", "听昕", "鸥殴", "涛铸", "月用", "枕忱", "逐遂", "倚骑", "星皇", "巷港", "澄橙", "栖牺",
    "帆矾", "泊柏", "鉴签", "映央", "漱嗽", "浦捕", "临监", "揽搅", "沐休", "观现", "汀订", "屿峪",
    "潮湖", "澜阑", "银很", "浪狼", "青责", "锚猫", "塔搭", "湾弯", "洲州", "晏宴", "虹虾", "居屠",
    "雅推", "家冢", "村材", "新斩", "苑范", "园圆", "商啇", "楼搂", "学字", "大太", "北比", "清请",
    "华毕", "馆管", "紫素", "荆刑", "场汤", "院阮", "工土", "教散", "明朋", "球救", "电申", "荷菏",
    "桥侨", "建健", "堂常", "蓝篮", "研妍", "体休", "水永", "美姜", "春舂", "影彩", "城域", "石右",
    "快块", "社杜", "宾宴", "邮由", "王玉", "庄压", "善膳", "动劲", "行衍", "师帅", "金全", "风凤",
    "东车", "天夫", "人入", "土士", "日曰", "住往", "科料", "机杌", "主王", "文丈", "化花", "医匡",
    "厅斤", "厦夏", "所听", "路跆", "街衔", "店占", "校较", "物牧", "食良", "餐歺", "务各", "会云",
)  # fmt: skip

#: Simplified and traditional form, for what is written on a keyboard set to traditional characters.
TRADITIONAL = str.maketrans(
    "号楼栋区园门东单层馆学华厅银云听澜鸥屿贝涛鉴临揽岚湾洲虹灯锚远红体书图电桥罗兰关观环纪联张场厂",
    "號樓棟區園門東單層館學華廳銀雲聽瀾鷗嶼貝濤鑑臨攬嵐灣洲虹燈錨遠紅體書圖電橋羅蘭關觀環紀聯張場廠",
)

#: What a finger adds beside a doubled character.
SLIPS = "的了小大一"


def _alike(groups: tuple[str, ...]) -> dict[str, str]:
    """Each character with all others that stand in a group with it."""
    found: dict[str, str] = {}
    for group in groups:
        for one in group:
            found[one] = found.get(one, "") + group.replace(one, "")
    return found


SAME_SOUND, SAME_SHAPE = _alike(SOUNDS), _alike(SHAPES)


def replaced(text: str, alike: dict[str, str], rng: random.Random) -> str | None:
    """Write one character as another of a table; None where the table knows none of them."""
    places = [place for place, one in enumerate(text) if one in alike]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + rng.choice(alike[text[place]]) + text[place + 1 :]


def missing(text: str, rng: random.Random) -> str | None:
    """Leave one character out."""
    if len(text) < 3:
        return None
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :]


def too_much(text: str, rng: random.Random) -> str | None:
    """Write one character twice, or another one in between."""
    if len(text) < 3:
        return None
    place = rng.randrange(1, len(text))
    more = text[place - 1] if rng.random() < 0.5 else rng.choice(SLIPS)
    return text[:place] + more + text[place:]


def swapped(text: str, rng: random.Random) -> str | None:
    """Write two neighbours the wrong way round."""
    places = [place for place in range(len(text) - 1) if text[place] != text[place + 1]]
    if len(text) < 3 or not places:
        return None
    place = rng.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def distance(one: str, other: str) -> float:
    """
    Count the slips from one writing to another, those of sound or shape a quarter each.

    The optimal string alignment distance (Damerau 1964; restricted: no piece is edited twice),
    with the weight of a replaced character as the only change.
    """
    rows = [[float(place) for place in range(len(other) + 1)]]
    for i, a in enumerate(one, 1):
        row = [float(i)]
        for j, b in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + _weight(a, b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _weight(a: str, b: str) -> float:
    if a == b:
        return 0.0
    return 0.25 if b in SAME_SOUND.get(a, "") or b in SAME_SHAPE.get(a, "") else 1.0
