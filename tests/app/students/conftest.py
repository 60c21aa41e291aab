"""A students service with a release made by hand, an admin, and two viewers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import TOKEN, Store, serving, until
from tests.app.students.releases import make_release

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
ANA, RUI = "ana-looks-at-students", "rui-looks-at-students"


def of_students(settings: Settings, **changes: Any) -> Settings:
    """The settings with others for students."""
    own = settings.of("students").model_copy(update=changes)
    return settings.model_copy(update={"by_use_case": {**settings.by_use_case, "students": own}})


def is_ready(client: httpx.Client) -> bool:
    return client.get("/ready?use_case=students").status_code == 200


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    releases = Releases(f"{store.settings.models_uri}/students")
    releases.publish(make_release(tmp_path / "made"), "s1")
    releases.promote("s1", "test")
    viewers = UseCaseSettings(viewers=SecretStr(f"ana={ANA}, rui={RUI}"))
    return store.settings.model_copy(update={"use_cases": "students", "by_use_case": {"students": viewers}})


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    """Of an admin."""
    with serving(settings) as client:
        until(lambda: is_ready(client))
        client.headers.update(ADMIN)
        yield client
