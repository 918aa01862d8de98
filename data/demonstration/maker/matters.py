"""What people report in the demonstration month; names are those of data/catalogues."""

from dataclasses import dataclass

HOME, GROUNDS, ROADSIDE = "home", "grounds", "roadside"


@dataclass(frozen=True)
class Matter:
    """A matter with the kind of place where it happens and how people word it."""

    name: str
    weight: float
    place: str
    urgency: str
    words: tuple[str, ...]


def _of(name: str, weight: float, place: str, *words: str, urgency: str = "一般") -> Matter:
    return Matter(name, weight, place, urgency, words)


ORDINARY = [
    _of(
        "非机动车乱停放",
        9,
        ROADSIDE,
        "电动自行车停满便道，无法通行",
        "自行车乱停堵住出入口",
    ),
    _of(
        "机动车乱停放",
        10,
        ROADSIDE,
        "机动车长时间停在路边",
        "有车辆停在便道上，轮椅过不去",
    ),
    _of("共享单车乱象", 5, ROADSIDE, "共享单车堆了几十辆，无人清运", "共享单车倒在盲道上"),
    _of("店外经营", 4, ROADSIDE, "商店把货架摆到门外", "水果店占用便道摆放货箱"),
    _of("无照经营游商", 4, ROADSIDE, "每天傍晚有流动摊贩，收摊后满地垃圾", "有人骑三轮车卖早点"),
    _of("占道经营", 3, ROADSIDE, "烧烤摊占用人行道", "修车摊长期占道"),
    _of("暴露垃圾", 6, ROADSIDE, "垃圾堆放两天无人清理", "绿化带旁有大量生活垃圾"),
    _of("积存垃圾渣土", 3, ROADSIDE, "装修渣土堆在路边", "拆除后的碎砖没有清运"),
    _of("道路不洁", 3, ROADSIDE, "路面油污，骑车容易滑倒", "落叶很多，没有清扫"),
    _of("道路破损", 4, ROADSIDE, "路面有坑，夜间看不清", "便道砖松动，老人绊倒"),
    _of("道路积水", 2, ROADSIDE, "下雨后积水没过脚踝", "雨水排不下去，积水约二十厘米"),
    _of("路灯异常", 4, ROADSIDE, "路灯连续三天不亮", "路灯忽明忽暗"),
    _of("污水井盖异常", 2, ROADSIDE, "井盖响声很大，夜里睡不着", "井盖松动"),
    _of("雨水箅子异常", 2, ROADSIDE, "雨水箅子被垃圾堵住", "雨水箅子断裂"),
    _of("违规户外广告", 2, ROADSIDE, "立杆广告牌没有审批", "广告牌遮挡交通标志"),
    _of("施工扰民", 4, ROADSIDE, "夜间十一点还在施工", "凌晨有渣土车进出工地"),
    _of("工地扬尘", 2, ROADSIDE, "工地没有苫盖，刮风就起尘", "土方作业没有洒水"),
    _of("架空线缆脱落", 1, ROADSIDE, "通信线垂到一人高", "线缆掉在便道上", urgency="紧急"),
    _of("垃圾站（箱）满溢", 5, GROUNDS, "垃圾桶满了没有清运", "桶站周围堆满纸箱"),
    _of("垃圾未分类", 3, GROUNDS, "厨余和其他垃圾混装", "桶站没有分类标识"),
    _of("绿地脏乱", 3, GROUNDS, "绿地里有宠物粪便", "草坪被踩秃，有纸屑"),
    _of("病虫害", 1, GROUNDS, "树上有很多虫子掉下来", "月季叶片发白"),
    _of("私设地锁、阻车桩", 3, GROUNDS, "有人在公共车位装地锁", "自设水泥墩占车位"),
    _of("废弃车辆", 3, GROUNDS, "废弃汽车占车位一年多", "车棚里有很多没人骑的自行车"),
    _of("户外健身设施异常", 2, GROUNDS, "健身器材螺丝松动", "漫步机踏板断裂"),
    _of("充电桩异常", 4, GROUNDS, "车棚充电桩坏了八个", "扫码后不充电却扣费"),
    _of("非法小广告", 3, HOME, "楼道里贴满开锁小广告", "单元门上有喷涂广告"),
    _of("噪声扰民", 6, HOME, "楼上装修周末不停", "楼下广场舞音量大"),
    _of("油烟污染", 3, HOME, "底商饭馆油烟直排", "油烟从烟道返到屋里"),
    _of("私搭乱建", 3, HOME, "一层住户在窗外搭建", "楼顶搭了彩钢房"),
    _of("乱堆杂物", 6, HOME, "楼道堆放纸箱和旧家具", "消防栓前堆满杂物"),
    _of("飞线充电", 5, HOME, "住户从窗户拉线给电动车充电", "插线板从三楼垂到地面", urgency="紧急"),
    _of("电动自行车入楼", 4, HOME, "有人把电动车推进电梯", "电动车停在楼道里充电", urgency="紧急"),
    _of("房屋漏水", 3, HOME, "顶层下雨漏水", "外墙渗水，墙皮脱落"),
    _of("下水道堵塞", 4, HOME, "一层反水", "化粪池外溢，气味大"),
    _of("停水", 2, HOME, "没有通知就停水", "高层水压不足", urgency="紧急"),
    _of("停电", 2, HOME, "整个单元停电", "经常跳闸", urgency="紧急"),
    _of("供暖问题", 2, HOME, "试供暖时暖气片漏水", "去年室温不达标，询问今年检修"),
    _of("电梯故障", 3, HOME, "电梯停运两天", "电梯运行时抖动"),
    _of("物业服务", 5, GROUNDS, "物业不清扫楼道", "物业收费没有公示"),
    _of("树木倒伏", 1, GROUNDS, "大风后树枝折断压住车", "树木倾斜，怕砸到人", urgency="紧急"),
]
EMERGENCY = [
    _of("燃气泄漏", 1, HOME, "楼道里燃气味很浓，怀疑燃气泄漏", urgency="特急"),
    _of("电梯困人", 1, HOME, "电梯困人，里面有老人和孩子", urgency="特急"),
    _of("占用消防通道", 3, GROUNDS, "车辆占用消防通道，消防车进不来", urgency="紧急"),
    _of("污水井盖异常", 1, ROADSIDE, "井盖缺失，路中间有一个洞", urgency="特急"),
    _of("路面塌陷", 1, ROADSIDE, "路面坍塌，出现一个大坑", urgency="特急"),
    _of("架空线缆脱落", 1, ROADSIDE, "电线掉下来，有触电危险", urgency="特急"),
]
SPECIALIST = [
    _of("公交服务", 3, ROADSIDE, "公交车等了四十分钟", "公交站牌没有末班时间"),
    _of("消费维权", 4, HOME, "健身卡不给退费", "网购商品与描述不符"),
    _of("社会保障咨询", 2, HOME, "询问退休金调整", "询问医保报销比例"),
]
RAIN = [
    _of("道路积水", 6, ROADSIDE, "暴雨后积水很深，车辆熄火", "积水漫进店铺", urgency="紧急"),
    _of("房屋漏水", 5, HOME, "暴雨后屋顶漏水，家里用盆接", "窗户渗水，地板泡了"),
    _of("下水道堵塞", 2, HOME, "雨后一层返水", "院里雨水排不出去"),
    _of("树木倒伏", 2, GROUNDS, "大风刮倒树木，堵住小区门口", urgency="紧急"),
]
