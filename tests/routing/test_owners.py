"""Who answers for a unit: roles in order, matters, absences, substitutes."""

from __future__ import annotations

from support.town import DAY, duty, owners

ROLES = ("grid_worker", "grid_chief")


def owner_code(found: object) -> str | None:
    return None if found is None else found.worker.code  # type: ignore[attr-defined]


def test_the_first_role_that_has_somebody_answers() -> None:
    known = owners([duty(2, "grid_chief", "1"), duty(1, "grid_worker", "1", valid=(0, 5 * DAY))])
    assert owner_code(known.owner("general", "1", DAY, "", ROLES)) == "P1"
    assert owner_code(known.owner("general", "1", 5 * DAY, "", ROLES)) == "P2"


def test_a_role_that_does_not_answer_is_passed_over() -> None:
    known = owners([duty(1, "volunteer", "1")])
    assert known.owner("general", "1", DAY, "", ROLES) is None


def test_a_duty_for_the_matter_goes_before_one_for_all() -> None:
    known = owners([duty(1, "grid_worker", "1"), duty(2, "grid_worker", "1", matter="09")])
    assert owner_code(known.owner("general", "1", DAY, "09009", ROLES)) == "P2"
    assert owner_code(known.owner("general", "1", DAY, "06010", ROLES)) == "P1"
    assert owner_code(known.owner("general", "1", DAY, "", ROLES)) == "P1"


def test_a_substitute_acts_while_the_substitution_lasts() -> None:
    known = owners(
        [
            duty(1, "grid_worker", "1"),
            duty(3, "grid_worker", "1", instead_of=1, valid=(2 * DAY, 4 * DAY)),
        ]
    )
    assert owner_code(known.owner("general", "1", DAY, "", ROLES)) == "P1"
    found = known.owner("general", "1", 3 * DAY, "", ROLES)
    assert owner_code(found) == "P3"
    assert found is not None
    assert found.substitute_for is not None
    assert found.substitute_for.code == "P1"
    assert owner_code(known.owner("general", "1", 4 * DAY, "", ROLES)) == "P1"


def test_who_is_absent_without_a_substitute_leaves_it_to_the_next_role() -> None:
    known = owners([duty(1, "grid_worker", "1"), duty(2, "grid_chief", "1")], [(1, DAY, 2 * DAY)])
    assert owner_code(known.owner("general", "1", DAY, "", ROLES)) == "P2"
    assert owner_code(known.owner("general", "1", 2 * DAY, "", ROLES)) == "P1"


def test_an_absent_substitute_does_not_act() -> None:
    known = owners(
        [duty(1, "grid_worker", "1"), duty(3, "grid_worker", "1", instead_of=1)],
        [(3, 0, 9 * DAY), (1, 0, 9 * DAY)],
    )
    assert known.owner("general", "1", DAY, "", ROLES) is None


def test_nothing_changes_within_an_epoch() -> None:
    import numpy as np

    known = owners([duty(1, "grid_worker", "1", valid=(2 * DAY, 4 * DAY))], [(1, 3 * DAY, 9 * DAY)])
    moments = np.array([0, 2, 3, 4, 9]) * DAY
    assert len(set(known.epochs(moments).tolist())) == 5
    assert known.epochs(moments[1:2]) == known.epochs(moments[1:2] + DAY - 1)
