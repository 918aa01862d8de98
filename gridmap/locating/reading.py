"""A text read: the names and numbers in it, and what the words around them say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from gridmap.locating.gazetteer import ANYWHERE, Gazetteer
from gridmap.locating.limits import Limits, held
from gridmap.locating.naming import CORE, SHORT
from gridmap.locating.parts import Part, parts
from gridmap.locating.rows import UNIT_KINDS
from gridmap.locating.slips import Surroundings, nearest
from gridmap.locating.spellings import EXACT, Hit, Taken
from gridmap.locating.words import without_fillers, words
from gridmap.locating.writing import Written, write

_CODE = re.compile(r"(?<![0-9])[0-9]{6,22}(?![0-9])")
_LATIN_WORD = re.compile(r"[a-z]{3,}")
#: A part of an estate that no registered name has, before the number of a building: 北区, 2期.
_PHASE = re.compile(r"^[东西南北中上下\d]{1,2}(?:区|期|院)")
#: More figures than any house number has.
_LONG_NUMBER = re.compile(r"\d{6,}(?=号|栋|楼|#)")
_RUN = re.compile(r"[㐀-鿿]+")
#: The name of a wide unit before a number is no name of what the number is of.
_UNIT_BEFORE = re.compile(
    r"^[㐀-鿿]{1,8}(?<!小)(?<!社)(?<!园)(?<!校)(?<!住宅)(?:市|区|县|街道|镇|乡)"
)
#: How much of the text before a name is searched for a word such as 家住.
_BEFORE = 6
#: Characters that may stand between a name and a number of it, besides fillers.
_GAP = 3
#: Names of so few characters stand by chance in other words.
_SHORT = 3
#: So many places of one number may all be meant when nothing limits them; and this is too many to
#: be looked through.
_FEW, _TOO_MANY = 12, 20_000
_NOT_MEANT = (*words().home, *words().denied)
#: What may stand right behind a name that ends there.
_BEHIND = (
    *words().fillers,
    *words().at,
    *words().beside,
    *words().crossing,
    *words().joining,
    *(side + word for side in words().sides for word in "门侧边面口角"),
)
#: What may stand right before a name that begins there.
_AHEAD = (*words().lead, *words().joining, *words().home, *words().meant, *words().denied)


@dataclass(frozen=True)
class Mention:
    """A name in a text, with every entry that bears it and how good a fit each is (0 to 1).

    `sureness` is of the writing alone: 1 for a name that is written as registered. `is_limit` tells
    names of units and quarters only, which limit a place.
    """

    start: int
    end: int
    entries: dict[int, float]
    sureness: float
    is_limit: bool = False
    role: str = ""


#: Whatever stands somewhere in a text.
Span = Mention | Part | Hit


@dataclass
class Reading:
    """What a text says of a place.

    Attributes
    ----------
    written
        The text.
    mentions, parts
        Names and numbers in their order; none lies over another.
    unknown
        Whether a number is said of something whose name is not known.
    """

    written: Written
    mentions: list[Mention] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unknown: bool = False

    @property
    def spans(self) -> list[Mention | Part]:
        """All that is read."""
        return [*self.mentions, *self.parts]


def read(gazetteer: Gazetteer, text: str) -> Reading:
    """Read a text; where it seems to name something else, names with a slip are looked for too."""
    reading = Reading(write(text))
    written = reading.written.text
    reading.mentions = _codes(gazetteer, written)
    reading.mentions += _chosen(gazetteer, gazetteer.spellings.find(written))
    _set_parts(reading)
    if _wants_more(gazetteer, reading):
        reading.mentions = _with_slips(gazetteer, reading)
        _set_parts(reading)
    _name_numbers(gazetteer, reading)
    _name_services(gazetteer, reading)
    reading.mentions = with_roles(reading)
    reading.unknown = (
        _leaves_latin(reading)
        or any(_has_unknown_base(reading, part) for part in reading.parts)
        or any(_comes_on(reading, m) or is_another(reading, m) for m in reading.mentions)
        or any(_PHASE.search(gap) for gap in _gaps(reading))
        or any(not _is_read(reading, match.start()) for match in _LONG_NUMBER.finditer(written))
    )
    return reading


def is_another(reading: Reading, mention: Mention) -> bool:
    """Tell whether a short form goes on as the name of another thing: 桥头 of 桥头路, 柳林小区."""
    fit = max(mention.entries.values())
    if fit > CORE * mention.sureness and (mention.is_limit or fit >= mention.sureness):
        return False
    rest = reading.written.text[mention.end :]
    if not mention.is_limit and rest.startswith(words().fillers):
        return False  # 望云小区 for 望云雅居
    return rest.startswith(words().common_endings)


def _gaps(reading: Reading) -> list[str]:
    """List what stands between each name and the number behind it."""
    text, gaps = reading.written.text, []
    for part in reading.parts:
        before = [m.end for m in reading.mentions if m.end <= part.start and not m.is_limit]
        if before and part.options[0][0] in "bah":
            gaps.append(text[max(before) : part.start])
    return gaps


def _is_read(reading: Reading, place: int) -> bool:
    return any(one.start <= place < one.end for one in reading.spans)


def _set_parts(reading: Reading) -> None:
    reading.mentions.sort(key=lambda mention: mention.start)
    reading.parts = [
        part
        for part in parts(reading.written.text)
        if not any(_overlap(part, mention) for mention in reading.mentions)
    ]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _codes(gazetteer: Gazetteer, text: str) -> list[Mention]:
    found = ((match, gazetteer.codes.all(match[0])) for match in _CODE.finditer(text))
    return [
        _mention(gazetteer, match.start(), match.end(), dict.fromkeys(entries, 1.0), EXACT)
        for match, entries in found
        if entries
    ]


def _chosen(gazetteer: Gazetteer, hits: list[Hit]) -> list[Mention]:
    """Choose hits that do not overlap: the longest first, and of these the best."""
    hits.sort(key=lambda hit: (hit.start - hit.end, -hit.quality, hit.start))
    taken: list[Hit] = []
    for hit in hits:
        rivals = [other for other in taken if _overlap(hit, other)]
        same = rivals and all(
            (r.start, r.end, r.quality) == (hit.start, hit.end, hit.quality) for r in rivals
        )
        if not rivals or same:
            taken.append(hit)
    return _mentions(gazetteer, taken)


def _mentions(gazetteer: Gazetteer, hits: list[Hit]) -> list[Mention]:
    """Join the hits on one stretch to a mention of all their entries."""
    spans: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        spans.setdefault((hit.start, hit.end), []).append(hit)
    return [
        _mention(gazetteer, start, end, _entries(gazetteer, found), max(h.quality for h in found))
        for (start, end), found in spans.items()
    ]


def _entries(gazetteer: Gazetteer, hits: list[Hit]) -> dict[int, float]:
    entries: dict[int, float] = {}
    for hit in hits:
        first, last = gazetteer.owned_by(hit.spelling)
        for at in range(first, last):
            entry = int(gazetteer.owners.values[at])
            fit = hit.quality * float(gazetteer.trust[at])
            entries[entry] = max(fit, entries.get(entry, 0.0))
    return entries


def limits_of(reading: Reading) -> Limits:
    """Tell the units and quarters that a text names: for each name all that bear it."""
    return tuple(frozenset(m.entries) for m in reading.mentions if m.is_limit)


def is_cut_short(reading: Reading, mention: Mention) -> bool:
    """Tell whether a unit's name without what units are called begins another: 示范 of 示范路."""
    fit = max(mention.entries.values())
    return fit <= CORE * mention.sureness and _goes_on(reading, mention)


