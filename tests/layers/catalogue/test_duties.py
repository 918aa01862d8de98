"""Who answers: present, substituted, absent, nobody; telephones only in sight."""

from datetime import timedelta

from support.tiles_asked import NOW, asked

from gridmap.model import Absence, Duty, Person
from gridmap.sight import EVERYTHING, Sight
from layers.catalogue import catalogue
from layers.catalogue.duties import NOBODY, PRESENT, SUBSTITUTE

LAYER = catalogue()["duties"]
DAY = timedelta(days=1)


def answering(store, sight=EVERYTHING, now=NOW, level="grid"):
    """What is told of each unit, by the names of the values."""
    with store.read() as session:
        question = LAYER.settle(session, asked(LAYER, sight, now, level=level))
        state = LAYER.values.read(session, None, question)
    return {code: dict(zip(state.fields, row, strict=True)) for code, row in state.rows.items()}


def person(session, code):
    return session.query(Person).filter_by(code=code).one()


def test_somebody_or_nobody(town):
    told = answering(town)
    assert told["1111"] == {
        "on_duty": PRESENT,
        "answers": "示例甲",
        "role": "grid_worker",
        "stands_in_for": None,
        "phone": "000-0000-0000",
    }
    assert "1121" not in told
    assert NOBODY == 0, "a unit of which nothing is told has the first colour"
    assert answering(town, level="community")["111"]["role"] == "community_head"
    assert answering(town, now=NOW - 1000 * DAY) == {}


def test_a_substitute_answers_while_the_duty_holds(town):
    with town.write() as session:
        first, second = person(session, "W1"), person(session, "W2")
        session.add(
            Duty(
                person_id=second.id,
                role="grid_worker",
                scheme="general",
                unit_code="1111",
                valid_from=NOW - DAY,
                valid_to=NOW + DAY,
                substitute_for_id=first.id,
            )
        )
    told = answering(town)["1111"]
    assert (told["on_duty"], told["answers"], told["stands_in_for"]) == (
        SUBSTITUTE,
        "示例乙",
        "示例甲",
    )
    with town.read() as session:
        assert LAYER.values.moment(session, asked(LAYER)) == NOW + DAY
    assert answering(town, now=NOW + DAY)["1111"]["on_duty"] == PRESENT


def test_who_is_absent_answers_for_nothing(town):
    with town.write() as session:
        absent = person(session, "W1").id
        session.add(Absence(person_id=absent, valid_from=NOW - DAY, valid_to=NOW + DAY))
    assert "1111" not in answering(town)
    assert "1111" in answering(town, now=NOW + DAY)


def test_telephones_are_told_in_sight_only(town):
    told = answering(town, Sight(frozenset({("general", "1111")})))
    assert told["1111"]["phone"] == "000-0000-0000"
    assert told["1112"]["answers"] == "示例乙"
    assert told["1112"]["phone"] is None
    nothing = answering(town, Sight(frozenset()))
    assert {row["phone"] for row in nothing.values()} == {None}
