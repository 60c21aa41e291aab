"""Creates or updates the tables with Alembic's migrations."""

import logging
from pathlib import Path

from sqlalchemy import Connection

from script_shared.errors import UnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing.

    Raises:
        UnavailableError: the tables are of a later version.
    """
    from alembic.command import upgrade
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        upgrade(config, "head")
    except CommandError as error:
        message = "the recruiting tables are of another version of Pauta."
        raise UnavailableError(message, fix="Start the newest version again.", private=str(error)) from error