def _mention(
    gazetteer: Gazetteer, start: int, end: int, entries: dict[int, float], sureness: float
) -> Mention:
    is_limit = all(gazetteer.kind[entry] in _LIMITS for entry in entries)
    return Mention(start, end, entries, sureness, is_limit)


_LIMITS = {*UNIT_KINDS, "locality"}


def _wants_more(gazetteer: Gazetteer, reading: Reading) -> bool:
    """Tell whether the text seems to name something that was not found."""
    if all(mention.is_limit for mention in reading.mentions):
        return True
    if any(_has_unknown_base(reading, part) for part in reading.parts):
        return True
    if len(reading.mentions) == 1 and any(word in reading.written.text for word in _NOT_MEANT):
        return True
    return any(_goes_on(reading, m) or _comes_on(reading, m) for m in reading.mentions)


def _has_unknown_base(reading: Reading, part: Part) -> bool:
    """Tell whether a number stands behind words that are neither a name nor a filler."""
    if part.bare:
        return False
    before = [one.end for one in reading.spans if one.end <= part.start]
    before += [at for at in reading.written.breaks if at <= part.start]
    between = _UNIT_BEFORE.sub("", reading.written.text[max(before, default=0) : part.start])
    between = without_fillers(between)
    return (
        len(between) >= 2
        and bool(_RUN.search(between))
        and not between.endswith((*words().lead, *words().at, *words().beside))
    )


