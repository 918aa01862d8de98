"""How hanzi sound: a text as one sign a syllable, so that homophones look alike."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache

from gridmap.settings import data_folder

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
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")  # ü under any tone
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
    words, characters = _pinyin()
    return _words().sub(lambda match: words[match[0]], text).translate(characters)


def initials(text: str) -> str:
    """Write the first letter of each syllable."""
    words, characters = _initials()
    return _words().sub(lambda match: words[match[0]], text).translate(characters)


@cache
def _local() -> tuple[dict[str, list[str]], dict[str, str]]:
    """Read how words and characters are read in the names of places."""
    path = data_folder() / "locating" / "readings.toml"
    told = tomllib.loads(path.read_text("utf-8"))
    return {word: sounds.split() for word, sounds in told["words"].items()}, told["characters"]


@cache
def _words() -> re.Pattern[str]:
    longest_first = sorted(_local()[0], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


@cache
def _pinyin() -> tuple[dict[str, str], dict[int, str]]:
    words, own = _local()
    characters = {code: readings[0] for code, readings in _readings().items()}
    characters |= {ord(char): reading for char, reading in own.items()}
    return {word: "".join(sounds) for word, sounds in words.items()}, characters


@cache
def _initials() -> tuple[dict[str, str], dict[int, str]]:
    words = {word: "".join(sound[0] for sound in sounds) for word, sounds in _local()[0].items()}
    return words, {code: reading[:1] for code, reading in _pinyin()[1].items()}
