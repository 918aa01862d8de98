"""Values that are held: until their moment, the ones asked for last, and what concerns them."""

from datetime import timedelta

from support.tiles_held import NOW

from gridmap.sight import EVERYTHING
from gridmap.storage.changes import Change
from layers.tiles.told import Told, ToldValues

LATER = NOW + timedelta(hours=1)


def told(*tables, until=None):
    return Told(b"{}", "tag", tables, EVERYTHING, until)


def key(number):
    return ("units", (("number", str(number)),), "all")


def test_values_are_held_until_their_moment():
    values, one = ToldValues(), told("units", until=LATER)
    values.put(key(1), one)
    assert values.get(key(1), NOW) is one
    assert values.get(key(1), LATER) is None
    assert values.get(key(2), NOW) is None


def test_those_asked_for_longest_ago_go(monkeypatch):
    monkeypatch.setattr("layers.tiles.told._MOST_KEPT", 3)
    values = ToldValues()
    for number in range(3):
        values.put(key(number), told("units"))
    values.get(key(0), NOW)
    values.put(key(3), told("units"))
    assert [values.get(key(number), NOW) is not None for number in range(4)] == [
        True, False, True, True,
    ]  # fmt: skip


def test_changes_concern_what_is_made_of_their_tables():
    values = ToldValues()
    values.put(key(1), told("units", "tickets"))
    values.put(key(2), told("duties"))
    changes = [Change(table, 1, 1, None, None) for table in ("tickets", "people", "units")]
    assert values.concerned(changes[1:2]) == []
    ((found, _, theirs),) = values.concerned(changes)
    assert found == key(1)
    assert theirs == [changes[0], changes[2]]
    values.drop([key(1), key(9)])
    assert values.get(key(1), NOW) is None
    values.clear()
    assert values.get(key(2), NOW) is None
