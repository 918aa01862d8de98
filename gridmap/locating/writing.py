"""One way of writing for what people write in many: width, case, numerals, old characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from gridmap.locating.words import words

#: Characters of a text that are looked at; a place is said long before.
LIMIT = 400

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMERAL = re.compile(
    r"(?<=第)[零一二两三四五六七八九十百]{1,5}"
    r"|[零一二两三四五六七八九十百]{1,5}"
    r"(?=号|楼|栋|座|单元|门|层|室|区|院|期|排|组|条|巷|弄|公寓|餐厅|食堂|教学楼|#)"
)
_ORDINAL = re.compile(r"(\d{1,4})(?:st|nd|rd|th)\b")
_LATIN_WORD = re.compile(r"(?<![a-z])[a-z]+(?![a-z])| ?[&@] ?")
_NOTHING = frozenset("'‘’`´")
_SOFT = frozenset('·•*_"“”')
_KEPT = frozenset("-#&@+")
_LOOSE_DASH = re.compile(r"(?<![0-9a-z])-+|-+(?![0-9a-z])")
_HALF = re.compile("[\ud800-\udfff]")
_CHINESE = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Written:
    """A text in the one way of writing.

    Attributes
    ----------
    text
        Half-width, lower case, simplified, Arabic numbers before 号 and its like, no marks; blanks
        only between Latin words.
    origin
        For each character its position in the text that was given.
    breaks
        Places before which a mark stood that parts, such as a comma.
    given
        That text.
    """

    text: str
    origin: list[int]
    given: str
    breaks: frozenset[int] = frozenset()

    def words(self, start: int, end: int) -> str:
        """Return the words of the given text that stand behind a stretch of this one."""
        if start >= end:
            return ""
        return self.given[self.origin[start] : self.origin[end - 1] + 1]


def encodable(text: str) -> str:
    """Put a replacement mark for each half of a surrogate pair: no answer can be sent with one."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def write(given: str) -> Written:
    """Bring a text into the one way of writing; `LIMIT` characters count, given and written."""
    written = _plainly(given)
    written = _replace(written, _LOOSE_DASH, lambda match: "")
    written = _replace(written, _NUMERAL, _number)
    written = _replace(written, _ORDINAL, lambda match: match[1])
    latin = not _CHINESE.search(written.text)
    written = _replace(written, _LATIN_WORD, _long_form if latin else _long_word)
    return _beginning(_without_marks(written))


def _beginning(written: Written) -> Written:
    """Keep the first `LIMIT` characters: a short form, or a ligature, is written as many."""
    if len(written.text) <= LIMIT:
        return written
    breaks = frozenset(at for at in written.breaks if at < LIMIT)
    return Written(written.text[:LIMIT], written.origin[:LIMIT], written.given, breaks)


def _plainly(given: str) -> Written:
    """Write every character plainly, a comma for each mark that parts."""
    chars: list[str] = []
    origin: list[int] = []
    blank = False
    for place, char in enumerate(given[:LIMIT]):
        for one in _plain(char):
            if one == " ":
                blank = bool(chars)
                continue
            if blank and _needs_blank(chars[-1], one):
                chars.append(" ")
                origin.append(max(place - 1, origin[-1]))
            blank = False
            if one != "," or (chars and chars[-1] != ","):
                chars.append(one)
                origin.append(place)
    return Written("".join(chars), origin, given)


def _without_marks(written: Written) -> Written:
    """Take the marks away and remember where they stood; Latin words stay apart."""
    chars: list[str] = []
    origin: list[int] = []
    breaks: set[int] = set()
    for place, char in enumerate(written.text):
        if char == ",":
            breaks.add(len(chars))
            continue
        if len(chars) in breaks and chars and _needs_blank(chars[-1], char):
            breaks.discard(len(chars))
            chars.append(" ")
            origin.append(max(written.origin[place] - 1, origin[-1]))
            breaks.add(len(chars))
        chars.append(char)
        origin.append(written.origin[place])
    return Written("".join(chars), origin, written.given, frozenset(breaks))


@lru_cache(maxsize=100_000)
def spelling(name: str) -> str:
    """Write a registered name as texts are written."""
    return write(name).text


def _needs_blank(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum() and before < "㐀" and after < "㐀"


@lru_cache(maxsize=65_536)
def _plain(char: str) -> str:
    """Write one character: letters, digits and hanzi as they are, marks as a comma or nothing."""
    char = words().variants.get(char, char)
    plain = []
    for one in unicodedata.normalize("NFKC", char).lower():
        one = words().variants.get(one, one)
        category = unicodedata.category(one)
        if one in _KEPT or category[0] == "L" or category == "Nd":
            plain.append(one if category != "Nd" else str(unicodedata.digit(one)))
        elif one in _NOTHING:
            continue
        elif category[0] == "Z" or one in _SOFT or category[0] in "CM":
            plain.append(" ")
        elif category[0] in "PSN":
            plain.append(",")
    return "".join(plain)


def _replace(written: Written, pattern: re.Pattern[str], new: object) -> Written:
    """Replace what a pattern finds; what replaces it stands where it stood."""
    matches = list(pattern.finditer(written.text))
    if not matches:
        return written
    text, origin, last = [], [], 0
    for match in matches:
        put = new(match)  # type: ignore[operator]
        text += [written.text[last : match.start()], put]
        origin += written.origin[last : match.start()]
        origin += _stretched(written.origin[match.start() : match.end()], len(put))
        last = match.end()
    text.append(written.text[last:])
    return Written("".join(text), origin + written.origin[last:], written.given)


def _stretched(origin: list[int], length: int) -> list[int]:
    if length <= len(origin):
        return origin[: length - 1] + origin[-1:] if length else []
    return origin + origin[-1:] * (length - len(origin))


def _long_form(match: re.Match[str]) -> str:
    word = match[0].strip()
    long = words().latin.get(word, word)
    return f" {long} " if word in "&@" else long


def _long_word(match: re.Match[str]) -> str:
    """Leave single letters alone: in a Chinese text E座 is no east."""
    return _long_form(match) if len(match[0].strip()) > 1 else match[0]


def _number(match: re.Match[str]) -> str:
    text = match[0]
    if "十" not in text and "百" not in text:
        return "".join(str(_DIGITS[char]) for char in text)
    total, digit = 0, None
    for char in text:
        if char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
        else:
            digit = _DIGITS[char]
    return str(total + (digit or 0))
