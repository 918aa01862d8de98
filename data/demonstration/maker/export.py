"""The tickets as the rows of an export, with the rows that no import should accept."""

import random
from datetime import datetime, timedelta

from maker.tickets import Ticket

HEADER = [
    *["工单编号", "来电时间", "受理渠道", "来电人姓名", "联系方式", "问题分类", "工单标题"],
    *["主要内容", "事发地址", "紧急程度", "工单状态", "办结时间", "经度", "纬度"],
]
TRUTH_HEADER = ["line", "number", "case", "unit_code", "also", "true_grid"]
NUMBER, TIME, CONTENT, LON, LAT = 0, 1, 7, 12, 13
END = datetime(2026, 10, 31, 23, 59, 59)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
CHANNELS = ["12345热线", "微信公众号", "网站", "网格巡查", "随手拍", "视频抓拍"]
CHANNEL_WEIGHTS = [60, 14, 8, 10, 6, 2]

Rows = list[list[str]]
Pair = tuple[list[str], list[str]]


def export(tickets: list[Ticket], rng: random.Random) -> tuple[Rows, Rows]:
    """Rows of tickets.csv and rows of expected.csv, line by line."""
    rows = [(_row(ticket, rng), _truth(ticket)) for ticket in tickets]
    for row, truth in [*_malformed(rows, rng), *_repeated(rows, rng)]:
        rows.insert(rng.randrange(len(rows) // 2, len(rows)), (row, truth))
    truths = [[str(line), *truth] for line, (_, truth) in enumerate(rows, start=2)]
    return [row for row, _ in rows], truths


def _row(ticket: Ticket, rng: random.Random) -> list[str]:
    status, closed = _outcome(ticket, rng)
    number = rng.randrange(1, 9000)
    anonymous = rng.random() < 0.08
    lon, lat = (f"{value:.7f}" for value in ticket.where) if ticket.where else ("", "")
    return [
        *(ticket.number, ticket.at.strftime(TIME_FORMAT)),
        rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0],
        *(("", "") if anonymous else (f"演示来电人{number:04d}", f"000-0000-{number:04d}")),
        *(ticket.matter.name, f"反映{ticket.matter.name}问题", ticket.content, ticket.address),
        *(ticket.matter.urgency, status, closed, lon, lat),
    ]


def _outcome(ticket: Ticket, rng: random.Random) -> tuple[str, str]:
    """Status on the last evening of the month and the time of closing."""
    days = {"特急": 0.2, "紧急": 1.0}.get(ticket.matter.urgency, 4.5)
    closed = ticket.at + timedelta(days=days * (0.15 + rng.random() * 1.7 + rng.random() ** 4 * 3))
    if closed <= END:
        return rng.choice(["已办结", "已办结", "已归档"]), closed.strftime(TIME_FORMAT)
    recent = END - ticket.at < timedelta(hours=20)
    return ("待派单" if recent else rng.choice(["办理中", "办理中", "待核查", "已退回"])), ""


def _truth(ticket: Ticket) -> list[str]:
    return [
        *(ticket.number, ticket.case, ticket.unit_code, " ".join(ticket.also), ticket.true_grid)
    ]


def _malformed(rows: list[Pair], rng: random.Random) -> list[Pair]:
    """Bad times, missing numbers, one number for two tickets, words for a coordinate."""
    changes = [
        *[(TIME, text) for text in ("2026-13-45 99:99:99", "昨天下午", "", "20261018")],
        *[(NUMBER, "")] * 3,
        *[(CONTENT, "同一编号，另一件事：要求答复办理进度。")] * 4,
        *[(LON, "东经119度"), (LAT, "不详"), (LAT, "")],
    ]
    made = []
    for serial, (column, text) in enumerate(changes, start=1):
        row, truth = rng.choice([pair for pair in rows if pair[1][1] == "located"])
        row, number = list(row), row[NUMBER] if column == CONTENT else f"YS20261031-9{serial:03d}"
        row[NUMBER] = number
        row[column] = text
        case = {TIME: "bad_time", NUMBER: "no_number", CONTENT: "number_reused"}.get(column)
        made.append((row, [row[NUMBER], case or "bad_coordinate", "", "", truth[4]]))
    return made


def _repeated(rows: list[Pair], rng: random.Random) -> list[Pair]:
    """Repeat rows word for word."""
    chosen = [rng.choice([pair for pair in rows if pair[1][1] == "located"]) for _ in range(6)]
    return [(list(row), [truth[0], "repeated", *truth[2:]]) for row, truth in chosen]
