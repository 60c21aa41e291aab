"""The format of the service's log lines. Each names its environment, so that logs of several can be kept together."""

import logging
from copy import deepcopy
from typing import Any

from script_shared.settings import Settings


def line_format(environment: str) -> str:
    """Format of a line for ``logging``: time, level, environment, logger, message.

    >>> line_format("prod")
    '%(asctime)s %(levelname)s prod %(name)s %(message)s'
    """
    return f"%(asctime)s %(levelname)s {environment} %(name)s %(message)s"


def set_up_logging(settings: Settings) -> None:
    """Write this process's log to stderr as the settings say; text logging that is already set up stays as it is.

    Args:
        settings: level, format and environment of the lines.
    """
    logging.basicConfig(level=settings.log_level.upper(), format=line_format(settings.env))
    if settings.log_format == "json":
        from app.tracing.json_lines import JsonLines

        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines(settings.env))
    logging.getLogger("httpx").setLevel(logging.WARNING)


def uvicorn_lines(settings: Settings) -> dict[str, Any]:
    """Uvicorn's own configuration of ``logging`` with our format of a line.

    Args:
        settings: format and environment of the lines.
    """
    from uvicorn.config import LOGGING_CONFIG

    config = deepcopy(LOGGING_CONFIG)
    form: dict[str, Any] = {"format": line_format(settings.env)}
    if settings.log_format == "json":
        form = {"()": "app.tracing.json_lines.JsonLines", "environment": settings.env}
    config["formatters"] = {name: dict(form) for name in config["formatters"]}
    return config
