"""How the lines of the service's log look: each names its environment, for those who keep several together."""

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
    """Have this process write its lines to stderr, as the settings say; a process that did so before keeps its form.

    Args:
        settings: level, form and environment of the lines.
    """
    logging.basicConfig(level=settings.log_level.upper(), format=line_format(settings.env))
    if settings.log_format == "json":
        from app.tracing.json_lines import JsonLines

        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines(settings.env))
    logging.getLogger("httpx").setLevel(logging.WARNING)


def uvicorn_lines(settings: Settings) -> dict[str, Any]:
    """Uvicorn's own configuration of ``logging`` with our form of a line.

    Args:
        settings: form and environment of the lines.
    """
    from uvicorn.config import LOGGING_CONFIG

    config = deepcopy(LOGGING_CONFIG)
    form: dict[str, Any] = {"format": line_format(settings.env)}
    if settings.log_format == "json":
        form = {"()": "app.tracing.json_lines.JsonLines", "environment": settings.env}
    config["formatters"] = {name: dict(form) for name in config["formatters"]}
    return config
