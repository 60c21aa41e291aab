"""Where things are: every setting that comes from the environment, read once at the edge and handed down."""

import logging
import os
import tempfile
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from script_shared import addresses
from script_shared.clock import ClockSetting
from script_shared.cron import cron
from script_shared.errors import SettingsError
from script_shared.use_case_settings import PREFIX, UseCaseSettings, UseCaseVariables, hosted, variable, variables
from script_shared.use_cases import entries

SHARED = Path(__file__).parent
READ_ELSEWHERE = (  # by the API's start, `make run`, tests, and the compose file
    *("HOST", "PORT", "WORKERS", "HOME", "METRICS_FOLDER", "REAL_DATA", "STANDINS", "EXPERIMENT_SET"),
    *("BIND", "AIRFLOW_PORT", "GRAFANA_PORT", "PROMETHEUS_PORT", "MLFLOW_PORT", "MLFLOW_HOSTS", "INPUT_DIR"),
    *("AIRFLOW_ADMIN_PASSWORD", "GRAFANA_PASSWORD", "PROXY_PASSWORD", "API_REPLICAS", "API_MEMORY", "TRAINING_MEMORY"),
    *("EXECUTOR", "PARALLELISM", "AIRFLOW_WORKERS", "WORKER_CONCURRENCY", "METRICS_RETENTION"),
)
FAMILIES = ("TEST_", "BENCH_")
log = logging.getLogger("pauta.settings")


def _origins(text: str) -> str:
    return ",".join(addresses.origins(text))


def _networks(text: str) -> str:
    addresses.networks(text)
    return text


def _chosen(text: str) -> str:
    try:
        entries(text)
    except SettingsError as error:
        raise ValueError(f"{error.message.rstrip('.')}. {error.fix}".rstrip(".")) from None
    return text


def own_cache() -> Path:
    """A folder for temporary files that no other user of the machine shares, such as ``/tmp/pauta-1000``."""
    return Path(tempfile.gettempdir()) / f"pauta-{os.getuid()}"


