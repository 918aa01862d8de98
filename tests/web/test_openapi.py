"""The description of the interface is valid, complete, and kept by the answers."""

import json
import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.stock import fill
from support.warmed import warmed

import web
from gridmap.datum import DATUMS
from gridmap.model import LEVELS
from gridmap.routing.explain import RULES
from gridmap.storage import create_store
from layers.catalogue import catalogue
from layers.layer import MAX_ZOOM
from web import api, asked, create_app, finding, kinds, questions
from web.description import description
from web.saving import FORMS

FILE = Path(web.__file__).parent / "openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DESCRIPTION = json.loads(FILE.read_text(encoding="utf-8"))


def test_description_is_valid_openapi_3_1():
    assert DESCRIPTION["openapi"].startswith("3.1")
    validate(DESCRIPTION)


def test_description_is_served(client):
    answer = client.get("/api/openapi.json")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.data) == description()
    assert answer.json["paths"].keys() == DESCRIPTION["paths"].keys()


def test_description_that_is_served_is_valid_and_names_the_layers():
    served = description()
    validate(served)
    assert served["components"]["parameters"]["LayerKey"]["schema"]["enum"] == list(catalogue())
    tile = served["paths"]["/api/tiles/{keys}/{z}/{x}/{y}"]["get"]["parameters"]
    assert {one["name"] for one in tile if "name" in one} >= {"level", "state", "since"}


def test_routes_that_exist_are_those_described(shared_app):
    exist = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in shared_app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/", "/download/")) or rule.rule == "/health"
    }
    described = {
        (path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods
    }
    assert exist == described


def test_lists_and_limits_are_those_of_the_program():
    schemas = DESCRIPTION["components"]["schemas"]
    route = DESCRIPTION["paths"]["/api/route"]
    parameters = {one["name"]: one["schema"] for one in route["get"]["parameters"]}
    body = route["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"][1]
    levels = DESCRIPTION["paths"]["/api/units"]["get"]["parameters"][0]["schema"]["enum"]
    exception = schemas["Tickets"]["properties"]["features"]["items"]["properties"]["properties"]
    assert set(schemas["Decision"]["properties"]["rule"]["enum"]) == set(RULES)
    assert set(parameters["datum"]["enum"]) == set(DATUMS)
    assert set(levels) == set(LEVELS)
    assert parameters["text"]["maxLength"] == questions.MAX_TEXT
    assert body["maxItems"] == api.MAX_QUESTIONS
    assert schemas["Tickets"]["properties"]["features"]["maxItems"] == api.MAX_TICKETS
    assert exception["properties"]["exception"]["anyOf"][0]["enum"] == list(kinds.KINDS)
    assert set(schemas["Question"]["properties"]) == set(parameters)


def test_limits_of_layers_are_those_of_the_program():
    paths = DESCRIPTION["paths"]

    def schema(path, name):
        listed = paths[path]["get"]["parameters"]
        return next(one["schema"] for one in listed if one.get("name") == name)

    tile = "/api/tiles/{keys}/{z}/{x}/{y}"
    assert schema(tile, "z")["maximum"] == MAX_ZOOM
    assert schema(tile, "x")["maximum"] == schema(tile, "y")["maximum"] == 2**MAX_ZOOM - 1
    assert schema("/api/layers/{key}/features", "limit")["maximum"] == asked.MAX_FEATURES
    assert schema("/download/{key}.{form}", "form")["enum"] == list(FORMS)
    about = paths["/download/{key}.{form}"]["get"]["description"]
    assert f"At most {FORMS['csv'].max_rows:,} rows, {FORMS['xlsx'].max_rows:,} of XLSX." in about
    found = paths["/api/tickets/find"]["get"]["responses"]["200"]["content"]["application/json"]
    assert found["schema"]["maxItems"] == finding.MAX_FOUND


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    store = create_store(f"geopackage:///{tmp_path_factory.mktemp('api') / 'store.gpkg'}")
    fill(store)
    app = warmed(create_app({"STORE": store}))
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    store.close()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods],
)
def test_answers_keep_the_description(described, path, method, mode):
    """Whatever is sent, good or bad, the answer is one that the description names."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def holds(case):
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

    try:
        holds()
    except Unsatisfiable:
        assert not described[path][method].query, "nothing can be wrong where nothing is asked"
