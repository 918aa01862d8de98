"""The matcher: from a text to the place that it means, how sure that is, what else it may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from math import nan
from typing import Any

from gridmap.locating import examples, relations, sentences, units
from gridmap.locating.candidates import Candidate, candidates
from gridmap.locating.confidence import Signs, confidence
from gridmap.locating.examples import Example
from gridmap.locating.found import Found, Suggested
from gridmap.locating.gazetteer import Entry, Gazetteer
from gridmap.locating.limits import Limits
from gridmap.locating.metres import DEGREE_M
from gridmap.locating.reading import Mention, Reading, limits_of, read
from gridmap.locating.rows import AREA_KINDS, UNIT_KINDS
from gridmap.locating.scoring import FULL_PART, Evidence, evidence, is_same, labels_of, weigh
from gridmap.locating.spellings import BY_SOUND
from gridmap.locating.suggesting import Suggester
from gridmap.locating.words import words
from gridmap.locating.writing import encodable
from gridmap.moments import now

#: Candidates that an answer names.
NAMED = 8
#: Gains that differ by less are equal.
_EQUAL = 0.02


class Matcher:
    """Finds the places that texts mean in one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def find(
        self,
        text: str,
        *,
        matter: str | None = None,
        context: str | None = None,
        moment: int | None = None,
    ) -> Found:
        """Find the place that a text means.

        Parameters
        ----------
        text
            What was said of the place, in Chinese or an address in Latin letters.
        matter
            Name of the matter: it may tell which kind of service is meant.
        context
            What else the ticket says: a street or community named there is a limit, and when the
            text names nothing the place is looked for there.
        moment
            Microseconds since 1970: only what is valid then is found; what is valid now when
            missing.
        """
        text = encodable(text)
        reading = read(self.gazetteer, text)
        beside = read(self.gazetteer, context) if context else None
        at = now() if moment is None else moment
        context_limits = frozenset().union(*self._limits(beside))
        example = self._example(reading, context_limits, at)
        if beside is not None and not any(not m.is_limit for m in reading.mentions):
            reading, beside = self._with_context(reading, beside)
            example = example or self._example(reading, frozenset(), at)
        if example is not None:
            return examples.answer(self.gazetteer, text, example)
        ranked, said = self._ranked(reading, beside, _category(matter), at)
        if not ranked:
            return _nothing(text, reading)
        return self._answer(text, reading, said, ranked, at)

    def find_many(
        self,
        texts: Iterable[str],
        *,
        matters: Sequence[str | None] | None = None,
        contexts: Sequence[str | None] | None = None,
    ) -> list[Found]:
        """Find the places of many texts, in their order; the same text is looked for once."""
        known: dict[Any, Found] = {}
        found = []
        for index, text in enumerate(texts):
            asked = (
                text,
                matters[index] if matters else None,
                contexts[index] if contexts else None,
            )
            if asked not in known:
                known[asked] = self.find(text, matter=asked[1], context=asked[2])
            found.append(known[asked])
        return found

    def suggest(self, typed: str, limit: int = 10) -> list[Entry]:
        """List the entries that somebody who types may be looking for, as `Suggester.suggest`."""
        return self.suggester.suggest(typed, limit)

    @cached_property
    def suggester(self) -> Suggester:
        """What suggests; made when first asked for, since bulk work needs none."""
        return Suggester(self.gazetteer)

    def _example(self, reading: Reading, around: frozenset[int], moment: int) -> Example | None:
        """Find what the same words were confirmed to mean, unless the context says elsewhere."""
        gazetteer = self.gazetteer
        example = gazetteer.examples.get(reading.written.text)
        if example is None:
            return None
        number = gazetteer.numbers.get(example.entry or "")
        if number is None:
            near = not around or any(self._is_around(entry, example) for entry in around)
            return example if near and example.lon is not None else None
        inside = {number, *gazetteer.containers.of(number).tolist()}
        near = not around or not around.isdisjoint(inside)
        return example if near and gazetteer.is_valid(number, moment) else None

    def _is_around(self, entry: int, example: Example) -> bool:
        west, south, east, north = self.gazetteer.box[entry]
        lon, lat = example.lon, example.lat
        return lon is not None and lat is not None and west <= lon <= east and south <= lat <= north

    def _with_context(self, reading: Reading, beside: Reading) -> tuple[Reading, Reading | None]:
        """Take the name of a place from what else is said: 2号楼 of a ticket about 问潮苑."""
        named = [mention for mention in beside.mentions if not mention.is_limit]
        if not named:
            return (reading, beside) if reading.mentions or reading.parts else (beside, None)
        if not reading.parts or any(not part.bare for part in beside.parts):
            return beside, reading
        first = next((mention for mention in named if mention.role in ("", "meant")), named[0])
        name = beside.written.words(first.start, first.end)
        return read(self.gazetteer, f"{name}{reading.written.given}"), beside

    def _limits(self, reading: Reading | None) -> Limits:
        return limits_of(reading) if reading else ()

    def _ranked(
        self, reading: Reading, beside: Reading | None, category: str | None, moment: int
    ) -> tuple[list[Candidate], Evidence]:
        """List the candidates, those that explain most first; one for each place."""
        gazetteer = self.gazetteer
        context = self._limits(beside)
        limits = (*self._limits(reading), *context)
        found = candidates(gazetteer, reading, limits, moment)
        found += relations.crossings(gazetteer, reading, limits)
        found = [one for one in found if gazetteer.is_valid(one.entry, moment)]
        said = evidence(gazetteer, reading, found, context, category)
        best: dict[tuple[int, str], Candidate] = {}
        for candidate in found:
            candidate.gain = weigh(gazetteer, said, candidate)
            key = (candidate.entry, candidate.method)
            if key not in best or best[key].gain < candidate.gain:
                best[key] = candidate
        return sorted(best.values(), key=self._order), said

    def _order(self, candidate: Candidate) -> tuple[float, int, int, int, int]:
        """Rank by what is explained; then the finer one, what people name more often, the first."""
        return (
            -round(candidate.gain / _EQUAL) * _EQUAL,
            len(candidate.missing),
            -len(candidate.used),
            int(self.gazetteer.importance[candidate.entry]),
            candidate.entry,
        )

    def _answer(
        self,
        text: str,
        reading: Reading,
        said: Evidence,
        ranked: list[Candidate],
        moment: int,
    ) -> Found:
        gazetteer = self.gazetteer
        first = ranked[0]
        relation = relations.relation(reading, first)
        related = first.related(gazetteer)
        elsewhere = [one.gain for one in ranked[1:] if not is_same(gazetteer, first, one)]
        signs = self._signs(reading, said, first, related, elsewhere)
        sure = confidence(signs)
        problem = _problem(signs, several=_names_others(said, related))
        placed = relations.apply(gazetteer, first, relation)
        entry = self._entry(reading, first)
        lon, lat, extent = _place(entry, placed)
        method = placed.method or self._method(reading, first)
        named, named_sure = units.named(gazetteer, reading, moment)
        used = _words(reading, first, relation)
        zh, en = sentences.found(entry.label, method, used, sure, problem)
        return Found(
            text=text,
            entry=entry,
            lon=lon,
            lat=lat,
            extent=extent,
            method=method,
            confidence=sure,
            problem=problem,
            listing=partial(self._list, reading, said, ranked),
            words=used,
            reason_zh=zh,
            reason_en=en,
            held_by=self._held_by(reading, first, related, named),
            named_unit=named,
            named_confidence=named_sure,
            signs=signs,
        )

    def _entry(self, reading: Reading, first: Candidate) -> Entry:
        """Return the entry of an answer, labelled as what was found on it: a crossing, a number."""
        entry = self.gazetteer.entry(first.entry)
        if first.also:
            names = [entry.label, *map(self.gazetteer.label, first.also)]
            return replace(entry, label=" × ".join(names))
        if first.method == "interpolated":
            number = reading.written.words(first.used[0].start, first.used[0].end)
            ahead = first.mention is not None and first.used[0].start < first.mention.start
            return replace(
                entry, label=f"{number} {entry.label}" if ahead else entry.label + number
            )
        return entry

    def _held_by(
        self, reading: Reading, first: Candidate, related: set[int], named: str | None
    ) -> str | None:
        """Tell the finest unit that holds all of a place: by its ground, or by the text's word."""
        gazetteer = self.gazetteer
        units = related & frozenset().union(*self._limits(reading))
        if first.point is not None and len(first.beside) > 1:
            units |= {at for at in related if gazetteer.rank[at] >= 0}
        elif (whole := gazetteer.holding(first.entry)) >= 0:
            units.add(whole)
        finest = max(units, key=lambda at: gazetteer.rank[at], default=None)
        if named is not None and finest in gazetteer.containers.of(gazetteer.numbers[named]):
            return named
        return None if finest is None else gazetteer.rows.key[finest]

    def _signs(
        self,
        reading: Reading,
        said: Evidence,
        first: Candidate,
        related: set[int],
        elsewhere: list[float],
    ) -> Signs:
        """Tell what speaks for and against the first, beside the gains of other places."""
        best = max(elsewhere, default=0.0)
        rivals = sum(first.gain - gain < _EQUAL for gain in elsewhere)
        mention = first.mention
        return Signs(
            explained=min(first.gain / said.total, 1.0),
            rivals=max(
                float(rivals),
                self._other_names(mention, first.root) / 2,
                float(self._leaves_building(said, first, related)),
            ),
            margin=min((first.gain - best) / said.total, 1.0),
            missing=float(bool(first.missing) or _leaves_number(reading, first)),
            unknown=float(reading.unknown or _lies_elsewhere(said, related)),
            spread=min(first.spread_deg * DEGREE_M / 100, 3.0),
            numbered=float(bool(first.used)),
        )

    def _other_names(self, mention: Mention | None, root: int) -> int:
        """Count the names that are as near to a misspelt one; a number may tell which is meant."""
        if mention is None or mention.sureness >= BY_SOUND:
            return 0
        fit = mention.entries.get(root, 0.0)
        alike = {
            self.gazetteer.rows.name[e] for e, other in mention.entries.items() if other >= fit
        }
        return max(len(alike) - 1, 0)

    def _leaves_building(self, said: Evidence, first: Candidate, related: set[int]) -> bool:
        """Tell whether another building or house is named as well: 5号楼、3号楼."""
        labels = labels_of(self.gazetteer, related)
        return any(
            weight >= FULL_PART
            and part not in (*first.used, *first.missing)
            and labels.isdisjoint(self.gazetteer.part_ids(part.options))
            for part, weight in said.parts
        )

    def _method(self, reading: Reading, first: Candidate) -> str:
        kind = self.gazetteer.kind[first.entry]
        if kind in UNIT_KINDS:
            mention = first.mention
            digits = (
                mention is not None
                and reading.written.text[mention.start : mention.end].isdecimal()
            )
            return "unit_code" if digits else "unit_name"
        if kind == "road":
            return "street"
        if kind in AREA_KINDS:
            return "area"
        by_house = any(part.options[0][0] == "h" for part in first.used)
        return "address" if kind == "address" or by_house else "place"

    def _list(
        self, reading: Reading, said: Evidence, ranked: list[Candidate]
    ) -> tuple[Suggested, ...]:
        return tuple(self._suggest(reading, said, one) for one in ranked[:NAMED])

    def _suggest(self, reading: Reading, said: Evidence, candidate: Candidate) -> Suggested:
        entry = self._entry(reading, candidate)
        missing = tuple(reading.written.words(part.start, part.end) for part in candidate.missing)
        zh, en = sentences.candidate(
            entry.kind, entry.detail, _words(reading, candidate, None), missing
        )
        return Suggested(entry, min(candidate.gain / said.total, 1.0), zh, en)


