"""Production refuses what is not safe and names all of it; other environments start with anything."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from script_shared.environments import check_environment
from script_shared.environments.disks import loses
from script_shared.environments.passwords import is_default_password
from script_shared.environments.production import SERVING, TRAINING
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings

STRONG = "Yb2Qf-vW0rT9xKzEo1"
CONTAINER = """\
22 1 0:40 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u
31 22 0:45 / /tmp rw - tmpfs tmpfs rw
33 22 254:0 /volumes/models /opt/pauta/models rw - ext4 /dev/vda rw
34 22 254:0 /volumes/news /srv/the\\040news rw - ext4 /dev/vda rw
"""


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """The mounts of a container with volumes for models and for a folder with a blank in its name."""
    (file := tmp_path / "mountinfo").write_text(CONTAINER)
    return file


def production(**changed: object) -> Settings:
    """Settings with which production starts, but for the changes."""
    safe = {
        "env": "prod",
        "models_uri": "s3://news/releases",
        "evaluation_dir": Path("/opt/pauta/models/evaluation"),
        "data_dir": Path("/opt/pauta/models/data"),
        "events_uri": f"postgresql+psycopg2://pauta:{STRONG}@db:5432/pauta",
        "events_key": SecretStr(STRONG),
        "admin_token": SecretStr(STRONG),
    }
    return Settings(**(safe | changed))  # type: ignore[arg-type]


def refused(settings: Settings, mounts: Path, folders: tuple[str, ...] = TRAINING, **environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        check_environment(settings, folders, environment, mounts)
    return str(caught.value)


def test_production_starts_where_all_is_safe(container: Path):
    check_environment(production(), TRAINING, {"AWS_SECRET_ACCESS_KEY": STRONG}, container)


def test_without_a_key_of_events_production_names_the_setting(container: Path):
    assert "PAUTA_EVENTS_KEY is not set" in refused(production(events_key=None), container)


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("admin_token", SecretStr("changeme-changeme-1"), "PAUTA_ADMIN_TOKEN"),
        ("airflow_password", SecretStr("admin"), "PAUTA_AIRFLOW_PASSWORD"),
        ("events_uri", "postgresql+psycopg2://pauta:p%61uta@db/pauta", "PAUTA_EVENTS_URI"),
        ("events_key", SecretStr(f"{STRONG},your-secret-key-1"), "PAUTA_EVENTS_KEY"),
        ("by_use_case", {"students": UseCaseSettings(viewers=SecretStr(f"a={STRONG},b=password12345678"))}, "VIEWERS"),
    ],
    ids=["token", "password", "address", "second key", "viewer"],
)
def test_a_default_password_is_refused_wherever_it_is(setting: str, value: object, name: str, container: Path):
    words = refused(production(**{setting: value}), container)
    assert f"{name} has a default password" in words
    assert STRONG not in words


def test_the_default_secret_of_an_object_store_is_refused(container: Path):
    assert "AWS_SECRET_ACCESS_KEY" in refused(production(), container, AWS_SECRET_ACCESS_KEY="minioadmin")


@pytest.mark.parametrize(
    ("setting", "value", "where"),
    [
        ("models_uri", "/opt/pauta/script_shared/models", "PAUTA_MODELS_URI is /opt/pauta/script_shared/models on the"),
        ("evaluation_dir", Path("/tmp/evaluation"), "PAUTA_EVALUATION_DIR is /tmp/evaluation on memory"),
        ("data_dir", Path("/data"), "PAUTA_DATA_DIR is /data on the container's own disk"),
        ("events_uri", "sqlite:////data/events.db", "PAUTA_EVENTS_URI is /data/events.db on the"),
        ("events_uri", None, "PAUTA_EVENTS_URI"),
    ],
)
def test_data_that_the_container_would_lose_are_refused(setting: str, value: object, where: str, container: Path):
    settings = production(**{"data_dir": Path("/data")} | {setting: value})
    assert where in refused(settings, container)


def test_with_a_lake_the_folders_of_runs_are_a_cache_that_may_be_lost(container: Path):
    settings = production(data_dir="/tmp/data", evaluation_dir="/tmp/evaluation", lake_uri="s3://pauta/lake")
    check_environment(settings, TRAINING, {}, container)


def test_a_lake_in_a_folder_that_the_container_would_lose_is_refused(container: Path):
    assert "PAUTA_LAKE_URI is /tmp/lake" in refused(production(lake_uri="/tmp/lake"), container)


def test_the_service_is_not_refused_for_a_folder_that_only_trainings_use(container: Path):
    check_environment(production(data_dir=Path("/data")), SERVING, {}, container)


def test_all_that_is_wrong_is_in_one_message(container: Path):
    settings = production(events_key=None, admin_token=SecretStr("admin-admin-admin-1"), models_uri="/models")
    words = refused(settings, container)
    assert all(name in words for name in ("PAUTA_EVENTS_KEY", "PAUTA_ADMIN_TOKEN", "PAUTA_MODELS_URI"))


@pytest.mark.parametrize("env", ["dev", "staging"])
def test_other_environments_start_with_anything(env: str, container: Path):
    settings = production(env=env, events_key=None, models_uri="/models", admin_token=SecretStr("admin-admin-admin"))
    check_environment(settings, TRAINING, {}, container)


def test_the_deepest_mount_counts_and_blanks_in_its_name_are_read(container: Path):
    assert loses(Path("/opt/pauta/models/news"), container) is None
    assert loses(Path("/opt/pauta"), container) == "the container's own disk"
    assert loses(Path("/srv/the news/data"), container) is None
    assert loses(Path("/anything"), container.with_name("none")) is None


@pytest.mark.parametrize("text", ["admin", "Password123!", "change-me", "postgres", "", "minioadmin", "pauta" * 400])
def test_words_of_examples_are_default_passwords(text: str):
    assert is_default_password(text)


@pytest.mark.parametrize("text", [STRONG, "correct horse battery staple", "password" * 400 + "x"])
def test_other_words_are_not_and_long_ones_are_judged_at_once(text: str):
    assert not is_default_password(text)
