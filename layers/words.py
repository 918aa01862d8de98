"""What the layers say, in Chinese and English; pages look terms up here too, so they agree."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gridmap.locating import KINDS, METHODS
from gridmap.model import LEVELS, ROLES

Language: TypeAlias = Literal["zh", "en"]

WORDS: dict[str, tuple[str, str]] = {
    **{level: (chinese, level.capitalize()) for level, chinese in LEVELS.items()},
    **{role: (chinese, english.capitalize()) for role, (chinese, english) in ROLES.items()},
    # origins
    "imported": ("导入", "Imported"),
    "derived": ("推算", "Derived"),
    "demonstration": ("演示", "Demonstration"),
    # rules, queues and ways of locating
    "rule_territory": ("属地网格", "Territory"),
    "rule_boundary": ("边界容差", "Boundary tolerance"),
    "rule_nearest": ("就近归入", "Nearest unit"),
    "rule_backstop": ("属地兜底", "Backstop by the unit above"),
    "rule_ownership": ("专属网格", "Exclusive ground"),
    "rule_named": ("按文字归入单元", "A unit by its words"),
    "rule_specialist": ("专业直派", "Specialist-direct"),
    "rule_category": ("按事项类别", "By category"),
    "rule_unlocated": ("未定位", "Not located"),
    "rule_outside": ("辖区之外", "Outside the area served"),
    "queue_locating": ("人工定位队列", "Manual locating queue"),
    "queue_owner": ("值守队列", "Owner queue"),
    **{
        f"method_{method}": (chinese, english[:1].upper() + english[1:])
        for method, (chinese, english) in METHODS.items()
    },
    **{f"kind_{kind}": names for kind, names in KINDS.items()},
    "kind_point": ("已确认的位置", "confirmed point"),
    # layers and legends
    "units": ("单元", "Units"),
    "water": ("水域", "Water"),
    "streets": ("道路", "Streets"),
    "tickets": ("工单", "Tickets"),
    "ticket": ("工单", "Ticket"),
    "exceptions": ("例外", "Exceptions"),
    "exclusive": ("专属区域", "Exclusive grounds"),
    "open_tickets": ("未结工单", "Open tickets"),
    "open": ("未结", "Open"),
    "closed": ("已结", "Closed"),
    "flagged": ("待复核", "To be checked"),
    # exceptions
    "unlocated": ("未定位", "Not located"),
    "boundary": ("边界", "On a boundary"),
    "gap": ("空隙", "In a gap"),
    "no_owner": ("无责任人", "No owner"),
    # the question
    "asking": ("正在查询…", "Asking …"),
    "away": (
        "服务没有应答：请检查网络，稍后再试",
        "The service does not answer: see to the network and try again in a moment",
    ),
    "worker": ("责任人", "Answers for it"),
    "nobody": ("无人在岗", "Nobody on duty"),
    "alternatives": ("其他可能", "Alternatives"),
    "boundary_m": ("距边界", "To the boundary"),
    "to_unit": ("打开单元页面", "Open the unit's page"),
    "emergency": ("紧急", "Emergency"),
    "queue": ("转入队列", "Queue"),
    "department": ("主管部门", "Department"),
    # the search box, and locating by a person
    "suggestions": ("COUNT 个建议，按上下键选择", "COUNT suggestions: choose with the arrow keys"),
    "no_suggestion": (
        "没有以此开头的地点，按回车按整句查找",
        "No such name: press Enter to find the place of the whole text",
    ),
    "several": (
        "有 COUNT 处符合，请选择一处",
        "COUNT places fit: choose the one that is meant",
    ),
    "no_point": ("LABEL：位置未知", "LABEL: its place on the map is not known"),
    "at_centre": ("以下按其中心点回答", "Answered for its centre:"),
    "confirm_chosen": ("确认为：LABEL", "Confirm: LABEL"),
    # what changes while a map is open
    "live_stream": ("实时", "Live"),
    "live_again": ("正在重新连接…", "Reconnecting …"),
    "live_poll": ("每 SECONDS 秒更新", "Every SECONDS s"),
    # tools of the map
    "auto": ("随缩放", "By zoom"),
    "base_map_failed": ("底图“NAME”无法加载", "The base map NAME cannot be loaded"),
    "internal_use": ("供内部使用", "For internal use"),
    "where_am_i": ("我的位置", "Where am I"),
    "here": (
        "您在 PLACE（WGS 84），误差约 METRES 米",
        "You are at PLACE (WGS 84), to about METRES m",
    ),
    "here_asking": ("正在询问设备的位置…", "Asking the device where it is …"),
    "here_denied": (
        "浏览器不允许读取位置：请在地址栏旁允许后再试",
        "The browser does not allow it: permit it beside the address and try again",
    ),
    "here_slow": (
        "设备在 15 秒内没有给出位置：请到窗边或室外再试",
        "The device found no place in 15 seconds: try again at a window or outside",
    ),
    "here_unknown": ("设备不知道自己的位置", "The device does not know where it is"),
    "here_insecure": (
        "浏览器只对 https 页面和本机页面给出位置：请通过 https 打开本页",
        "Browsers tell it to pages over https or of this computer only: open this page over https",
    ),
    "measure": ("测量", "Measure"),
    "measure_start": ("点击地图开始测量", "Click on the map to begin"),
    "measure_how": (
        "键盘：回车取地图中心，退格删除最后一点，Esc 结束",
        "By keyboard: Enter takes the centre, Backspace removes the last point, Esc ends",
    ),
    "measure_length": ("长度 LENGTH", "Length LENGTH"),
    "measure_area": ("面积 AREA", "Area AREA"),
    "measure_undo": ("撤销", "Undo"),
    "measure_end": ("结束", "End"),
    "full_screen": ("全屏", "Full screen"),
    "filter": ("筛选", "Filter"),
    "filtered": ("工单筛选：", "Tickets: "),
    "filter_off": ("取消筛选", "Show all"),
    "filter_since": ("DAY 起", "since DAY"),
    "filter_until": ("到 DAY", "until DAY"),
    "filter_none": ("没有符合的工单", "there is none"),
    "filter_reversed": (
        "截止日期早于起始日期：请改其中之一",
        "The end is before its beginning: change one of them",
    ),
    "filter_no_unit": (
        "没有编码为 CODE 的单元：请填写单元页面上的编码",
        "There is no unit CODE: give the code of one, as its page has it",
    ),
    "copied": ("链接已复制", "The link is copied"),
    "not_copied": ("请从地址栏复制链接", "Copy the link from the address field"),
    # controls
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "close": ("关闭", "Close"),
    "map": ("地图", "Map"),
    "layers": ("图层", "Layers"),
    "legend": ("图例", "Legend"),
    "tiles_failed": (
        "地图数据暂时取不到，正在重试…",
        "The map's data cannot be fetched at the moment: trying again …",
    ),
    "clusters": ("个工单，点击放大", "tickets, click to zoom in"),
}


def say(key: str, language: Language) -> str:
    """Return a term in a language; a key without words is returned as it is."""
    if key not in WORDS:
        return key
    chinese, english = WORDS[key]
    return chinese if language == "zh" else english


def both(key: str, language: Language) -> str:
    """Return a term in both languages, the page's own first."""
    chinese, english = WORDS[key]
    return f"{chinese} {english}" if language == "zh" else f"{english} {chinese}"


def glossary(keys: tuple[str, ...], language: Language) -> dict[str, str]:
    """Return the words that a script needs."""
    return {key: say(key, language) for key in keys}