def _place(
    entry: Entry, candidate: Candidate
) -> tuple[float, float, tuple[float, float, float, float] | None]:
    """Tell the point of a candidate and the box in which the truth lies."""
    if candidate.point is None:
        return _known(entry.lon), _known(entry.lat), entry.extent
    lon, lat = candidate.point
    reach = candidate.spread_deg
    return lon, lat, (lon - reach, lat - reach, lon + reach, lat + reach)


def _known(degrees: float | None) -> float:
    return nan if degrees is None else degrees


def _category(matter: str | None) -> str | None:
    """Tell the category of services that a matter's name speaks of."""
    if not matter:
        return None
    return next((category for word, category in words().services.items() if word in matter), None)


def _words(
    reading: Reading, candidate: Candidate, relation: relations.Relation | None
) -> tuple[str, ...]:
    """List the words of the text that led to a candidate, in their order."""
    spans = [(part.start, part.end) for part in candidate.used]
    if candidate.mention is not None:
        spans.append((candidate.mention.start, candidate.mention.end))
    spans += [
        (mention.start, mention.end)
        for mention in reading.mentions
        if not mention.entries.keys().isdisjoint(candidate.also)
    ]
    used = tuple(reading.written.words(start, end) for start, end in sorted(spans))
    return used if relation is None else (*used, relation.word)


