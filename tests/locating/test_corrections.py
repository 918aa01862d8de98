"""Confirmations: used for the same words from then on, kept with who and when, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from geoalchemy2.shape import from_shape
from shapely import Point, box
from sqlalchemy import select

from gridmap.errors import InputError, NotFoundError
from gridmap.locating import Gazetteer, Matcher
from gridmap.locating.corrections import confirm, confirmed, examples, withdraw
from gridmap.locating.examples import names_something
from gridmap.model import SRID, Alias, Correction, Event, Place
from gridmap.storage import Store

BY = "示例调度员"
WEST, SOUTH = 117.0, 40.0


@pytest.fixture
def places(store: Store) -> Store:
    """Two estates, one with a numbered building."""
    with store.write() as session:
        for number, name in enumerate(("望云雅居", "映屿家园")):
            area = box(WEST + number, SOUTH, WEST + number + 0.01, SOUTH + 0.01)
            session.add(
                Place(kind="estate", name=name, source="t", geometry=from_shape(area, srid=SRID))
            )
        spot = from_shape(Point(WEST + 0.005, SOUTH + 0.005), srid=SRID)
        session.add(Place(kind="building", name="望云雅居5号楼", source="t", geometry=spot))
    return store


def matcher(store: Store) -> Matcher:
    return Matcher(Gazetteer.from_store(store))


def entry_of(store: Store, text: str):
    return matcher(store).find(text).entry


def test_confirmed_words_mean_the_place_from_then_on(places: Store) -> None:
    text = "老粮库旁边停水"
    before = matcher(places).find(text)
    assert before.entry is None
    building = entry_of(places, "望云雅居5号楼")
    confirm(places, text=text, by=BY, entry=building, before=before)
    found = matcher(places).find("老粮库 旁边，停水！")
    assert found.entry == building
    assert (found.method, found.confidence) == ("confirmed", 0.99)
    assert (found.lon, found.lat) == pytest.approx((WEST + 0.005, SOUTH + 0.005))
    assert not found.is_area
    assert "确认" in found.reason_zh
    assert "confirmed" in found.reason_en
    assert BY not in str(found.as_dict()), "who confirmed is no matter of the open interface"


def test_version_tells_of_it(places: Store) -> None:
    before = places.gazetteer_version()
    number = confirm(places, text="老粮库", by=BY, lon=WEST, lat=SOUTH)
    confirmed_at = places.gazetteer_version()
    withdraw(places, number, by=BY)
    assert before < confirmed_at < places.gazetteer_version()


def test_who_and_when_are_kept_and_nothing_is_deleted(places: Store) -> None:
    estate = entry_of(places, "望云雅居")
    number = confirm(places, text="老粮库院", by=f" {BY} ", entry=estate, alias="老粮库")
    (kept,) = confirmed(places)
    assert (kept.id, kept.confirmed_by, kept.alias) == (number, BY, "老粮库")
    assert kept.entry == estate.key
    withdraw(places, number, by="示例组长")
    assert confirmed(places) == []
    with places.read() as session:
        correction = session.get(Correction, number)
        alias = session.scalars(select(Alias)).one()
        events = session.execute(select(Event.kind, Event.actor, Event.subject_id)).all()
    assert correction.withdrawn_by == alias.withdrawn_by == "示例组长"
    assert correction.withdrawn_at == alias.withdrawn_at is not None
    assert [tuple(event) for event in events] == [
        ("place confirmed", BY, number),
        ("confirmation withdrawn", "示例组长", number),
    ]


def test_alias_serves_in_other_texts_until_it_is_taken_back(places: Store) -> None:
    estate = entry_of(places, "望云雅居")
    number = confirm(places, text="老粮库旁的院子", by=BY, entry=estate, alias="老粮库")
    assert entry_of(places, "老粮库5号楼").name == "望云雅居5号楼"
    withdraw(places, number, by=BY)
    assert entry_of(places, "老粮库5号楼") is None
    assert matcher(places).find("老粮库旁的院子").entry is None


def test_ground_is_confirmed_without_a_point(places: Store) -> None:
    estate = entry_of(places, "望云雅居")
    confirm(places, text="老粮库大院儿", by=BY, entry=estate)
    found = matcher(places).find("老粮库大院儿")
    assert found.is_area
    assert found.lon != found.lon
    assert found.extent == estate.extent


def test_point_alone(places: Store) -> None:
    confirm(places, text="老粮库大门", by=BY, lon=WEST + 0.2, lat=SOUTH)
    found = matcher(places).find("老粮库大门")
    assert (found.lon, found.lat) == (WEST + 0.2, SOUTH)
    assert found.entry is not None
    assert found.candidates == ()
    assert found.as_dict()["entry"]["kind"] == "point"


def test_point_stands_when_the_place_has_gone(places: Store) -> None:
    building = entry_of(places, "望云雅居5号楼")
    confirm(places, text="老粮库五号", by=BY, entry=building)
    with places.write() as session:
        session.query(Place).filter_by(name="望云雅居5号楼").delete()
    found = matcher(places).find("老粮库五号")
    assert (found.method, found.lon) == ("confirmed", pytest.approx(WEST + 0.005))


def test_context_that_says_elsewhere_goes_first(places: Store) -> None:
    from shapely import MultiPolygon
    from support.stock import BEGAN, shape

    from gridmap.model import Unit

    with places.write() as session:
        for number, name in enumerate(("听涛社区", "银鸥社区")):
            area = MultiPolygon([box(WEST + number, SOUTH, WEST + number + 0.01, SOUTH + 0.01)])
            session.add(
                Unit(
                    scheme="general",
                    level="community",
                    code=f"{number}",
                    name=name,
                    valid_from=BEGAN,
                    origin="test",
                    geometry=shape(area),
                )
            )
    confirm(places, text="老粮库", by=BY, entry=entry_of(places, "望云雅居5号楼"))
    asked = matcher(places)
    assert asked.find("老粮库", context="听涛社区居民来电").method == "confirmed"
    assert asked.find("老粮库", context="银鸥社区居民来电").method != "confirmed"
    assert asked.find("", context="老粮库").method == "confirmed"


def test_words_that_were_confirmed_as_two_places_mean_neither(places: Store) -> None:
    first = confirm(places, text="老粮库", by=BY, entry=entry_of(places, "望云雅居5号楼"))
    confirm(places, text="老粮库。", by=BY, entry=entry_of(places, "映屿家园"))
    assert examples(places) == {}
    withdraw(places, first, by=BY)
    assert matcher(places).find("老粮库").entry.name == "映屿家园"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": " "}, "text to confirm"),
        ({"text": "长" * 2001}, "text to confirm"),
        ({"text": "小区2号楼门口"}, "names no place"),
        ({"by": " "}, "who confirms"),
        ({"by": "长" * 101}, "who confirms"),
        ({"lon": None}, "both longitude and latitude"),
        ({"lon": None, "lat": None}, "which place or point"),
        ({"lon": float("nan")}, "no longitude"),
        ({"lat": 117.0}, "no longitude"),
        ({"alias": "老粮库"}, "needs a place of the gazetteer"),
    ],
)
def test_what_cannot_be_kept_is_told(store: Store, changes, sentence: str) -> None:
    said = {"text": "老粮库", "by": BY, "lon": WEST, "lat": SOUTH} | changes
    with pytest.raises(InputError, match=sentence):
        confirm(store, **said)
    assert confirmed(store) == []


def test_alias_that_is_none(places: Store) -> None:
    estate = entry_of(places, "望云雅居")
    for alias in ("", "5号楼", "长" * 101):
        with pytest.raises(InputError, match="Another name"):
            confirm(places, text="老粮库", by=BY, entry=estate, alias=alias)
    implied = replace(estate, key="street/无此街", kind="road")
    with pytest.raises(InputError, match="no registered street"):
        confirm(places, text="老粮库", by=BY, entry=implied, alias="粮库街")
    assert confirmed(places) == []


def test_withdrawing_what_is_not_there(places: Store) -> None:
    number = confirm(places, text="老粮库", by=BY, lon=WEST, lat=SOUTH)
    with pytest.raises(InputError, match="who takes it back"):
        withdraw(places, number, by="")
    withdraw(places, number, by=BY)
    for unknown in (number, 0, -1, 999, 2**70):
        with pytest.raises(NotFoundError, match="no confirmation"):
            withdraw(places, unknown, by=BY)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("望云雅居5号楼", True),
        ("老粮库", True),
        ("小区2号楼", False),
        ("楼下", False),
        ("2号楼3单元301室门口", False),
        ("", False),
        ("不清楚", False),
        ("Main Street", True),
    ],
)
def test_text_must_name_something(text: str, known: bool) -> None:
    assert names_something(text) is known
