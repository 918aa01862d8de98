"""What many want at once is made once; a failure is the failure of whoever made it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import pytest

from layers.tiles.flights import Flights


def test_each_thing_is_made_once_whoever_asks():
    flights, held, made, lock = Flights(), {}, [], Lock()
    together = Barrier(8)

    def ask(number):
        together.wait()
        return [flights.once(key, lambda k=key: held.get(k), lambda k=key: make(k)) for key in "ab"]

    def make(key):
        with lock:
            made.append(key)
        held[key] = key.upper()
        return held[key]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [["A", "B"]] * 8
    assert sorted(made) == ["a", "b"]


def test_what_is_not_held_is_made_by_each_for_itself():
    flights, made = Flights(), []
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(flights.once, "a", lambda: None, lambda: made.append(1) or len(made))
            for _ in range(4)
        ]
    assert sorted(one.result() for one in asked) == [1, 2, 3, 4]


def test_who_waits_for_one_that_fails_makes_it():
    flights, begun, may_fail = Flights(), Event(), Event()

    def fail():
        begun.set()
        may_fail.wait(5)
        message = "cannot"
        raise ValueError(message)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.once, "a", lambda: None, fail)
        assert begun.wait(5)
        second = pool.submit(flights.once, "a", lambda: None, lambda: "made")
        may_fail.set()
        with pytest.raises(ValueError, match="cannot"):
            first.result(5)
        assert second.result(5) == "made"