class Settings(BaseSettings):
    """Locations, addresses, secrets and intervals. Each is an environment variable with the prefix ``PAUTA_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    data_dir: Path = Field(SHARED / "data", description="Folder of raw, refined and trained runs.")
    models_uri: str = Field(
        str(SHARED / "models"), description="Folder or object store (s3://bucket/prefix) of releases."
    )
    evaluation_dir: Path = Field(SHARED / "evaluation", description="Folder of evaluation files and reports.")
    params_file: Path | None = Field(None, description="News' params file used instead of the one in the package.")
    use_cases: Annotated[str, AfterValidator(_chosen)] = Field(
        "", description="Use cases of this instance, with commas; all of the registry when unset."
    )
    by_use_case: dict[str, UseCaseSettings] = Field(
        default_factory=dict, description="Settings of each use case: PAUTA_<USE CASE>_SOURCE and so on."
    )
    source: str = Field("sample", description="Source of news' raw data.")
    source_path: Path | None = Field(None, description="Folder (local, files) or file (files, globo_clicks) to read.")
    data_schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None, description="When news_data starts by itself, as a cron expression in UTC."
    )
    cache_dir: Path = Field(
        default_factory=own_cache, description="Where releases of an object store are kept to load."
    )
    release_poll_seconds: float = Field(1.0, gt=0, description="How often the API looks at the pointer, in seconds.")
    clock: ClockSetting = Field(
        "auto",
        description="Time that a release runs on: wall, data (the end of its data), or auto: by the data's age.",
    )
    events_uri: str | None = Field(
        None, description="SQLAlchemy address of the event log; unset, events.db in data_dir (SQLite)."
    )
    events_poll_seconds: float = Field(
        0.25, gt=0, description="How long other processes' events may stay unseen, in seconds."
    )
    events_retention_days: float = Field(30.0, gt=0, description="Age after which events leave the log, in days.")
    served_share: float = Field(1.0, ge=0, le=1, description="Share of the served lists that are kept.")
    served_retention_days: float = Field(14.0, gt=0, description="Age after which served lists are deleted, in days.")
    events_max_late_hours: float = Field(24.0, gt=0, description="Age at which an event is refused, in hours.")
    events_key: SecretStr | None = Field(
        None, description="Signs events of your own servers; several keys, separated by commas, while you change them."
    )
    unsigned_events: Literal["count", "discount", "refuse"] | None = Field(
        None, description="What becomes of events without a signature: discount where there is a key, else count."
    )
    admin_token: SecretStr | None = Field(None, description="Opens the admin routes; they are closed when unset.")
    cors_origins: Annotated[str, AfterValidator(_origins)] = Field(
        "", description="Sites whose pages may send events and ask for lists: origins with commas, or * for all."
    )
    root_path: Annotated[str, AfterValidator(addresses.prefix)] = Field(
        "", description="Path under which a proxy publishes the API, such as /pauta."
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "127.0.0.1,::1", description="Addresses or networks of proxies whose X-Forwarded-* headers are believed."
    )
    airflow_url: str | None = Field(None, description="Base address of Airflow's API, for POST /train.")
    airflow_public_url: str | None = Field(
        None, description="Address at which people open Airflow, where it is another one than airflow_url."
    )
    airflow_username: str | None = Field(None, description="Airflow user that may trigger DAGs.")
    airflow_password: SecretStr | None = Field(None, description="Password of that user.")
    mlflow_uri: str | None = Field(
        None,
        pattern=r"^(|off|embedded|sqlite:///.+|https?://.+)$",
        description="Where trainings are recorded: the address of an MLflow, embedded (SQLite in data_dir) or off.",
    )
    mlflow_seconds: float = Field(120.0, gt=0, description="How long a run waits for MLflow at most, in seconds.")
    http_head_bytes: int = Field(65_536, ge=1024, description="Bytes of a request's head, its address included.")
    http_headers: int = Field(100, ge=10, description="Headers of a request.")
    http_body_bytes: int = Field(1_000_000, ge=1024, description="Bytes of a request's body.")
    http_head_seconds: float = Field(10.0, gt=0, description="How long a head may take to arrive, in seconds.")
    http_body_seconds: float = Field(30.0, gt=0, description="How long a body may take to arrive, in seconds.")
    http_idle_seconds: float = Field(30.0, gt=0, description="How long a connection may wait for its next request.")
    http_send_seconds: float = Field(30.0, gt=0, description="How long a client may leave its answer untaken.")
    http_connections: int = Field(1000, ge=1, description="Connections open at once, for each process.")
    http_connections_per_address: int = Field(200, ge=1, description="Of those, from one address.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Level of the API's log.")

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


def misspelt(environment: Iterable[str]) -> list[str]:
    """A sentence for each variable with our prefix that nothing reads.

    >>> misspelt(["PAUTA_SOURCE", "PAUTA_SORCE_PATH", "HOME"])
    ['PAUTA_SORCE_PATH is not a setting and is ignored. Did you mean PAUTA_SOURCE_PATH?']
    """
    settings = [PREFIX + name.upper() for name in Settings.model_fields] + list(variables(hosted(os.environ)))
    elsewhere = {PREFIX + name for name in READ_ELSEWHERE}
    families = tuple(PREFIX + family for family in FAMILIES)
    found = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in (*settings, *elsewhere) and not name.startswith(families):
            close = get_close_matches(name, settings, 1)
            hint = f" Did you mean {close[0]}?" if close else " docs/configuration.md lists the settings."
            found.append(f"{name} is not a setting and is ignored.{hint}")
    return found


def load_settings() -> Settings:
    """Read the environment. A variable that is set but empty counts as not set; one that nothing reads is logged.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    for sentence in misspelt(os.environ):
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
