"""Entries by a text of theirs, such as a key or a code, without a dict of half a million texts."""

from __future__ import annotations

from collections.abc import Sequence

from gridmap.locating.hashing import many, stretch_hash
from gridmap.locating.multimap import Multimap


class TextIndex:
    """Looks entries up by the text that each has at its place in a list; None is no text."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        there = [entry for entry, text in enumerate(texts) if text]
        self._texts = texts
        self._entries = Multimap(many([texts[entry] or "" for entry in there]), there)

    def all(self, text: str | None) -> list[int]:
        """List the entries that have a text, in their order."""
        found = [] if not text else self._entries.get(stretch_hash(text)).tolist()
        return [entry for entry in found if self._texts[entry] == text]

    def get(self, text: str | None) -> int | None:
        """Find the last entry that has a text; None for none."""
        found = self.all(text)
        return found[-1] if found else None

    def __contains__(self, text: str | None) -> bool:
        return bool(self.all(text))

    def __getitem__(self, text: str | None) -> int:
        return self.all(text)[-1]
