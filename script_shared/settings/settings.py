"""The settings of an installation, with their descriptions, defaults and checks."""

import logging
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from script_shared import addresses
from script_shared.clock import ClockSetting
from script_shared.cron import cron
from script_shared.errors import SettingsError
from script_shared.settings.backup_settings import BackupSettings
from script_shared.settings.engine_settings import EngineSettings
from script_shared.settings.unread_variables import unread_variables
from script_shared.use_case_settings import (
    PREFIX,
    UseCaseSettings,
    UseCaseVariables,
    known_use_cases,
    variable,
)

SHARED = Path(__file__).parents[1]
log = logging.getLogger("pauta.settings")


def _origins(text: str) -> str:
    return ",".join(addresses.origins(text))


def _networks(text: str) -> str:
    addresses.networks(text)
    return text


def own_cache() -> Path:
    """A folder for temporary files that no other user of the machine shares, such as ``/tmp/pauta-1000``."""
    return Path(tempfile.gettempdir()) / f"pauta-{os.getuid()}"


class Settings(BackupSettings, EngineSettings):
    """Locations, addresses, secrets and intervals. Each is an environment variable with the prefix ``PAUTA_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    env: Literal["dev", "staging", "prod"] = Field(
        "dev",
        description="environment of this installation: `dev`, `staging` or `prod`; shown in `/info`, in log lines and "
        "in the label `environment` of metrics; `prod` refuses to start with unsafe settings",
    )
    data_dir: Path = Field(SHARED / "data", description="folder of raw, refined, trained and evaluated runs")
    lake_uri: str | None = Field(
        None,
        description="object store (`s3://bucket/prefix`, `gs://…`, `az://…`) or folder that stores the folders of "
        "runs, so that steps can run on machines that share no disk; if unset, they are only in the data folder",
    )
    models_uri: str = Field(
        str(SHARED / "models"), description="folder or object store (`s3://bucket/prefix`) of releases"
    )
    evaluation_dir: Path = Field(SHARED / "evaluation", description="folder of evaluation files and reports")
    params_file: Path | None = Field(None, description="params file of news; unset, the one in the package")
    use_cases: Annotated[str, AfterValidator(known_use_cases)] = Field(
        "",
        description="use cases of this instance, separated by commas: names of the registry, or `module:object` of an "
        "entry elsewhere; unset, all of the registry",
    )
    by_use_case: dict[str, UseCaseSettings] = Field(
        default_factory=dict, description="settings of each use case, from `PAUTA_<USE CASE>_SOURCE` and so on"
    )
    source: str = Field(
        "sample", description="source of the raw data of news: `sample`, `files`, `local`, `gdrive` or `globo_clicks`"
    )
    source_path: Path | None = Field(
        None, description="folder (`files`, `local`) or file (`files`, `globo_clicks`) to read"
    )
    data_schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None,
        description="when `news_data` starts by itself: a cron expression in UTC such as `0 * * * *`, or `@hourly`, "
        "`@daily`, `@weekly`, `@monthly`, `@quarterly`, `@yearly`; unset, it starts by hand",
    )
    cache_dir: Path = Field(
        default_factory=own_cache,
        description="folder for copies of releases from an object store and of the live state; each user of a machine "
        "has their own",
    )
    release_poll_seconds: float = Field(
        1.0, gt=0, description="seconds after which the API reads the release pointer again"
    )
    clock: ClockSetting = Field(
        "auto",
        description="time that a release runs on: `wall`, `data` (the end of its data), or `auto`: by the data's age "
        "and live events",
    )
    events_uri: str | None = Field(
        None,
        description="SQLAlchemy address of the event log: `sqlite:////folder/events.db`, or `postgresql+psycopg2://…` "
        "for several machines; unset, `events.db` in the data folder",
    )
    events_poll_seconds: float = Field(
        0.25, gt=0, description="seconds after which a process sees events that another one received"
    )
    events_retention_days: float = Field(
        30.0,
        gt=0,
        description="days, on the release's clock, after which `maintenance` removes clicks and impressions from "
        "the log, once the release in service contains them",
    )
    served_share: float = Field(
        1.0,
        ge=0,
        le=1,
        description="share of the served lists that are stored, 0 to 1, chosen by the answer's id; 0 stores none",
    )
    posts_retention_days: float = Field(
        30.0,
        gt=0,
        description="days, on the release's clock, after which `maintenance` deletes a post about an article from the "
        "log, if later posts replaced every field of it; valid fields always stay",
    )
    served_retention_days: float = Field(
        14.0, gt=0, description="days, on the release's clock, after which `maintenance` deletes served lists"
    )
    events_max_late_hours: float = Field(24.0, gt=0, description="hours after which an event is refused as too old")
    events_key: SecretStr | None = Field(
        None,
        description="secret with which your own servers sign events (`X-Pauta-Signature`), 16 characters or more; "
        "several keys, separated by commas, while you change them",
    )
    unsigned_events: Literal["count", "discount", "refuse"] | None = Field(
        None,
        description="what happens to events without a signature: `count`, `discount` (a click counts "
        "`live.trust.unsigned`) or `refuse` (401); unset, `discount` where there is a key, else `count`",
    )
    cors_origins: Annotated[str, AfterValidator(_origins)] = Field(
        "",
        description="sites whose pages may send events and request lists: origins separated by commas, such as "
        "`https://site.example`, or `*` for all",
    )
    experiments_file: Path | None = Field(
        None,
        description="TOML file of the experiments that are to run; unset, `POST /experiments` starts them",
    )
    root_path: Annotated[str, AfterValidator(addresses.prefix)] = Field(
        "", description="path under which a proxy publishes the API, such as `/pauta`"
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "127.0.0.1,::1", description="addresses or networks of proxies whose `X-Forwarded-*` headers are used"
    )
    airflow_url: str | None = Field(None, description="address of Airflow's API, for `POST /train`")
    airflow_public_url: str | None = Field(
        None, description="address at which people open Airflow, for links in answers; unset, `PAUTA_AIRFLOW_URL`"
    )
    airflow_username: str | None = Field(None, description="Airflow user that may trigger DAGs")
    airflow_password: SecretStr | None = Field(None, description="password of that user")
    mlflow_uri: str | None = Field(
        None,
        pattern=r"^(|off|embedded|sqlite:///.+|https?://.+)$",
        description="where trainings are recorded: `http://…` (an MLflow server), `embedded`, `sqlite:///…` or `off`; "
        "unset, the embedded MLflow where it exists",
    )
    mlflow_public_url: str | None = Field(
        None, description="address at which people open MLflow, for links of the pages for operators"
    )
    grafana_public_url: str | None = Field(
        None, description="address at which people open Grafana, for links of the pages for operators"
    )
    mlflow_seconds: float = Field(
        120.0, gt=0, description="seconds that a run, or a command about releases, waits for MLflow at most"
    )
    http_head_bytes: int = Field(65_536, ge=1024, description="bytes of a request's head, its address included")
    http_headers: int = Field(100, ge=10, description="headers of a request")
    http_body_bytes: int = Field(1_000_000, ge=1024, description="bytes of a request's body")
    http_head_seconds: float = Field(10.0, gt=0, description="seconds in which a head must arrive")
    http_body_seconds: float = Field(30.0, gt=0, description="seconds in which a body must arrive")
    http_idle_seconds: float = Field(30.0, gt=0, description="seconds that a connection may wait for its next request")
    http_send_seconds: float = Field(30.0, gt=0, description="seconds in which a client must read some of its answer")
    http_connections: int = Field(1000, ge=1, description="open connections per process")
    http_connections_per_address: int = Field(200, ge=1, description="of those, from one address")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="level of the API's log")
    log_format: Literal["text", "json"] = Field(
        "text",
        description="format of the API's log lines: `text`, or `json` with the request id, the trace id and the "
        "use case",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments come first, then the environment."""
        return init_settings, env_settings, UseCaseVariables(settings_cls)

    def of(self, use_case: str) -> UseCaseSettings:
        """The settings of one use case. News also has the names without a use case, such as ``PAUTA_SOURCE``."""
        own = self.by_use_case.get(use_case, UseCaseSettings())
        if use_case != "news":
            return own
        return UseCaseSettings(
            source=own.source or self.source,
            source_path=own.source_path or self.source_path,
            schedule=own.schedule or self.data_schedule,
            params_file=own.params_file or self.params_file,
        )

    @property
    def events_address(self) -> str:
        """Where the event log is, as SQLAlchemy takes it."""
        return self.events_uri or addresses.sqlite_address(self.data_dir / "events.db")

    @property
    def mlflow_address(self) -> str | None:
        """Where MLflow is, None when trainings are not tracked: unset, the embedded one where it was made before."""
        file = self.data_dir.absolute() / "mlflow" / "mlflow.db"
        if self.mlflow_uri == "embedded" or (self.mlflow_uri is None and file.is_file()):
            return addresses.sqlite_address(file)
        return None if self.mlflow_uri in (None, "", "off") else self.mlflow_uri


def load_settings() -> Settings:
    """Read the environment. A variable that is set but empty counts as not set; one that nothing reads is logged.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    for sentence in unread_variables(os.environ, Settings.model_fields):
        log.warning(sentence)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = _variable([str(part) for part in first["loc"]])
        raise SettingsError(f"{name}: {first['msg']}.", fix="Correct the environment variable.") from None


def _variable(place: list[str]) -> str:
    if place[0] == "by_use_case" and len(place) > 2:
        return variable(place[1], place[2])
    return PREFIX + "_".join(place).upper()
