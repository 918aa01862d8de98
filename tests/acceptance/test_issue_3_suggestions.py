"""Item 5 of the issue: suggestions while somebody types hanzi, pinyin, or initials of pinyin.

Whatever is typed wholly is among the ten; it takes no more of a name than leaves ten.
"""

from __future__ import annotations

from contextlib import closing

import pytest
from pypinyin import Style, lazy_pinyin
from support.asked_places import demonstration_places, demonstration_store
from support.known import Known
from support.known_places import ground_of

from gridmap.locating import Gazetteer, Matcher


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Known], Matcher]:
    folder = tmp_path_factory.mktemp("demonstration")
    url = f"geopackage:///{folder / 'gridmap.gpkg'}"
    with closing(demonstration_store(url, folder)) as store:
        ground, matcher = ground_of(store), Matcher(Gazetteer.from_store(store))
    places = demonstration_places(ground)
    return [place for place in places if ground.is_unique(place)], matcher


def share(known: tuple[list[Known], Matcher], typed: dict[Known, str]) -> float:
    """Tell how many of the places are among the suggestions for what is typed."""
    _, matcher = known
    missed = [
        (text, place.name)
        for place, text in typed.items()
        if place.key not in {one.key for one in matcher.suggest(text)}
    ]
    print(f"{1 - len(missed) / len(typed):.1%} of {len(typed)}; missed", missed[:10])
    return 1 - len(missed) / len(typed)


def test_hanzi(known: tuple[list[Known], Matcher]) -> None:
    assert share(known, {place: place.name for place in known[0]}) == 1


def test_pinyin(known: tuple[list[Known], Matcher]) -> None:
    typed = {place: "".join(lazy_pinyin(place.name)) for place in known[0]}
    assert share(known, typed) >= 0.97


def test_pinyin_with_spaces(known: tuple[list[Known], Matcher]) -> None:
    estates = [place for place in known[0] if place.kind == "estate"]
    assert share(known, {place: " ".join(lazy_pinyin(place.name)) for place in estates}) >= 0.98


def test_initials(known: tuple[list[Known], Matcher]) -> None:
    """Several estates may share them; ten are told."""
    estates = [place for place in known[0] if place.kind == "estate"]
    typed = {place: "".join(lazy_pinyin(place.name, style=Style.FIRST_LETTER)) for place in estates}
    assert share(known, typed) >= 0.98


def test_the_beginning_of_an_estate(known: tuple[list[Known], Matcher]) -> None:
    """Its first two characters, with which in this district no more than ten begin."""
    estates = [place for place in known[0] if place.kind == "estate"]
    assert share(known, {place: place.name[:2] for place in estates}) >= 0.98


def test_no_more_than_asked_for(known: tuple[list[Known], Matcher]) -> None:
    _, matcher = known
    for typed in ("拂", "f", "1号楼", "小区", "演示区"):
        assert len(matcher.suggest(typed)) <= 10
        assert len(matcher.suggest(typed, limit=3)) <= 3
        keys = [one.key for one in matcher.suggest(typed)]
        assert len(keys) == len(set(keys))
        assert all(one.label for one in matcher.suggest(typed))
