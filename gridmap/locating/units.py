"""The unit that a text names, whatever else it names: it answers when the place is unsure."""

from __future__ import annotations

from gridmap.locating.confidence import Signs, confidence
from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.reading import Reading, is_cut_short

#: Gains that differ by less are equal: a short form tells a unit as well as its whole name.
_EQUAL = 0.1


def named(gazetteer: Gazetteer, reading: Reading, moment: int) -> tuple[str | None, float]:
    """Find the finest unit that a text names, and how sure that is.

    A name that several units bear counts for those whose own units above are named too.
    """
    mentions = [m for m in reading.mentions if m.is_limit and not is_cut_short(reading, m)]
    gains: dict[int, float] = {}
    for mention in mentions:
        for entry in mention.entries:
            if gazetteer.rank[entry] >= 0 and gazetteer.is_valid(entry, moment):
                around = {entry, *gazetteer.containers.of(entry).tolist()}
                fits = (max((m.entries.get(e, 0.0) for e in around), default=0.0) for m in mentions)
                gains[entry] = sum(fits) / len(mentions)
    if not gains:
        return None, 0.0
    best = max(gains, key=lambda entry: (round(gains[entry] / _EQUAL), gazetteer.rank[entry]))
    above = {best, *gazetteer.containers.of(best).tolist()}
    others = [gain for entry, gain in gains.items() if entry not in above]
    rivals = sum(gains[best] - gain < _EQUAL for gain in others)
    signs = Signs(
        explained=gains[best],
        rivals=float(rivals),
        margin=gains[best] - max(others, default=0.0),
        missing=0.0,
        unknown=0.0,
        spread=0.0,
        numbered=0.0,
    )
    return gazetteer.rows.key[best], confidence(signs)
