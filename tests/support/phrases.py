"""What people say around a place, invented for the tests: complaints, relations, sentences."""

from __future__ import annotations

BEFORE = (
    "您好，我要反映一下，", "你好，", "市民来电反映，", "来电人称", "我想投诉，", "请管一下，",
    "反映：", "麻烦处理一下，", "诉求人反映", "位于", "昨天晚上", "事发地点：", "地址是", "家住",
)  # fmt: skip
BEHIND = (
    "楼道堆物，一直没人管", "路灯不亮已经三天了", "垃圾没人清运，味道很大", "下水道堵塞，污水外溢",
    "半夜施工扰民", "有人乱停车，占了消防通道", "井盖坏了，怕有人掉下去", "暖气不热，打电话没人接",
    "停水了，什么时候来水", "电动车飞线充电", "贴满小广告", "有流浪狗追人", "积水很深没法走",
    "电梯坏了两天，老人下不了楼", "的树倒了，压了三辆车", "，请尽快处理，谢谢！",
)  # fmt: skip
RELATIONS = (
    "门口", "旁边", "对面", "北侧", "南侧", "楼下", "附近", "后面", "东南角", "前面的空地", "西边",
    "周边", "门前", "外面", "那儿", "一带",
)  # fmt: skip
#: What is said behind an estate only: it has gates and lanes.
OF_ESTATES = ("南门", "北门", "东门外", "小区门口", "院内", "里面", "地下车库", "小花园")
#: `{a}` is another place, `{b}` the one that is meant.
ANOTHER = (
    "我住在{a}，现在反映{b}的路灯不亮",
    "我是{a}的居民，路过{b}看见垃圾没人清运",
    "来电人住{a}，反映的是{b}楼道堆物",
    "{a}对面的{b}半夜施工扰民",
    "不是{a}，是{b}，井盖坏了",
    "{b}，就在{a}旁边，下水道堵了",
)
FROM_COMMUNITY = (
    "我是{unit}的居民，{text}有人乱停车",
    "{unit}反映：{text}路灯不亮",
    "{text}垃圾没人清运，归{unit}管",
    "{text}（{unit}）楼道堆物",
)
#: Between the parts of an address, as it is typed in a hurry.
SPACES = (" ", "  ", "　", "\t", " ")
MARKS = ("，", ",", "-", "、", "；", "/", "。", "--")
QUOTES = ("【{}】", "“{}”", "「{}」", "({})", "《{}》", "[{}]")
ABBREVIATIONS = {
    "International": "Int'l", "Department": "Dept.", "Center": "Ctr", "Centre": "Ctr",
    "Building": "Bldg", "Bldg": "Building", "University": "Univ.", "Avenue": "Ave",
    "Street": "St", "Road": "Rd", "Restaurant": "Rest.", "Office": "Ofc", "Hotel": "Htl",
    "Management": "Mgmt", "Square": "Sq", "Hospital": "Hosp.", "South": "S.", "North": "N.",
    "West": "W.", "East": "E.", "Technology": "Tech", "School": "Sch.", "Library": "Lib.",
}  # fmt: skip
