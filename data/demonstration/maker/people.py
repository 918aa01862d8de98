"""Who answers for which unit: every person, name and number here is invented."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

from maker.land import Estate, Land
from maker.town import Town, Unit

HEADER = [
    *["person_code", "name", "phone", "organisation", "role", "scheme", "level", "unit_code"],
    *["matter", "valid_from", "valid_to", "substitute_for"],
]
START = "2025-01-01"
HANDOVER = "2026-10-12"
EXCLUSIVE_SEQUENCE = 901


@dataclass
class Person:
    """One invented person."""

    code: str
    name: str
    phone: str
    organisation: str


@dataclass
class Register:
    """People and the rows of the duties file, in the order in which they were written."""

    people: int = 0
    rows: list[list[str]] = field(default_factory=list)

    def person(self, title: str, organisation: str) -> Person:
        """Make a person whose name and number nobody can have."""
        self.people += 1
        number = self.people
        phone = f"000-{number // 10000:04d}-{number % 10000:04d}"
        return Person(f"YS{number:05d}", f"演示{title}{number:04d}", phone, organisation)

    def duty(
        self,
        person: Person,
        role: str,
        unit: Unit,
        *,
        scheme: str = "general",
        matter: str = "",
        start: str = START,
        end: str = "",
        instead_of: Person | None = None,
    ) -> None:
        """Write one duty; the end day itself no longer counts."""
        known = [person.code, person.name, person.phone, person.organisation, role]
        where = [scheme, unit.level, unit.code, matter, start, end]
        self.rows.append([*known, *where, instead_of.code if instead_of else ""])

    def absence(self, person: Person, start: str, end: str) -> None:
        """Write one absence, which belongs to the person and to no unit."""
        known = [person.code, person.name, person.phone, person.organisation, "absence"]
        self.rows.append([*known, "", "", "", "", start, end, ""])


@dataclass(frozen=True)
class Special:
    """Grids whose staffing shows a rule."""

    nobody: Unit
    no_worker: Unit
    by_matter: Unit
    all_absent: Unit


def special_grids(town: Town) -> Special:
    """Choose the grids with unusual staffing, each in another community."""
    grids = [community.children for community in town.communities]
    return Special(grids[1][2], grids[6][3], grids[10][1], grids[14][2])


def make_duties(town: Town, land: Land, rng: random.Random) -> list[list[str]]:
    """All rows of duties.csv: heads, chiefs, workers, volunteers, changes and absences."""
    register = Register()
    special = special_grids(town)
    heads = _heads(register, town)
    chiefs = _chiefs(register, town, special, rng)
    workers = _workers(register, town, special)
    for community in town.communities:
        _volunteers(register, community, special, rng)
    _absences(register, town, special, chiefs, workers)
    empty = special.nobody.parent
    register.absence(heads[empty.code if empty else ""], "2026-10-05", "2026-10-09")
    _exclusive(register, exclusive_units(land))
    return register.rows


def exclusive_units(land: Land) -> list[Unit]:
    """Ground that somebody other than the grid answers for, with codes from 901 up."""
    named = [
        ("演示海滨公园", land.park, land.park_grid),
        ("演示区人民医院", land.hospital, land.hospital_grid),
        ("演示区第一中学", land.school, land.school_grid),
    ]
    units = []
    for number, (name, ring, grid) in enumerate(named, start=EXCLUSIVE_SEQUENCE):
        community = grid.parent
        code = f"{community.code if community else ''}{number}"
        units.append(Unit("grid", ring, code, name, community))
    return units


def make_building_heads(estates: list[Estate], rng: random.Random) -> list[list[str]]:
    """Rows of duties-buildings.csv: a head 楼栋长 for about half of the dwellings."""
    register = Register(people=5000)
    for estate in estates:
        for building in estate.buildings:
            if building.households and rng.random() < 0.5:
                unit = Unit("building", building.ring, building.code)
                person = register.person("楼栋长", f"{estate.name}（演示）")
                register.duty(person, "building_head", unit)
    return register.rows


def _heads(register: Register, town: Town) -> dict[str, Person]:
    """District, street and community heads and one police officer a community."""
    heads: dict[str, Person] = {}
    office = f"{town.district.name}城市运行管理中心（演示）"
    register.duty(register.person("区长", office), "district_head", town.district)
    for street in town.streets:
        person = register.person("街道负责人", f"{street.name}办事处（演示）")
        register.duty(person, "street_head", street)
        for community in street.children:
            committee = f"{community.name}居民委员会（演示）"
            heads[community.code] = person = register.person("社区书记", committee)
            changes = community is town.communities[17]
            end = "2026-10-20" if changes else ""
            register.duty(person, "community_head", community, end=end)
            if changes:
                heads[community.code] = person = register.person("社区书记", committee)
                register.duty(person, "community_head", community, start=end)
            officer = register.person("民警", f"{street.name}派出所（演示）")
            register.duty(officer, "police_officer", community)
    return heads


def _chiefs(
    register: Register, town: Town, special: Special, rng: random.Random
) -> dict[str, Person]:
    """One chief a grid; some hold two neighbouring grids, a few are replaced in the month."""
    chiefs: dict[str, Person] = {}
    for community in town.communities:
        held = 0
        person = None
        for grid in community.children:
            if grid is special.nobody:
                held = 0
                continue
            if person is None or held == 0:
                person = register.person("网格长", f"{community.name}居民委员会（演示）")
                held = rng.choice([1, 1, 2])
            held -= 1
            replaced = grid in (town.grids[20], town.grids[77], town.grids[131])
            end = "2026-10-16" if replaced else ""
            chiefs[grid.code] = person
            register.duty(person, "grid_chief", grid, end=end)
            if replaced:
                successor = register.person("网格长", person.organisation)
                register.duty(successor, "grid_chief", grid, start=end)
    return chiefs


def _workers(register: Register, town: Town, special: Special) -> dict[str, Person]:
    """One full-time worker a grid; those who stay all month are returned by grid code."""
    workers: dict[str, Person] = {}
    handed_over = town.grids[8::19]
    for grid in town.grids:
        if grid in (special.nobody, special.no_worker):
            continue
        team = f"{grid.parent.name if grid.parent else ''}网格服务站（演示）"
        person = register.person("网格员", team)
        if grid in handed_over:
            register.duty(person, "grid_worker", grid, end=HANDOVER)
            register.duty(register.person("网格员", team), "grid_worker", grid, start=HANDOVER)
        else:
            workers[grid.code] = person
            register.duty(person, "grid_worker", grid)
        if grid is special.by_matter:
            cyclist = register.person("非机动车管理员", team)
            register.duty(cyclist, "grid_worker", grid, matter="09010")
    return workers


def _volunteers(register: Register, community: Unit, special: Special, rng: random.Random) -> None:
    for grid in community.children:
        if grid is not special.nobody:
            for _ in range(rng.randint(1, 4)):
                person = register.person("志愿者", f"{community.name}志愿服务队（演示）")
                register.duty(person, "volunteer", grid)


def _absences(
    register: Register,
    town: Town,
    special: Special,
    chiefs: dict[str, Person],
    workers: dict[str, Person],
) -> None:
    """Leave with a substitute, leave without one, and a substitute who is away too."""
    pairs = [
        (first, second)
        for first, second in list(pairwise(town.grids))[3::14]
        if first.parent is second.parent and {first.code, second.code} <= workers.keys()
    ]
    for number, (grid, neighbour) in enumerate(pairs):
        start, end = f"2026-10-{3 + 2 * number:02d}", f"2026-10-{8 + 2 * number:02d}"
        absent, substitute = workers[grid.code], workers[neighbour.code]
        register.absence(absent, start, end)
        if number % 4 != 3:
            register.duty(
                *(substitute, "grid_worker", grid), start=start, end=end, instead_of=absent
            )
        if number == 1:
            register.absence(substitute, start, end)
    register.absence(workers[special.all_absent.code], "2026-10-08", "2026-10-23")
    register.absence(chiefs[special.all_absent.code], "2026-10-08", "2026-10-23")


def _exclusive(register: Register, units: list[Unit]) -> None:
    park, hospital, school = units
    keeper = f"{park.name}管理处（演示）"
    register.duty(register.person("公园管理员", keeper), "grid_chief", park, scheme="exclusive")
    register.duty(register.person("公园巡查员", keeper), "grid_worker", park, scheme="exclusive")
    office = f"{hospital.name}总务处（演示）"
    register.duty(register.person("总务主任", office), "grid_chief", hospital, scheme="exclusive")
    office = f"{school.name}总务处（演示）"
    register.duty(register.person("校园安全员", office), "grid_worker", school, scheme="exclusive")
