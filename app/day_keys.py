"""Keys of the day, random and the same for every process of a site, by which addresses and answers get pseudonyms."""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address, ip_network

from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError

DAY_MS = 86_400_000
IPV4_BITS, IPV6_BITS = 24, 48  # of an address that are looked at: a street of homes, what one customer is given


class DayKeys:
    """The key of this day and the one before; while the log is unreachable, keys of this process alone.

    Nothing of an address is kept but 32 bits under a key that is deleted two days later, so nobody can tell later which
    network a pseudonym stood for, nor follow a network from day to day.

    Args:
        key_of: the log's key of a day, counted from 1970; may raise UnavailableError.
    """

    def __init__(self, key_of: Callable[[int], bytes]) -> None:
        self._key_of = key_of
        self._day = 0
        self._keys = (secrets.token_bytes(32), b"")
        self._shared = False

    async def refresh(self) -> None:
        """Follow the day; asks the log once a day."""
        day = wall_ms() // DAY_MS
        if self._shared and day == self._day:
            return
        with contextlib.suppress(UnavailableError):
            key = await asyncio.to_thread(self._key_of, day)
            before = self._keys[0] if key != self._keys[0] else self._keys[1]
            self._keys, self._day, self._shared = (key, before), day, True

    def network(self, host: str) -> str:
        """The pseudonym of the network an address is in, 8 hexadecimal digits; "" for no address."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return ""
        address = getattr(address, "ipv4_mapped", None) or address
        bits = IPV4_BITS if address.version == 4 else IPV6_BITS
        return self._mac(self._keys[0], "network", str(ip_network((address, bits), strict=False)))

    def answer_id(self, reader: str) -> str:
        """A new id of an answer, by which :meth:`gave` knows later that we gave it to this reader."""
        nonce = secrets.token_hex(8)
        return nonce + self._mac(self._keys[0], "answer", f"{nonce} {reader}")

    def gave(self, answer_id: str, reader: str) -> bool:
        """Whether an answer of this id was given to this reader, today or yesterday, by whatever process."""
        nonce, tag = answer_id[:16], answer_id[16:]
        macs = [self._mac(key, "answer", f"{nonce} {reader}") for key in self._keys if key]
        return any(hmac.compare_digest(mac.encode(), tag.encode()) for mac in macs)

    @staticmethod
    def _mac(key: bytes, what: str, text: str) -> str:
        return hmac.new(key, f"{what} {text}".encode(), sha256).hexdigest()[:8]
