"""What is said around a place: doors, rooms, relations, complaints, other places."""

from __future__ import annotations

from dataclasses import replace

from support import phrases
from support.said import Asked, Said

# --- behind it ----------------------------------------------------------------------------------


def entrance_and_room(said: Said, asked: Asked) -> Said | None:
    place, rng = asked.place, asked.rng
    if place.word != "号楼" or said.room:
        return None
    room = f"{rng.randint(1, 12)}{rng.randint(1, 4):02}"
    end = rng.choice(("室", "", "号", "房"))
    if place.entrance:
        return replace(said, room=room + end)
    entrance = str(rng.randint(1, 3))
    truth = asked.ground.door(place, entrance)
    if truth is None and asked.ground.door(place, "1") is not None:
        entrance, truth = "1", asked.ground.door(place, "1")
    door = f"{entrance}{rng.choice(('单元', '单元', '门'))}"
    return replace(said, truth=truth or said.truth, entrance=door, room=room + end)


def dashes(said: Said, asked: Asked) -> Said | None:
    place, rng = asked.place, asked.rng
    if place.word != "号楼" or not said.head or not said.building.endswith("号楼"):
        return None
    entrance = place.entrance or "1"
    truth = place.key if place.entrance else asked.ground.door(place, "1") or place.key
    told = (
        f"{said.building.removesuffix('号楼')}-{entrance}-{rng.randint(1, 9)}0{rng.randint(1, 4)}"
    )
    return replace(said, truth=truth, building=told, entrance="", room="")


def relation(said: Said, asked: Asked) -> Said | None:
    if said.behind:
        return None
    more = phrases.OF_ESTATES if asked.place.kind == "estate" else ()
    return replace(said, behind=asked.rng.choice((*phrases.RELATIONS, *more)))


def shop_below(said: Said, asked: Asked) -> Said | None:
    if asked.place.word != "号楼" or said.behind or said.room or said.entrance:
        return None
    return replace(said, behind=asked.rng.choice(("底商", "底商饭馆", "一层底商")))


# --- in a sentence ------------------------------------------------------------------------------


def complaint_before(said: Said, asked: Asked) -> Said | None:
    return replace(said, before=asked.rng.choice(phrases.BEFORE) + said.before)


def complaint_behind(said: Said, asked: Asked) -> Said | None:
    return replace(said, behind=said.behind + asked.rng.choice(phrases.BEHIND))


def complaint_around(said: Said, asked: Asked) -> Said | None:
    before = complaint_before(said, asked)
    return complaint_behind(before, asked) if before else None


def another_place(said: Said, asked: Asked) -> Said | None:
    homes = asked.ground.homes
    for _ in range(20 if homes else 0):
        other = asked.rng.choice(homes)
        apart = other.head != asked.place.head and other.name not in asked.place.name
        if apart and len(other.name) > 2 and asked.place.name not in other.name:
            break
    else:
        return None
    before, behind = asked.rng.choice(phrases.ANOTHER).format(a=other.name, b="\0").split("\0")
    allowed = "|".join([said.allowed, other.name, other.street])
    return replace(said, before=before, behind=behind, allowed=allowed)


def community_elsewhere(said: Said, asked: Asked) -> Said | None:
    if len(asked.place.units) < 3 or said.before or said.behind:
        return None
    sentence = asked.rng.choice(phrases.FROM_COMMUNITY)
    before, behind = sentence.format(unit=asked.place.units[2], text="\0").split("\0")
    return replace(said, before=before, behind=behind)
