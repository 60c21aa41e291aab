"""Settings about backups and their trial restores."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from script_shared.cron import cron
from script_shared.people.access_settings import AccessSettings


class BackupSettings(AccessSettings):
    """The part of ``Settings`` about backups."""

    backup_dir: Path | None = Field(
        None, description="folder of the backups that the DAG `backup` makes, on another disk than the data"
    )
    backup_schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None,
        description="when the DAG `backup` starts by itself: a cron expression in UTC such as `15 2 * * *`, or "
        "`@daily`; unset, it starts by hand",
    )
    backup_keep: int = Field(
        7, ge=1, description="backups to keep; the newest one that was restored without a problem is never removed"
    )
    backup_max_age_hours: float = Field(
        48.0,
        gt=0,
        description="age in hours of the newest backup that was restored without a problem, above which the alert "
        "`BackupNotRestorable` fires",
    )
    backup_trial_uri: SecretStr | None = Field(
        None,
        description="address of the PostgreSQL server on which backups are restored for a trial: "
        "`postgresql+psycopg2://…/postgres` of a role that may create databases; unset, the server of the log",
    )
