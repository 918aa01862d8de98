"""Why a place was found, or was not, in one sentence each of Chinese and English."""

from __future__ import annotations

from gridmap.locating.answer import KINDS, METHODS, REASONS

Both = tuple[str, str]


def found(label: str, method: str, words: tuple[str, ...], confidence: float, problem: str) -> Both:
    """Say what was found, from which words, and what is doubtful about it."""
    zh, en = METHODS[method]
    said = "”“".join(words)
    quoted = ", ".join(f"“{word}”" for word in words)
    parts_zh = [f"根据“{said}”，{zh}：{label}（把握 {percent(confidence)}）"]
    parts_en = [f"{label}: {en}, from {quoted}; sure to {percent(confidence)}"]
    if problem:
        why_zh, why_en = REASONS[problem]
        parts_zh.append(why_zh)
        parts_en.append(why_en)
    return "；".join(parts_zh) + "。", "; ".join(parts_en) + "."


def not_found(problem: str) -> Both:
    """Say why nothing was found."""
    zh, en = REASONS[problem]
    return f"{zh}。", f"{en[:1].upper()}{en[1:]}."


def candidate(kind: str, detail: str, explained: tuple[str, ...], missing: tuple[str, ...]) -> Both:
    """Say what a candidate is, where, which words speak for it and which number is not known."""
    kind_zh, kind_en = KINDS.get(kind, (kind, kind))
    zh = [kind_zh] + ([detail] if detail else [])
    en = [kind_en] + ([detail] if detail else [])
    if explained:
        zh.append("文中有“" + "”“".join(explained) + "”")
        en.append("the text has " + ", ".join(f"“{word}”" for word in explained))
    if missing:
        zh.append("此处没有“" + "”“".join(missing) + "”")
        en.append("has no " + ", ".join(f"“{word}”" for word in missing))
    return "，".join(zh), ", ".join(en)


def percent(confidence: float) -> str:
    """Write a confidence in whole per cent, at most 99: nothing that is read from words is sure."""
    return f"{min(confidence, 0.99):.0%}"
