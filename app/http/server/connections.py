"""The open connections of one process: their limit, and which of them have timed out."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from app.http.forwarded import within
from app.http.server.limits import HttpLimits
from script_shared.addresses import Network

LOOK_SECONDS = 1.0  # between two checks of all connections; limits in seconds may be exceeded by this


class Connection(Protocol):
    """The state of one connection.

    Attributes:
        address: of the client, "" for one without, such as a local socket.
        requests: how many of its requests were answered.
        waiting_since: when the server began to wait for the client to send or receive, on the loop's clock; None while
            a request is being answered.
    """

    address: str
    requests: int
    waiting_since: float | None

    def look(self, now: float) -> None:
        """Close it if a limit in seconds has passed."""

    def make_room(self) -> None:
        """Close it, because a new connection needs its place."""


class Connections:
    """Admits connections, and checks each once a second.

    Args:
        count_refused: called with the reason of each refusal.
        proxies: networks of proxies, whose connections belong to many clients; only the limit in total applies to them.
    """

    def __init__(
        self,
        limits: HttpLimits,
        count_refused: Callable[[str], None] = lambda reason: None,
        proxies: Sequence[Network] = (),
    ) -> None:
        self.limits, self.count_refused, self._proxies = limits, count_refused, tuple(proxies)
        self._open: set[Connection] = set()
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> bool:
        """Accept a new connection; False if there are too many and the server waits for none of their clients.

        If the address or the whole process is at its limit, one connection is closed: of those that never got an
        answer, the one that has kept the server waiting longest; if there are none, the one that is idle longest.
        """
        limits, address = self.limits, connection.address
        full = len(self._open) >= limits.connections
        crowded = self._by_address[address] >= limits.connections_per_address and self._is_bounded(address)
        if (full or crowded) and not self._make_room(address if crowded else None):
            return False
        self._open.add(connection)
        self._by_address[address] += 1
        return True

    def leave(self, connection: Connection) -> None:
        """Remove a connection that is closed, or about to be."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        self._by_address[connection.address] -= 1
        if not self._by_address[connection.address]:
            del self._by_address[connection.address]

    async def watch(self) -> None:
        """Check all connections once a second until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look(loop.time())

    def look(self, now: float) -> None:
        """Check the limits in seconds of every connection."""
        for connection in tuple(self._open):
            connection.look(now)

    def _is_bounded(self, address: str) -> bool:
        return bool(address) and not within(address, self._proxies)

    def _make_room(self, address: str | None) -> bool:
        waiting = [
            (bool(connection.requests), connection.waiting_since, number, connection)
            for number, connection in enumerate(self._open)
            if connection.waiting_since is not None and address in (None, connection.address)
        ]
        if not waiting:
            return False
        oldest = min(waiting)[-1]
        self.leave(oldest)
        oldest.make_room()
        return True
