"""The numbers of an address: buildings, entrances, house numbers, rooms; in texts and in names.

A part is written as a letter for what it is and its number: b5 is building 5, a5 the block of flats
5 (公寓), e2 entrance 2, h38 house number 38, r301 a room, f3 a floor, with what stands before or
behind the number kept (b甲5, h69-17).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_CHINESE = re.compile(r"[㐀-鿿]")

#: What a number may be, by the word behind it; the likeliest first.
_MEANS = {
    "号楼": "bah", "号公寓": "ab", "公寓": "ab", "栋楼": "ba", "号栋": "ba", "栋": "ba",
    "座": "ba", "#楼": "ba", "号院": "h", "单元": "e", "号门": "e", "门": "e", "室": "r", "房": "r",
    "层": "f", "楼": "baf", "#": "bah", "号": "hb", "": "bh",
    }  # fmt: skip

_STEMS = tuple("甲乙丙丁戊己")
_NUMBER = re.compile(
    r"第?(?P<before>[甲乙丙丁戊己东西南北中新]{0,2})"
    r"(?P<number>(?<!\d)\d{1,5}[a-z]?(?:-\d{1,4}[a-z]?){0,3}|(?<![a-z])[a-z](?=座|栋|单元|区?\d{0,2}号楼)"
    r"|(?<=[甲乙丙丁戊己])(?=号))"
    r"(?P<behind>[甲乙丙丁]?)"
    r"(?P<word>号楼|号公寓|公寓|栋楼|号栋|栋|座|#楼|号院|单元|号门(?![口前面诊])|门(?![口前面诊])|室|房(?![屋间])"
    r"|层|楼(?!道|顶|梯|房|宇|盘)|#|号(?!线)|(?![0-9a-z㐀-鿿]))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A number in a text.

    Attributes
    ----------
    start, end
        Where it stands.
    options
        What it may be, the likeliest first; the start of each is later where a letter before the
        number may belong to a name.
    bare
        Whether no word behind it says what it is.
    """

    start: int
    end: int
    options: tuple[str, ...]
    bare: bool


@lru_cache(maxsize=65_536)
def parts(text: str) -> tuple[Part, ...]:
    """Find the numbers of a written text, in their order; time grows with its length only."""
    chinese = bool(_CHINESE.search(text))
    return tuple(part for match in _NUMBER.finditer(text) for part in _parts(match, chinese))


def _parts(match: re.Match[str], chinese: bool) -> Iterator[Part]:
    number, word = match["number"], match["word"]
    pieces = number.split("-")
    if len(pieces) > 1 and word in ("", "室", "房") and chinese:
        yield from _dashed(match, pieces, word)
        return
    yield Part(match.start(), match.end(), _options(match), not word)


def _dashed(match: re.Match[str], pieces: list[str], word: str) -> Iterator[Part]:
    """Read 5-2-301 in a Chinese text as building, entrance, room; 5-2 may be a house number too."""
    kinds = ("b", "e", "r", "r") if len(pieces) > 2 or word in ("室", "房") else ("b", "e")
    if len(pieces) == 2 and len(pieces[1]) > 2:
        kinds = ("b", "r")
    start = match.start("number")
    for index, (piece, kind) in enumerate(zip(pieces, kinds, strict=False)):
        before = match["before"] if index == 0 else ""
        fronts = dict.fromkeys((before, "") if before[-1:] not in _STEMS else (before,))
        options = tuple(f"{kind}{front}{piece}" for front in fronts)
        if index == 0 and len(pieces) == 2:
            options = (*options, f"h{match['number']}")
        yield Part(start, start + len(piece), options, bare=True)
        start += len(piece) + 1


def _options(match: re.Match[str]) -> tuple[str, ...]:
    before, number, behind = match["before"], match["number"], match["behind"]
    number = number.lstrip("0") or number[-1:]
    # 南 may be the end of a name, 甲 belongs to the number
    alone = () if before[-1:] in _STEMS else ("",)
    fronts = tuple(dict.fromkeys((before, before[-1:], *alone)))
    return tuple(
        f"{kind}{front}{number}{behind}" for kind in _MEANS[match["word"]] for front in fronts
    )


def take_apart(name: str) -> tuple[str, tuple[str, ...]]:
    """Take the numbers at the end of a written name away from it.

    `拂汀雅居1号楼` is (`拂汀雅居`, (`b1`,)); a name that ends otherwise stays whole.
    """
    taken: list[str] = []
    found = parts(name)
    end = len(name)
    for part in reversed(found):
        if part.end != end or part.bare or part.options[0][0] not in "bahe":
            break
        taken.append(part.options[0])
        end = part.start
    return name[:end], tuple(reversed(taken))


def house_value(number: str) -> float:
    """Tell where a house number lies along its street; NaN when it has no figures.

    69-17, as in Queens, is block 69, house 17.
    """
    figures = re.findall(r"\d+", number)
    if not figures:
        return float("nan")
    if len(figures) > 1 and "-" in number:
        return float(int(figures[0]) * 100 + int(figures[1]))
    return float(figures[0])
