"""Records settings and params that changed since a process of the service last started."""

import asyncio
import logging

from app.dependencies import Service
from script_shared.decisions.configuration import configuration_of, params_in_files
from script_shared.errors import PautaError

SCOPE = "service"
PAUSE_SECONDS = 30.0  # while the database is unreachable
log = logging.getLogger("pauta.audit")


async def note_configuration(service: Service) -> None:
    """Compare once, in a thread; tried again until the database answers. One of several processes writes the entry."""
    while True:
        comparison = asyncio.ensure_future(asyncio.to_thread(_compare, service))
        try:
            if await asyncio.shield(comparison):
                return
        except asyncio.CancelledError:
            await comparison  # the log is closed afterwards
            raise
        await asyncio.sleep(PAUSE_SECONDS)


def _compare(service: Service) -> bool:
    """Whether the configuration was compared."""
    settings = service.settings
    try:
        found = configuration_of(settings, params_in_files(settings, service.use_cases))
        service.audit.follow(SCOPE, "service", found)
    except PautaError as error:
        log.warning("settings are compared with the last ones later: %s", error.log_text)
        return False
    return True
