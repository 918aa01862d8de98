"""How hanzi sound: a text as one sign a syllable, so that homophones look alike."""

from __future__ import annotations

import unicodedata
from functools import cache

#: Signs of syllables begin here, in the private use area; Latin letters and digits stay.
_FIRST = 0xE000
#: Sounds that people do not tell apart when they type or listen.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def _readings() -> dict[int, tuple[str, ...]]:
    """Every hanzi with its readings without tone, the usual one first."""
    from pypinyin.constants import PINYIN_DICT

    return {
        code: tuple(dict.fromkeys(map(_toneless, readings.split(","))))
        for code, readings in PINYIN_DICT.items()
    }


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(char for char in plain if "a" <= char <= "z")


@cache
def _signs() -> dict[int, str]:
    """Every hanzi with the sign of its usual sound."""
    numbers: dict[str, int] = {}
    signs = {}
    for code, readings in _readings().items():
        sound = readings[0]
        for one, other in _ALIKE:
            sound = sound.replace(one, other)
        signs[code] = chr(_FIRST + numbers.setdefault(sound, len(numbers)))
    return signs


def sound(text: str) -> str:
    """Write a text as it sounds; as many characters as the text has."""
    return text.translate(_signs())


def pinyin(text: str) -> str:
    """Write a text in pinyin without tones and blanks, as people type it."""
    readings = _readings()
    return "".join(readings[ord(char)][0] if ord(char) in readings else char for char in text)


def initials(text: str) -> str:
    """Write the first letter of each syllable."""
    readings = _readings()
    return "".join(readings[ord(char)][0][:1] if ord(char) in readings else char for char in text)
