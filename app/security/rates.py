"""Rate limits: a token bucket for each token and each address, which refills with time."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address

MOST_BUCKETS = 20_000  # the least recently used ones are dropped, and start full again
BURST_SECONDS = 2.0  # seconds whose requests may come at once


class Rates:
    """Buckets of one kind in one process.

    Args:
        per_second: requests a second; 0 for no limit.
        burst: how many may come at once; the requests of two seconds, and at least one, when left out.
    """

    def __init__(self, per_second: float, burst: float | None = None) -> None:
        self._rate = per_second
        self._burst = max(1.0, per_second * BURST_SECONDS if burst is None else burst)
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    @property
    def is_on(self) -> bool:
        """Whether there is a limit."""
        return self._rate > 0

    def wait(self, key: Hashable) -> float:
        """Seconds until a request is within the limit, 0 if one is now; counts nothing."""
        left, at = self._buckets.get(key, (self._burst, 0.0))
        left = min(self._burst, left + (time.monotonic() - at) * self._rate)
        return 0.0 if left >= 1 or not self.is_on else (1 - left) / self._rate

    def take(self, key: Hashable) -> float:
        """Count a request; returns 0 if it is within the limit, else the seconds until the next one is."""
        if not self.is_on:
            return 0.0
        now = time.monotonic()
        left, at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._buckets[key] = (left if wait else left - 1, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return wait


def network_of(address: str) -> str:
    """What counts as one address: all of an IPv4 address, the /64 network of an IPv6 address.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:203.0.113.7")
    ('203.0.113.7', '2001:db8:1:2::', '203.0.113.7')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))
