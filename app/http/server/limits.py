"""Limits of connections: bytes, headers, seconds, and their number."""

import resource
from dataclasses import dataclass

from script_shared.settings import Settings

RESERVED = 128  # descriptors for files, the event log, worker sockets and anything else that is open


@dataclass(frozen=True)
class HttpLimits:
    """The bounds of one server process; ``Settings`` explains each.

    Attributes:
        head_bytes, headers, body_bytes: of one request.
        head_seconds, body_seconds, idle_seconds, send_seconds: how long the server waits for a head, a body, the next
            request, and for a client that does not read its answer.
        connections, connections_per_address: how many may be open at once.
    """

    head_bytes: int = 65_536
    headers: int = 100
    body_bytes: int = 1_000_000
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 30.0
    send_seconds: float = 30.0
    connections: int = 1000
    connections_per_address: int = 200

    @classmethod
    def of(cls, settings: Settings) -> "HttpLimits":
        """The limits of the settings, with no more connections than the process has descriptors for."""
        room = max(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - RESERVED)
        return cls(
            head_bytes=settings.http_head_bytes,
            headers=settings.http_headers,
            body_bytes=settings.http_body_bytes,
            head_seconds=settings.http_head_seconds,
            body_seconds=settings.http_body_seconds,
            idle_seconds=settings.http_idle_seconds,
            send_seconds=settings.http_send_seconds,
            connections=min(settings.http_connections, room),
            connections_per_address=settings.http_connections_per_address,
        )


def raise_descriptors(connections: int) -> str:
    """Raise this process's limit of open files to allow this many connections, as far as the system permits.

    Args:
        connections: how many may be open at once.

    Returns:
        a warning, "" if all are allowed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + RESERVED
    if soft >= wanted:
        return ""
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most >= wanted:
        return ""
    return (
        f"Only {most:,} files may be open at once, so at most {max(1, most - RESERVED):,} of the {connections:,} "
        f"connections of PAUTA_HTTP_CONNECTIONS are accepted. Raise the limit ('ulimit -n {wanted}')."
    )
