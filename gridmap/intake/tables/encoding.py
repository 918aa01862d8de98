"""Which encoding a text file has: the one that is named, else UTF-8 or GB18030."""

from __future__ import annotations

import codecs
from pathlib import Path

from gridmap.errors import InputError, SettingError

#: Lines with other than ASCII letters that decide: more of them say nothing new.
_WITNESSES = 1000
_LINE_LIMIT_BYTES = 1 << 20

# GB18030 holds the two older sets, and files that are called GB2312 hardly ever are only that;
# the byte order mark of UTF-8 is looked for in any case.
_SAME = {"gb2312": "gb18030", "gbk": "gb18030", "utf-8-sig": "utf-8"}


def parse_encoding(name: str) -> str:
    """
    Find the codec that a name means.

    Raises
    ------
    SettingError
        If Python knows no such codec, or if it is one that does not keep ASCII bytes (UTF-16),
        so that lines and cells could not be told apart.
    """
    try:
        codec = codecs.lookup(name).name
        keeps_ascii = b'a,"\t\r\n'.decode(codec) == 'a,"\t\r\n'
    except (LookupError, UnicodeError, TypeError, ValueError):
        keeps_ascii = False
    if not keeps_ascii:
        message = f"The encoding {name!r} cannot be read: name utf-8 or gb18030."
        raise SettingError(message)
    return _SAME.get(codec, codec)


def find_encoding(path: Path) -> str:
    """
    Tell UTF-8 (with or without a byte order mark) from GB18030 by what decodes.

    Most of the first 1,000 lines with other than ASCII letters decide, so that one damaged line
    does not turn the whole file over.

    Raises
    ------
    InputError
        If the file is UTF-16.
    """
    votes = {"utf-8": 0, "gb18030": 0}
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            message = f"{path} is UTF-16 (Unicode text): save it as CSV UTF-8 and use that."
            raise InputError(message)
        file.seek(0)
        while max(votes.values()) < _WITNESSES and (line := file.readline(_LINE_LIMIT_BYTES)):
            if not line.isascii():
                votes[_vote(line)] += 1
    return max(votes, key=lambda name: votes[name])


def _vote(line: bytes) -> str:
    # A line longer than the limit is cut, perhaps within a letter.
    final = line.endswith(b"\n") or len(line) < _LINE_LIMIT_BYTES
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(line, final)
        except UnicodeDecodeError:
            continue
        return name
    return "utf-8"
