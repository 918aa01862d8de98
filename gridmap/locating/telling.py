"""What locating says on a terminal: an answer, the confirmations, the thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from gridmap.locating.answer import METHODS
from gridmap.locating.corrections import Confirmed
from gridmap.locating.found import Found
from gridmap.locating.sentences import percent
from gridmap.locating.threshold import Consequence


def found_lines(found: Found) -> list[str]:
    """Say what was found: the place in one line, the reason twice, then what may be meant."""
    lines = [_place_line(found), found.reason_zh, found.reason_en]
    for one in found.candidates:
        lines.append(f"  {one.score:.2f}  {one.entry.label}  [{one.entry.key}]")
        lines.append(f"        {one.reason_zh}")
        lines.append(f"        {one.reason_en}")
    return lines


def _place_line(found: Found) -> str:
    if found.entry is None:
        return "Not located."
    entry = found.entry
    told = [entry.label, entry.detail, METHODS[found.method][1], percent(found.confidence)]
    lon, lat = (entry.lon, entry.lat) if found.lon != found.lon else (found.lon, found.lat)
    told.append("no point known" if lon is None else f"{lon:.6f}, {lat:.6f}")
    return " · ".join(part for part in told if part)


def confirmed_lines(confirmed: Sequence[Confirmed], zone: tzinfo) -> list[str]:
    """List confirmations with who and when, in the zone of the site."""
    if not confirmed:
        return ["Nothing is confirmed yet."]
    return [_confirmed_line(one, zone) for one in confirmed]


def _confirmed_line(one: Confirmed, zone: tzinfo) -> str:
    meant = one.entry or f"{one.lon:.6f}, {one.lat:.6f}"
    alias = f" (also called {one.alias})" if one.alias else ""
    when = f"{one.confirmed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    text = " ".join(one.text.split())
    return f"{one.id}  {text}  ->  {meant}{alias}  {one.confirmed_by}, {when}"


def threshold_lines(rows: Sequence[Consequence], setting: float) -> list[str]:
    """Write the table of thresholds; the one of the setting is marked."""
    if not rows:
        return [f"Nothing is confirmed yet to judge by; the setting is {setting:g}."]
    count = rows[0].count
    lines = [f"Of {count} confirmed texts, each judged as if it had not been confirmed:"]
    lines.append("threshold  automatic   wrong")
    for row in rows:
        mark = "  <- GRIDMAP_LOCATING_THRESHOLD" if row.threshold == setting else ""
        lines.append(f"{row.threshold:9.2f}  {row.automatic:8.1%}  {row.wrong:6.1%}{mark}")
    return lines
