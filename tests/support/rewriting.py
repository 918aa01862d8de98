"""How a place is written otherwise: its numbers, its letters, what stands above it, its slips."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from support import misspelling, phrases
from support.known import Known
from support.said import Asked, Change, Said

SUFFIXES = ("小区", "家园", "花园", "新村", "雅居", "商务园")
DIGITS = "零一二三四五六七八九"
FULL_WIDTH = {ord(" "): "　"} | {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
BUILDING_WORDS = ("栋", "幢", "座", "楼", "号")


# --- how it is written --------------------------------------------------------------------------


def registered(said: Said, asked: Asked) -> Said | None:
    return said


def full_width(said: Said, asked: Asked) -> Said | None:
    wide = said.each(lambda text: text.translate(FULL_WIDTH))
    return wide if wide != said else None


def numeral(number: int) -> str:
    """Write a number below 10,000 in Chinese: 5 五, 12 十二, 105 一百零五."""
    text, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
        gap = digit == 0
    return text.removeprefix("一") if text.startswith("一十") else text or DIGITS[0]


def numerals(said: Said, asked: Asked) -> Said | None:
    def chinese(text: str) -> str:
        return re.sub(r"(?<![\d-])[1-9]\d{0,2}(?![\d-])", lambda n: numeral(int(n[0])), text)

    changed = replace(
        said,
        building=chinese(said.building),
        entrance=chinese(said.entrance),
        address=chinese(said.address),
    )
    return changed if changed != said else None


def traditional(said: Said, asked: Asked) -> Said | None:
    changed = said.each(lambda text: text.translate(misspelling.TRADITIONAL))
    return changed if changed != said else None


def building_word(said: Said, asked: Asked) -> Said | None:
    return _numbered(said, asked, asked.rng.choice(BUILDING_WORDS))


def number_sign(said: Said, asked: Asked) -> Said | None:
    return _numbered(said, asked, asked.rng.choice(("#", "#楼", "＃")))


def _numbered(said: Said, asked: Asked, word: str) -> Said | None:
    place = asked.place
    clear = place.word == "号楼" and asked.ground.has_number_alone(place)
    if not clear or not said.building.endswith("号楼") or len(place.head + place.within) < 2:
        return None
    return replace(said, building=said.building.removesuffix("号楼") + word)


# --- what stands above it -----------------------------------------------------------------------


def unit(level: int) -> Change:
    def change(said: Said, asked: Asked) -> Said | None:
        units = asked.place.units
        if len(units) <= level or said.above or said.before:
            return None
        return replace(said, above=units[level])

    return change


def all_units(said: Said, asked: Asked) -> Said | None:
    units = "".join(asked.place.units)
    return replace(said, above=units) if len(asked.place.units) > 1 and not said.above else None


def estate_around(said: Said, asked: Asked) -> Said | None:
    """The estate is said of itself; here with the district before it."""
    place = asked.place
    return replace(said, above=place.units[0] + place.within) if place.within else None


def no_suffix(said: Said, asked: Asked) -> Said | None:
    name = said.head
    short = next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), "")
    if len(short) < 2 or not asked.ground.is_alone(short, name):
        return None
    return replace(said, head=short)


def suffix_more(said: Said, asked: Asked) -> Said | None:
    """问涛苑小区: 苑 and 里 are not felt to say that it is an estate."""
    is_estate = asked.place.kind == "estate" or asked.place.word == "号楼"
    if not is_estate or len(said.head) < 3 or not said.head.endswith(("苑", "里")):
        return None
    return replace(said, head=said.head + "小区")


def _address(place: Known, rng: random.Random) -> str:
    return f"{place.street}{place.house}{rng.choice(('号', '号', '号院'))}"


def address_for_estate(said: Said, asked: Asked) -> Said | None:
    place = asked.place
    if not place.number or not asked.ground.has_address_alone(place):
        return None
    return replace(said, head="", address=_address(place, asked.rng))


def address_and_name(said: Said, asked: Asked) -> Said | None:
    place = asked.place
    if place.kind == "address" or not place.house or said.address:
        return None
    return replace(said, address=_address(place, asked.rng))


def address_behind(said: Said, asked: Asked) -> Said | None:
    place = asked.place
    if place.kind == "address" or not place.house or said.behind or said.address:
        return None
    return replace(said, behind=f"（{place.street}{place.house}号）")


def house_number(said: Said, asked: Asked) -> Said | None:
    if asked.place.kind != "address" or not said.address.endswith("号"):
        return None
    end = asked.rng.choice(("号院", "號", "", "号院内", " 号"))
    return replace(said, address=said.address.removesuffix("号") + end)


# --- slips --------------------------------------------------------------------------------------


def slip(make: Callable[[str, random.Random], str | None]) -> Change:
    def change(said: Said, asked: Asked) -> Said | None:
        place = asked.place
        name = place.street if place.kind == "address" else place.head
        shown = said.address if place.kind == "address" else said.head
        if len(re.findall(r"[㐀-鿿]", name)) < 3 or name not in shown:
            return None
        for _ in range(4):
            slipped = make(name, asked.rng)
            if slipped and slipped != name and asked.ground.is_nearest(slipped, name):
                part = "address" if place.kind == "address" else "head"
                return replace(said, **{part: shown.replace(name, slipped, 1)})
        return None

    return change


def homophone(name: str, rng: random.Random) -> str | None:
    return misspelling.replaced(name, misspelling.SAME_SOUND, rng)


def near_character(name: str, rng: random.Random) -> str | None:
    return misspelling.replaced(name, misspelling.SAME_SHAPE, rng)


# --- between the parts --------------------------------------------------------------------------


def spaces(said: Said, asked: Asked) -> Said | None:
    return _parted(said, asked.rng.choice(phrases.SPACES))


def marks(said: Said, asked: Asked) -> Said | None:
    return _parted(said, asked.rng.choice(phrases.MARKS))


def _parted(said: Said, mark: str) -> Said | None:
    if said.between or said.link:
        return None
    if said.head and said.building:
        parted = replace(said, between=mark, link=mark)
    else:
        parted = replace(said, between=mark)
    return parted if parted.text() != said.text() else None


def quotes(said: Said, asked: Asked) -> Said | None:
    if len(said.head) < 2 or said.behind.startswith("（"):
        return None
    return replace(said, head=asked.rng.choice(phrases.QUOTES).format(said.head))


def particles(said: Said, asked: Asked) -> Said | None:
    if not (said.head and said.building) or said.link or asked.place.word != "号楼":
        return None
    return replace(said, link=asked.rng.choice(("的", "里面", "里的", "小区里的")))


# --- Latin letters and other names --------------------------------------------------------------


def letter_case(said: Said, asked: Asked) -> Said | None:
    change = asked.rng.choice((str.lower, str.upper, str.swapcase))
    head = change(said.head)
    return replace(said, head=head) if head != said.head else None


def abbreviation(said: Said, asked: Asked) -> Said | None:
    words = [phrases.ABBREVIATIONS.get(word, word) for word in said.head.split(" ")]
    head = " ".join(words)
    return replace(said, head=head) if head != said.head else None


def other_name(said: Said, asked: Asked) -> Said | None:
    if asked.place.number or not asked.place.others:
        return None
    other = asked.rng.choice(asked.place.others)
    known = any(other in place.others for place in asked.ground.places if place != asked.place)
    return None if known else replace(said, head=other, allowed=other)
