"""Keys of the day, random and the same for every process of a site, with which addresses and answers get pseudonyms."""

import asyncio
import contextlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network

from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError

DAY_MS = 86_400_000
NONCE, SEALED, TAG = 16, 24, 3  # characters of an answer's id: a random part, with its seal, of each page
LOOK_SECONDS = 1.0  # between two checks of the day
PAUSE_SECONDS = 30.0  # after a look-up that failed: each one holds a thread until the connection times out
IPV4_BITS, IPV6_BITS = 24, 48  # of an address that are used: a street of homes, and what one customer gets


class DayKeys:
    """The key of this day and the one before; while the log is unreachable, keys of this process alone.

    Of an address, only 32 bits of a keyed hash are kept, and the key is deleted two days later. After that,
    nobody can find out the network of a pseudonym. Nobody can follow a network from day to day.

    Args:
        keys_of: the log's keys of a day, counted from 1970, and of the day before it, b"" for none; may raise
            UnavailableError.
    """

    def __init__(self, keys_of: Callable[[int], tuple[bytes, bytes]]) -> None:
        self._keys_of = keys_of
        self._day = 0
        self._keys: tuple[bytes, ...] = (secrets.token_bytes(32),)  # the first one is in use, the others are older
        self._shared = False

    async def watch(self) -> None:
        """Follow the day until cancelled, with one look-up at a time. No request waits for it."""
        while True:
            await self.refresh()
            await asyncio.sleep(LOOK_SECONDS if self._is_current() else PAUSE_SECONDS)

    async def refresh(self) -> None:
        """Follow the day; reads the log once a day."""
        if self._is_current():
            return
        day = wall_ms() // DAY_MS
        with contextlib.suppress(UnavailableError):
            today, yesterday = await asyncio.to_thread(self._keys_of, day)
            used = (yesterday, self._keys[0])  # the second key is of this process alone, if it began without the log
            self._keys = (today, *(key for key in dict.fromkeys(used) if key not in (b"", today)))
            self._day, self._shared = day, True
            _pseudonym.cache_clear()  # no key of an earlier day, and no address that it hid, stays in memory
            _begun.cache_clear()

    def _is_current(self) -> bool:
        return self._shared and self._day == wall_ms() // DAY_MS

    def network(self, host: str) -> str:
        """The pseudonym of the network an address is in, 8 hexadecimal digits; "" for no address."""
        return _pseudonym(self._keys[0], host)

    def answer_id(self, reader: str, pages: Sequence[str], seed: bytes = b"") -> str:
        """A new id of an answer, from which :meth:`gave` can find out later which articles the user got.

        It has 24 characters and three for each page.

        Args:
            reader: who gets the answer.
            pages: ids of its articles.
            seed: the eight random bytes that drew its places, so that the id can repeat the draw; b"" for new
                ones.
        """
        key, nonce = self._keys[0], seed.hex() or secrets.token_hex(NONCE // 2)
        tags = _page_tags(key, nonce, pages)
        return nonce + self._seal(key, nonce, tags, reader) + tags

    def gave(self, answer_id: str, reader: str, page: str) -> bool:
        """Whether any process gave this user an answer with this id and with this page in it.

        Holds for answers of today and yesterday. A page that was not in the list passes with a chance of 1 in 262,144
        for each one that was; without the key, nobody can find out which pages pass.
        """
        nonce, mac, tags = answer_id[:NONCE], answer_id[NONCE:SEALED], answer_id[SEALED:]
        return any(
            hmac.compare_digest(self._seal(key, nonce, tags, reader).encode(), mac.encode())
            and _page_tags(key, nonce, [page]) in {tags[at : at + TAG] for at in range(0, len(tags), TAG)}
            for key in self._keys
        )

    def _seal(self, key: bytes, nonce: str, tags: str, reader: str) -> str:
        return self._mac(key, "answer", f"{nonce} {len(tags)} {tags} {reader}")  # fixes the end of the tags

    @staticmethod
    def _mac(key: bytes, what: str, text: str) -> str:
        mac = _begun(key).copy()
        mac.update(f"{what} {text}".encode())
        return mac.hexdigest()[:8]


@lru_cache(8)
def _begun(key: bytes) -> hmac.HMAC:
    """A code without any input; copying it takes half the time of creating one."""
    return hmac.new(key, digestmod="sha256")


@lru_cache(64)
def _pseudonym(key: bytes, host: str) -> str:
    """The pseudonym of a network, cached because the events of one request share it."""
    network = _network_of(host)
    return DayKeys._mac(key, "network", network) if network else ""


def _network_of(host: str) -> str:
    """The network of an address, "" for no address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    bits = IPV4_BITS if address.version == 4 else IPV6_BITS
    return str(ip_network((address, bits), strict=False))


def _page_tags(key: bytes, nonce: str, pages: Sequence[str]) -> str:
    """18 bits of each page, one after the other, with which an answer's id recognises the page."""
    begun, digests = blake2b(digest_size=3, key=key, salt=nonce.encode()[:NONCE]), []
    for page in pages:
        each = begun.copy()
        each.update(page.encode("utf-8", "replace"))
        digests.append(each.digest())
    text = urlsafe_b64encode(b"".join(digests)).decode()  # four letters for each page
    return "".join([text[at : at + TAG] for at in range(0, len(text), TAG + 1)])
