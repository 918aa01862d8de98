"""The health address."""

import gridmap
from gridmap.errors import StoreError


def test_well(client, shared_app):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["version"] == gridmap.__version__
    assert answer.json["backend"] == shared_app.extensions["gridmap_store"].backend
    assert answer.json["counts"] == {"units": 10, "people": 3, "tickets": 6, "decisions": 6}


def test_store_that_cannot_be_read(client, shared_app, monkeypatch):
    def broken():
        message = "The store is gone."
        raise StoreError(message)

    monkeypatch.setattr(shared_app.extensions["gridmap_store"], "read", broken)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json["status"] == "failing"
    assert answer.json["error"] == "The store is gone."
    page = client.get("/")
    assert page.status_code == 503
    assert "The store is gone." in page.text
