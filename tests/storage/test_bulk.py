"""Many rows at once: both stores give back what was given, and a failing batch leaves nothing."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
import shapely
from geoalchemy2.shape import to_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session
from support.shapes import ANYWHERE, LATTICE, shapes

from gridmap.errors import InputError, StoreError
from gridmap.model import SRID, Decision, Event, Import, Person, Place, Seat, Ticket, Unit
from gridmap.storage import bulk, create_store

EPOCH = np.datetime64("1970-01-01", "us")
MOMENTS = st.integers(-(10**16), 10**16).map(lambda us: EPOCH + np.timedelta64(us, "us"))
#: Everything that is text in Unicode, but for NUL and halves of surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = [
    "", " ", '"', '""', "'", ",", "a,b", "\n", "a\r\nb", "\\", "\\.", "a\n\\.\nb", "\\N", "NULL",
    "null", "=1+1", "\t", "网格长", "🏘️", "é", "\ufeff", "\u2028", "x" * 100_000, "nan", "None",
]  # fmt: skip


def columns(count, **given):
    """The columns that every ticket must have."""
    return {
        "source": ["s"] * count,
        "number": [str(number) for number in range(count)],
        "reported_at": np.full(count, EPOCH),
        "status": ["open"] * count,
        "locating_method": ["none"] * count,
        "confidence": np.ones(count),
        "digest": np.zeros(count, dtype=np.int64),
    } | given


def insert(store, model, given):
    with store.write() as session:
        return bulk.insert(session, model, given)


def read(store, *what):
    with store.read() as session:
        return session.execute(select(*what).order_by(what[0].class_.id)).all()


@pytest.fixture(scope="module")
def stores(module_postgis_url, tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "gridmap.gpkg"
    both = create_store(str(path)), create_store(module_postgis_url)
    yield both
    for store in both:
        store.close()


def aware(moment):
    """The moment that both stores keep: whole milliseconds."""
    if moment is None:
        return None
    whole = moment.astype("datetime64[ms]").astype("datetime64[us]")
    return whole.item().replace(tzinfo=UTC)


tickets = st.tuples(
    TEXTS | st.sampled_from(AWKWARD) | st.none(),
    st.none() | MOMENTS,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.tuples(LATTICE | ANYWHERE, LATTICE | ANYWHERE),
)


@settings(max_examples=60)
@given(rows=st.lists(tickets, min_size=1, max_size=6))
def test_what_is_given_is_read_back_alike(stores, rows):
    words, moments, digests, confidence, places = map(list, zip(*rows, strict=True))
    lon = np.array([np.nan if place is None else place[0] for place in places])
    lat = np.array([np.nan if place is None else place[1] for place in places])
    given_columns = columns(
        len(rows),
        content=words,
        closed_at=np.array(moments, dtype="datetime64[us]"),
        digest=np.array(digests),
        confidence=np.array(confidence),
        geometry=(lon, lat),
    )
    expected = list(zip(words, map(aware, moments), digests, confidence, places, strict=True))
    for store in stores:
        with store.engine.connect() as connection:
            session = Session(connection)
            ids = bulk.insert(session, Ticket, given_columns)
            query = select(
                Ticket.id, Ticket.content, Ticket.closed_at, Ticket.digest, Ticket.confidence,
                Ticket.geometry,
            ).order_by(Ticket.id)  # fmt: skip
            found = session.execute(query).all()
            session.close()
        assert [row[0] for row in found] == ids.tolist()
        assert [(*row[1:5], coordinates(row[5])) for row in found] == expected


def coordinates(element):
    return None if element is None else to_shape(element).coords[0]


@settings(max_examples=40)
@given(
    given_shapes=st.lists(st.none() | shapes(LATTICE) | shapes(ANYWHERE), min_size=1, max_size=5)
)
def test_geometries_of_every_kind(stores, given_shapes):
    texts = ["示例"] * len(given_shapes)
    geometry = np.array([*given_shapes, None], dtype=object)[:-1]
    given_columns = {"kind": texts, "source": texts, "origin": texts, "geometry": geometry}
    for store in stores:
        with store.engine.connect() as connection:
            session = Session(connection)
            ids = bulk.insert(session, Place, given_columns)
            found = session.execute(select(Place.id, Place.geometry).order_by(Place.id)).all()
            session.close()
        assert [row.id for row in found] == ids.tolist()
        for row, shape in zip(found, given_shapes, strict=True):
            assert (row.geometry is None) == (shape is None)
            if shape is not None:
                assert row.geometry.srid == SRID
                assert shapely.equals_identical(shapely.set_srid(to_shape(row.geometry), 0), shape)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1.5, None, np.nan], [1.5, None, None]),
        (np.array([1.5, np.nan, -0.0]), [1.5, None, 0.0]),
        (np.array([1, 2, 3], dtype=np.float32), [1.0, 2.0, 3.0]),
        (np.array([0.1, np.nan, 2.5], dtype=np.float32), [float(np.float32(0.1)), None, 2.5]),
        (pa.array([1.5, None, np.nan]), [1.5, None, None]),
        (pa.chunked_array([[1.5, None], [2.5]]), [1.5, None, 2.5]),
        ([None, None, None], [None, None, None]),
        ([1, 2, 3], [1.0, 2.0, 3.0]),
    ],
)
def test_numbers_in_their_forms(store, numbers, expected):
    (ticket,) = insert(store, Ticket, columns(1))
    texts = ["t"] * 3
    moments = np.full(3, EPOCH)
    insert(
        store,
        Decision,
        {
            "ticket_id": np.full(3, ticket), "decided_at": moments, "as_of": moments,
            "rule": texts, "department": texts, "emergency": [True, False, True],
            "flagged": np.array([True, False, False]), "is_current": pa.array([True, True, False]),
            "boundary_m": numbers, "alternatives": texts, "reason_zh": texts, "reason_en": texts,
        },
    )  # fmt: skip
    found = read(store, Decision.boundary_m, Decision.emergency, Decision.flagged)
    assert [row[0] for row in found] == expected
    assert [row[1] for row in found] == [True, False, True]
    assert [row[2] for row in found] == [True, False, False]
    assert [row[0] for row in read(store, Decision.is_current)] == [True, True, False]


@pytest.mark.parametrize(
    "texts",
    [
        ["a", None, ""],
        np.array(["a", None, ""], dtype=object),
        pa.array(["a", None, ""]),
        pa.array(["a", None, ""], type=pa.large_string()),
        pa.array(["x", "a", None, ""])[1:],
    ],
)
def test_an_empty_text_is_not_null(store, texts):
    insert(store, Ticket, columns(3, address=texts))
    assert [row[0] for row in read(store, Ticket.address)] == ["a", None, ""]


@pytest.mark.parametrize(
    "moments",
    [
        np.array(["2026-10-01T00:00:00.123999", "NaT"], dtype="datetime64[us]"),
        np.array(["2026-10-01T00:00:00.123", "NaT"], dtype="datetime64[ms]"),
        np.array(["2026-10-01T00:00:00.123999999", "NaT"], dtype="datetime64[ns]"),
        [datetime(2026, 10, 1, 0, 0, 0, 123_999, tzinfo=UTC), None],
        [datetime(2026, 10, 1, 8, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=8))), None],
        pa.array([datetime(2026, 10, 1, 0, 0, 0, 123_456), None], type=pa.timestamp("us")),
    ],
)
def test_moments_in_their_forms(store, moments):
    insert(store, Ticket, columns(2, closed_at=moments))
    moment = datetime(2026, 10, 1, 0, 0, 0, 123_000, tzinfo=UTC)
    assert [row[0] for row in read(store, Ticket.closed_at)] == [moment, None]


def test_rows_and_bulk_keep_a_moment_alike(store):
    moments = [EPOCH + np.timedelta64(us, "us") for us in (-1, 0, 1, 999, 1000, 1999, -1001)]
    insert(store, Ticket, columns(len(moments), closed_at=np.array(moments)))
    with store.write() as session:
        for number, moment in enumerate(moments):
            given_columns = {name: values[0] for name, values in columns(1).items()}
            given_columns |= {
                "number": f"row {number}", "digest": 0, "confidence": 1.0,
                "reported_at": datetime(2026, 1, 1, tzinfo=UTC),
                "closed_at": moment.item().replace(tzinfo=UTC),
            }  # fmt: skip
            session.add(Ticket(**given_columns))
    found = [row[0] for row in read(store, Ticket.closed_at)]
    assert found[: len(moments)] == found[len(moments) :] == [aware(moment) for moment in moments]
    with store.read() as session:  # and compare alike within the store
        twice = select(Ticket.closed_at).group_by(Ticket.closed_at).having(func.count() % 2 == 1)
        assert session.execute(twice).all() == []


# --- ids ----------------------------------------------------------------------------------------


def test_ids_are_new_and_can_be_used_at_once(store):
    with store.write() as session:
        session.add(Person(code="row", name="n"))
        first = bulk.insert(session, Person, {"code": ["a", "b"], "name": ["n", "n"]})
        second = bulk.insert(session, Person, {"code": ["c"], "name": ["n"]})
        session.add(Person(code="row after", name="n"))
    assert first.dtype == second.dtype == np.int64
    found = dict(read(store, Person.code, Person.id))
    assert [found["a"], found["b"], found["c"]] == [*first.tolist(), *second.tolist()]
    assert len(set(found.values())) == 5


def test_ids_may_be_given_and_others_go_on_after_them(store):
    given_ids = np.array([5, 900, 7])
    ids = insert(store, Person, {"id": given_ids, "code": ["a", "b", "c"], "name": ["n"] * 3})
    assert ids.tolist() == given_ids.tolist()
    (following,) = insert(store, Person, {"code": ["d"], "name": ["n"]})
    assert following > 900
    with store.write() as session:
        session.add(Person(code="e", name="n"))
    found = dict(read(store, Person.code, Person.id))
    assert (found["a"], found["b"], found["c"]) == (5, 900, 7)
    assert found["e"] > following


def test_nothing_to_insert(store):
    assert insert(store, Person, {"code": [], "name": []}).tolist() == []
    none = np.empty(0)
    assert insert(store, Seat, {"unit_id": [], "geometry": (none, none)}).tolist() == []


def test_columns_of_different_lengths_are_refused(store):
    with pytest.raises(ValueError, match="different lengths"):
        insert(store, Person, {"code": ["a", "b"], "name": ["n"]})


# --- what cannot be stored ----------------------------------------------------------------------


@pytest.mark.parametrize("pack", [list, pa.array, lambda texts: pa.array(["\0", *texts])[1:]])
def test_nul_is_refused_in_one_sentence(store, pack):
    sentence = r"^Row 3 of the people has a NUL character in its name, which no store can keep"
    with pytest.raises(InputError, match=sentence):
        insert(store, Person, {"code": pack(["a", "b", "c"]), "name": pack(["n", None, "n\0n"])})
    assert read(store, Person.id) == []


def test_bytes_beside_the_wanted_texts_do_not_count(store):
    names = pa.array(["\0", "n", "n", "\0"])[1:3]
    insert(store, Person, {"code": ["a", "b"], "name": names})
    assert len(read(store, Person.id)) == 2


@pytest.mark.parametrize(
    "shape", [shapely.box(0, 0, 1, 1), shapely.Point(0, 0), shapely.from_wkt("POLYGON EMPTY")]
)
def test_a_geometry_of_another_kind_is_refused(store, shape):
    texts = ["x"]
    with pytest.raises(ValueError, match="The table units holds MULTIPOLYGON without heights"):
        insert(
            store,
            Unit,
            {
                "scheme": texts, "level": texts, "code": texts, "name": texts, "origin": texts,
                "valid_from": np.full(1, EPOCH), "geometry": [shape],
            },
        )  # fmt: skip


def test_heights_are_refused(store):
    texts = ["x"]
    with pytest.raises(ValueError, match="without heights"):
        insert(
            store,
            Place,
            {
                "kind": texts, "source": texts, "origin": texts,
                "geometry": [shapely.Point(1, 2, 3)],
            },
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ["a", "b", "a"], "name": ["n"] * 3},
        {"code": ["a", "b", "c"], "name": ["n", "n", None]},
        {"id": [1, 2, 1], "code": ["a", "b", "c"], "name": ["n"] * 3},
    ],
)
def test_a_failing_batch_leaves_nothing_and_the_change_may_go_on(store, wrong):
    with store.write() as session:
        bulk.insert(session, Person, {"code": ["before"], "name": ["n"]})
        with pytest.raises(Exception, match=r"(?i)unique|null"):
            bulk.insert(session, Person, wrong)
        bulk.insert(session, Person, {"code": ["after"], "name": ["n"]})
    assert read(store, Person.code) == [("before",), ("after",)]


def triggers(store):
    with store.read() as session:
        query = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"
        return session.execute(text(query)).all()


def test_a_failing_batch_brings_the_triggers_back(geopackage_store_url):
    store = create_store(geopackage_store_url)
    before = triggers(store)
    unit = {
        "scheme": ["s"] * 2, "level": ["grid"] * 2, "code": ["1"] * 2, "name": ["n"] * 2,
        "origin": ["x"] * 2, "valid_from": np.full(2, EPOCH),
        "geometry": [shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])] * 2,
    }  # fmt: skip
    with store.write() as session:
        with pytest.raises(Exception, match="UNIQUE"):
            bulk.insert(session, Unit, unit)
        bulk.insert(session, Unit, unit | {"code": ["1", "2"]})
    assert triggers(store) == before
    with store.write() as session:
        session.get(Unit, 1).geometry = None
    with store.read() as session:
        assert session.scalars(text("SELECT id FROM rtree_units_geometry")).all() == [2]
    store.close()


def test_what_the_driver_raises_is_one_sentence(store):
    """Bulk writing talks to the driver itself, past SQLAlchemy."""
    with pytest.raises(StoreError, match=r"^Store .*: the database refused: "):
        insert(store, Person, {"code": ["a", "a"], "name": ["n", "n"]})


def test_a_foreign_key_holds_in_bulk(store):
    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        insert(store, Seat, {"unit_id": [99], "geometry": (np.ones(1), np.ones(1))})
    assert read(store, Seat.id) == []


def test_rows_waiting_in_the_session_go_first(store):
    with store.write() as session:
        unit = Unit(
            scheme="s",
            level="grid",
            code="1",
            name="n",
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        session.add_all([unit, Import(
            kind="k", file_name="f", digest="d", started_at=datetime(2026, 1, 1, tzinfo=UTC)
        )])  # fmt: skip
        session.flush()
        session.add(Event(
            at=datetime(2026, 1, 1, tzinfo=UTC), actor="a", kind="k", subject="unit"
        ))  # fmt: skip
        bulk.insert(session, Seat, {"unit_id": [unit.id], "geometry": (np.ones(1), np.ones(1))})
    assert len(read(store, Seat.id)) == len(read(store, Event.id)) == 1


def test_many_rows_take_one_statement_each_way(store):
    """No statement a row reaches SQLAlchemy, whatever the number of rows."""
    seen = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    count = 25_000
    lon = np.linspace(116, 117, count)
    insert(store, Ticket, columns(count, geometry=(lon, lon)))
    assert len(seen) < 25
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == count
        box = "SRID=4490;LINESTRING(116 116, 116.09998 116.09998)"
        near = select(func.count()).where(Ticket.geometry.intersects(box))
        assert session.scalar(near) == np.count_nonzero(lon < 116.09998)