def _leaves_latin(reading: Reading) -> bool:
    """Tell whether an address in Latin letters has a longer word that is not accounted for."""
    text = reading.written.text
    if not text.isascii():
        return False
    known = {*words().joining, *words().crossing, *words().between, *words().latin.values()}
    said = (*words().beside, *words().at, *words().home, *words().meant)
    known.update(word for phrase in said for word in phrase.split())
    kinds = {*words().latin.values()} - {"and", "at"}
    ends = {mention.end + 1 for mention in reading.mentions}
    return any(
        not _is_read(reading, match.start())
        and (match[0] not in known or (match[0] in kinds and match.start() in ends))
        for match in _LATIN_WORD.finditer(text)
    )


def _goes_on(reading: Reading, mention: Mention) -> bool:
    """Tell whether a name may be the beginning of a longer one that was not found."""
    text, end = reading.written.text, mention.end
    end += text.startswith("的", end)
    if mention.end in reading.written.breaks or not _RUN.match(text[end : end + 2]):
        return False
    if any(one.start == end for one in reading.spans):
        return False
    return not text.startswith(_BEHIND, end)


def _comes_on(reading: Reading, mention: Mention) -> bool:
    """Tell whether a name may be the end of a longer one: 西门 of 清华大字西门.

    A short one is in doubt wherever other words stand right before it, a longer one where these
    are one or two characters that begin the text.
    """
    before = _before(reading, mention)
    if mention.is_limit or before == reading.written.text[mention.start]:
        return False  # 归望海社区; a character that is written twice
    start = mention.start - len(before)
    rest = _UNIT_BEFORE.sub("", before)
    if not _RUN.fullmatch(rest) or rest.endswith(_AHEAD):
        return False
    if mention.end - mention.start <= _SHORT:
        return len(rest) >= 2
    return len(before) <= 2 and (start == 0 or start in reading.written.breaks)


def _before(reading: Reading, mention: Mention) -> str:
    """Return the words right before a name, up to a mark, a number or another name."""
    stops = [at for at in reading.written.breaks if at <= mention.start]
    stops += [one.end for one in reading.spans if one.end <= mention.start]
    start = max(*stops, mention.start - _BEFORE, 0) if stops else max(mention.start - _BEFORE, 0)
    return reading.written.text[start : mention.start]


def _name_numbers(gazetteer: Gazetteer, reading: Reading) -> None:
    """Take a number that is said of nothing, and that few places have, for a name: 南6楼."""
    limits = limits_of(reading)
    named = []
    for part in reading.parts:
        if part.bare or part.options[0][0] not in "ba" or _has_base(reading, part):
            continue
        entries = _numbered(gazetteer, part, limits)
        if entries:
            named.append(Mention(part.start, part.end, entries, EXACT))
    reading.mentions += named
    _set_parts(reading)


