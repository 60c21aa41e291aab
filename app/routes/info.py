"""GET /info: version, release, clock and settings of the service."""

import os
import platform
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from app import __version__
from app.dependencies import TheService
from app.http.json_answer import json_response
from app.http.public_text import public
from app.routes.health import clock_facts, troubles
from app.routes.shapes import Info
from app.security.requirement import is_allowed
from script_shared.clock import wall_ms
from script_shared.settings import Settings
from script_shared.times import iso

router = APIRouter(tags=["operations"])
PACKAGES = ("fastapi", "numpy", "scipy", "uvicorn")


@router.get("/info", summary="Version, release and settings", response_model=Info)
async def get_info(request: Request, service: TheService) -> Response:
    """Version, uptime, release in service, the time on its clock, settings without their secrets.

    Addresses in the settings are shown to admins only.
    """
    live = service.live_of(None)
    served = live.served
    settings = settings_json(service.settings)
    return json_response(
        {
            "name": "pauta",
            "version": __version__,
            "environment": service.settings.env,
            "python": platform.python_version(),
            "packages": _packages(),
            "process": os.getpid(),
            "started_at": iso(service.started_ms),
            "uptime_seconds": round((wall_ms() - service.started_ms) / 1000, 3),
            "wall_time": iso(wall_ms()),
            "clock": served and clock_facts(served),
            "release": served and served.release,
            **troubles(live),
            "use_cases": list(service.use_cases),
            "settings": settings if await is_allowed(request, "admin") else without_addresses(settings),
        }
    )


@cache
def _packages() -> dict[str, str]:
    """Versions of the main packages; read once."""
    return {name: version(name) for name in PACKAGES}


def settings_json(settings: Settings) -> dict[str, Any]:
    """Settings for admins: of a secret only whether it is set."""
    return {name: _mask_value(value) for name, value in settings}


def without_addresses(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings for the public: of an address only its scheme."""
    return {name: public(value) if isinstance(value, str) else value for name, value in settings.items()}


def _mask_value(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, str) and "@" in value:
        scheme, slashes, rest = value.rpartition("://")
        return f"{scheme}{slashes}{rest.rpartition('@')[2]}"  # an address without the user and password in it
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
