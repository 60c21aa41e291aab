"""A release that is no longer in service is freed, although garbage collections skip it."""

import gc
import threading
import weakref
from typing import Any

import pytest
from fastapi import FastAPI

from app.main import create_app
from script_shared.settings import Settings
from tests.app.conftest import Store, release_of, serving, until

LONGEST_SECONDS = 20.0
PATHS = (
    "/recommendations?user_id={user}&explain=true",
    "/recommendations?user_id={user}&min_diversity=0.5",
    "/most-read",
    "/latest",
    "/model",
)


def _parts(release: Any) -> dict[str, Any]:
    model, recommender = release.model, release.recommender
    state = recommender.newsroom.state
    found = {"release": release, "model": model, "recommender": recommender, "newsroom": recommender.newsroom}
    found |= {"catalog": model.catalog, "users": model.readers, "live state": state, "reads": state.readers}
    return {name: weakref.ref(part) for name, part in found.items()}


def test_a_release_out_of_service_is_freed_without_a_collection(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    apps: list[FastAPI] = []
    threads: list[str] = []

    def make(settings: Settings) -> FastAPI:
        apps.append(create_app(settings))
        return apps[-1]

    store.promote("v1")
    with serving(store.settings, make) as client:
        monkeypatch.setattr("gc.collect", lambda *_: 0)  # a release is frozen, so the collections of a load skip it
        gc.disable()
        try:
            until(lambda: release_of(client) == "v1")
            live = apps[0].state.service.use_cases["news"]
            parts, users = _parts(live.require()), live.require().examples
            weakref.finalize(live.require(), lambda: threads.append(threading.current_thread().name))
            for user in (*(name for names in users.values() for name in names[:1]), "nobody"):
                for path in PATHS:
                    assert client.get(path.format(user=user)).status_code in (200, 401)
            store.promote("v2", "Nova")
            until(lambda: release_of(client) == "v2")
            client.get("/recommendations")
            until(lambda: not [name for name, part in parts.items() if part() is not None], LONGEST_SECONDS)
            assert [name.split("_")[0] for name in threads] == ["asyncio"]  # not the thread that answers requests
        finally:
            gc.enable()