def _name_services(gazetteer: Gazetteer, reading: Reading) -> None:
    """Take the word for a service right behind a place for a name, where one only can be meant.

    拂汀雅居药店 is the one pharmacy in or beside that estate.
    """
    text, named = reading.written.text, []
    for span in reading.spans:
        rest = text[span.end :].lstrip("的里内旁边")
        word = next((word for word in words().services if rest.startswith(word)), None)
        before = [m for m in reading.mentions if m.end <= span.end and not m.is_limit]
        if word is None or not before:
            continue
        places = max(before, key=lambda mention: mention.end).entries
        services = gazetteer.services(words().services[word], list(places)[:_FEW])
        start = text.index(word, span.end)
        if len(services) == 1 and not any(m.start <= start < m.end for m in reading.mentions):
            named.append(Mention(start, start + len(word), dict.fromkeys(services, SHORT), EXACT))
    reading.mentions += named
    _set_parts(reading)


def _has_base(reading: Reading, part: Part) -> bool:
    """Tell whether a number is said of a name before it, known or not, or goes on from another."""
    if _has_unknown_base(reading, part):
        return True
    if any(one.end == part.start for one in reading.parts):
        return True
    before = [m for m in reading.mentions if m.end <= part.start]
    last = max(before, key=lambda m: m.end, default=None)
    if last is None or last.is_limit:
        return False
    gap = reading.written.text[last.end : part.start]
    parted = any(last.end <= at <= part.start for at in reading.written.breaks)
    return not gap or (is_small_gap(gap) and not parted)


def is_small_gap(between: str) -> bool:
    """Tell whether what stands between a name and a number lets the number be of the name.

    Fillers do, and a few characters; 对面的 does not, nor what looks like another name.
    """
    rest = without_fillers(between.strip())
    if len(rest) <= 1:
        return True
    if len(rest) == 2 and between.strip() != rest:  # 光东里: a filler may end a name
        return False
    if rest.startswith(words().beside):
        return False
    named = next((rest.removesuffix(e) for e in words().common_endings if rest.endswith(e)), "")
    return len(rest) <= _GAP and len(named) < 2


def _numbered(gazetteer: Gazetteer, part: Part, limits: Limits) -> dict[int, float]:
    """Find the buildings of a number: those within the limits, or the few that have it at all."""
    for option in part.options:
        if option[0] not in "ba":
            continue  # a house number without its street names nothing
        entries = gazetteer.child(ANYWHERE, option).tolist()
        if len(entries) <= _TOO_MANY:
            entries = held(gazetteer, entries, limits) or entries
        if 0 < len(entries) <= _FEW:
            return dict.fromkeys(entries, 1.0 if option == part.options[0] else SHORT)
    return {}


def _with_slips(gazetteer: Gazetteer, reading: Reading) -> list[Mention]:
    """Look for names with a slip: in what is not read yet, or longer than the names found there."""
    taken = [Taken(m.start, m.end, 1 if m.sureness < EXACT else 2) for m in reading.mentions]
    taken += [Taken(part.start, part.end, 2) for part in reading.parts if not part.bare]
    ends = frozenset(part.start for part in reading.parts)
    around = Surroundings(reading.written.text, reading.written.breaks, ends, tuple(taken))
    found = [
        _mention(
            gazetteer,
            min(hit.start for hit in group),
            max(hit.end for hit in group),
            _entries(gazetteer, group),
            max(hit.quality for hit in group),
        )
        for group in nearest(gazetteer.spellings, around)
    ]
    return [m for m in reading.mentions if not any(_overlap(m, new) for new in found)] + found


def with_roles(reading: Reading) -> list[Mention]:
    """Tell places that are meant from those where somebody lives, or that others are told by."""
    told = [replace(m, role=_role(reading, m)) for m in reading.mentions]
    if any(m.role in ("", "meant") for m in told):
        return told
    return [replace(m, role="") if m.role == "anchor" else m for m in told]


def _role(reading: Reading, mention: Mention) -> str:
    text = reading.written.text
    before, around = _before(reading, mention), words()
    if any(word in before for word in around.denied):
        return "not"
    end = mention.end
    for part in reading.parts:
        if part.start == end:
            end = part.end
    others = any(one is not mention for one in reading.mentions)
    if others and text.startswith(around.beside, end):
        return "anchor"
    if any(word in before for word in around.home):
        return "home"
    return "meant" if any(word in before for word in around.meant) else ""
