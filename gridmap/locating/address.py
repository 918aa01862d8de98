"""An address taken apart: the street and the house number on it."""

from __future__ import annotations

import re
import unicodedata

# Every repetition is bounded or begins at one place only: the time is linear in the text's length.
_CHINESE_NUMBER = re.compile(
    r"(?<![\d\-之])(?P<number>[甲乙丙丁戊己庚辛壬癸临附新]?\d{1,6}(?:[-之]\d{1,4})?)"
    r"(?:(?P<lane>弄)|[号號](?!楼|樓|棟|栋|幢|座|线|線|门|門))"
)
_BARE_NUMBER = re.compile(
    r"[甲乙丙丁戊己庚辛壬癸临附新]?\d{1,6}[A-Za-z]?(?:[-之]\d{1,6}[A-Za-z]?)?"
)
_LATIN = re.compile(r"(?P<number>\d{1,6}[A-Z]?(?:-\d{1,6}[A-Z]?)?(?: \d/\d)?) +(?P<street>.+)")

_STREET_ENDINGS = ("路", "街", "道", "巷", "胡同", "弄", "里", "条", "桥", "环", "大院")
_ADMINISTRATIVE = re.compile(r".{1,8}?(?:街道|社区|[省市区县镇乡村])")

# A number and one of these alone is a street with a number for a name: 69 STREET in Queens.
_LATIN_TYPES = frozenset(
    ("AVENUE", "AVE", "BOULEVARD", "BLVD", "COURT", "CT", "DRIVE", "DR", "LANE", "LN", "PLACE",
     "PL", "ROAD", "RD", "STREET", "ST", "TERRACE", "WAY")
)  # fmt: skip


def split_address(text: str) -> tuple[str | None, str | None]:
    """
    Take the street and the house number out of one address.

    Parameters
    ----------
    text
        Such as `映屿街38号`, `演示区潮甲街道环海路616号院2号楼`, `甲5号`, `12号院`,
        `69-17 GRAND AVENUE`, `539 ELLSWORTH AVENUE, BRONX`. The units in front of a
        Chinese street are left away, as is what follows the number; a number of a building
        (`2号楼`) is none of a house.

    Returns
    -------
    street
        As written, with half-width letters; None where none is named.
    number
        Without 号 or 院, e.g. `38`, `甲5`, `69-17`, but `339弄`; None where there is none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _BARE_NUMBER.fullmatch(plain):
        return None, plain
    found = _CHINESE_NUMBER.search(plain)
    if found is not None:
        number = found["number"] + (found["lane"] or "")
        return _chinese_street(plain[: found.start()]), number
    if plain.isascii():
        return _split_latin(plain)
    return _chinese_street(plain), None


def _split_latin(text: str) -> tuple[str | None, str | None]:
    street, number = text.partition(",")[0].strip(), None
    found = _LATIN.fullmatch(street.upper())
    if found is not None and found["street"] not in _LATIN_TYPES:
        number = street[: found.end("number")]
        street = street[found.start("street") :]
    has_word = any(letter.isalpha() for letter in street)
    return (street, number) if has_word else (None, None)


def _chinese_street(text: str) -> str | None:
    """Find the street at the end of what stands before a number, or is the whole text."""
    text = re.split(r"[\s,;]", text.strip()[-40:])[-1]
    start = 0
    for unit in _ADMINISTRATIVE.finditer(text):
        if _is_street(text[unit.end() :]):
            start = unit.end()
    street = text[start:]
    return street if _is_street(street) else None


def _is_street(text: str) -> bool:
    return len(text) > 1 and text.endswith(_STREET_ENDINGS)
