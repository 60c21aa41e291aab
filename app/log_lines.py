"""How the lines of the service's log look: each names its environment, for those who keep several together."""

from copy import deepcopy
from typing import Any


def line_format(environment: str) -> str:
    """Format of a line for ``logging``: time, level, environment, logger, message.

    >>> line_format("prod")
    '%(asctime)s %(levelname)s prod %(name)s %(message)s'
    """
    return f"%(asctime)s %(levelname)s {environment} %(name)s %(message)s"


def uvicorn_lines(environment: str) -> dict[str, Any]:
    """Uvicorn's own configuration of ``logging`` with our format of a line."""
    from uvicorn.config import LOGGING_CONFIG

    config = deepcopy(LOGGING_CONFIG)
    config["formatters"] = {name: {"format": line_format(environment)} for name in config["formatters"]}
    return config
