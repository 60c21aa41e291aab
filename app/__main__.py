"""Starts the service: ``python -m app --port 8001 --workers 2``.

Each flag is also an environment variable: ``PAUTA_HOST``, ``PAUTA_PORT``, ``PAUTA_WORKERS``.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Sequence

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.http.server.limits import raise_descriptors
from app.log_lines import uvicorn_lines
from script_shared import parent
from script_shared.environments import check_environment
from script_shared.environments.production import SERVING
from script_shared.errors import SettingsError
from script_shared.settings import Settings, load_settings
from script_shared.storage import open_storage
from script_shared.tracing.tracing import check_tracing

WORKER = "app.worker:worker_app"
LONGEST_FOLDER = 60  # the workers' sockets are in it, and their names may not be long


class ServerSettings(BaseSettings):
    """Where the service listens. Each is an environment variable with the prefix ``PAUTA_``."""

    model_config = SettingsConfigDict(env_prefix="PAUTA_", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="address on which `python -m app` listens; 0.0.0.0 for all")
    port: int = Field(8001, ge=0, le=65535, description="port of the API; 0 takes a free one")
    workers: int = Field(1, ge=1, le=64, description="processes that answer; each loads the release")


def read_flags(arguments: Sequence[str]) -> ServerSettings:
    """Settings of the server from the environment, flags first.

    Raises:
        SettingsError: a value cannot be used; the message names it.
    """
    parser = argparse.ArgumentParser(prog="python -m app", description="Serve recommendations over HTTP.")
    for name, field in ServerSettings.model_fields.items():
        parser.add_argument(f"--{name}", help=f"{field.description} (default: {field.default})")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    try:
        return ServerSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{first['loc'][0]}: {first['msg']}.", fix="Correct the flag or variable.") from None


def serve(server: ServerSettings, settings: Settings, factory: str = WORKER) -> None:
    """Run until a signal ends it. Requests under way are finished first.

    Args:
        server: where it listens.
        settings: its log level and environment are those of uvicorn's own lines.
        factory: makes the application in each process, as ``module:function``.

    Raises:
        SettingsError: a use case that the settings choose cannot be imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a list is small work; threads would only wait for each other
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # with huge pages, half-empty tables take 2 MB a page
    from app.releases import early_reading
    from script_shared.releases import open_releases
    from script_shared.use_cases import entries

    early_reading.start(open_releases(settings, name) for name in entries(settings.use_cases))
    import uvicorn

    from app.worker import fork_workers, preload

    os.environ.pop(parent.VARIABLE, None)  # a single process outlives the shell it was started from
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # another way to count with several workers than ours
    place = None if len(tempfile.gettempdir()) < LONGEST_FOLDER else "/tmp"
    with tempfile.TemporaryDirectory(prefix="pauta-", dir=place) as folder:
        if server.workers > 1:
            os.environ["_PAUTA_METRICS_FOLDER"] = folder
            os.environ.update(parent.child_environment())
            fork_workers()
            preload(settings)
        uvicorn.run(
            factory,
            factory=True,
            host=server.host,
            port=server.port,
            workers=server.workers,
            loop="uvloop",
            http="app.http.server.guarded_http:GuardedProtocol",
            access_log=False,  # its lines would hold the ids of users
            log_level=settings.log_level,
            log_config=uvicorn_lines(settings),
            server_header=False,
            proxy_headers=False,  # app.http.forwarded reads them, by PAUTA_TRUSTED_PROXIES
            timeout_graceful_shutdown=10,
        )


def main(factory: str = WORKER) -> None:
    """Read settings and flags, and serve; a setting that cannot be used ends the program with its message.

    Args:
        factory: makes the application in each process, as ``module:function``.
    """
    gc.disable()  # until all is imported: collections would take a sixth of the import time
    try:
        server, settings = read_flags(sys.argv[1:]), load_settings()
        check_environment(settings, SERVING)
        check_tracing()
        open_storage(settings.models_uri)  # sends no request yet; an unknown kind of URI is reported here, once
        if warning := raise_descriptors(settings.http_connections):
            print(f"pauta: {warning}", file=sys.stderr)
        serve(server, settings, factory)
    except SettingsError as error:
        sys.exit(f"pauta: {error}")


if __name__ == "__main__":
    main()