def _lies_elsewhere(said: Evidence, related: set[int]) -> bool:
    """Tell whether the text names a unit or quarter that does not hold the answer."""
    return any(
        related.isdisjoint(mention.entries) for mention, _ in said.mentions if mention.is_limit
    )


def _names_others(said: Evidence, related: set[int]) -> bool:
    """Tell whether the text names a place that has nothing to do with the answer."""
    return any(
        mention.role != "home" and related.isdisjoint(mention.entries)
        for mention, _ in said.mentions
    )


def _leaves_number(reading: Reading, first: Candidate) -> bool:
    """Tell whether an address in Latin letters has a number that the answer does not explain."""
    used = [part.start for part in first.used]
    return reading.written.text.isascii() and any(
        part.bare and part.start not in used for part in reading.parts
    )


def _problem(signs: Signs, *, several: bool) -> str:
    """Name what is most doubtful about an answer; an empty text when nothing is."""
    if signs.rivals:
        return "ambiguous"
    if signs.missing:
        return "unknown_number"
    if signs.unknown:
        return "unknown_name"
    return "several" if several else ""


def _nothing(text: str, reading: Reading) -> Found:
    problem = "vague" if any(not part.bare for part in reading.parts) else "no_place"
    zh, en = sentences.not_found(problem)
    return Found(text, None, nan, nan, None, "none", 0.0, problem, tuple, (), zh, en)
