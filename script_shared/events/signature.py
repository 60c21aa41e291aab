"""The signature of a site's own server over the events it sends: HMAC-SHA256 of the time and the body."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

HEADER = "X-Pauta-Signature"
WINDOW_SECONDS = 300  # a signature is good for so long before and after its time


def sign(key: str, body: bytes, time_s: int) -> str:
    """The header's value for a body sent at a time.

    Args:
        key: one of PAUTA_EVENTS_KEY.
        body: exactly as it is sent, before any compression.
        time_s: now, seconds since 1970.

    >>> sign("a key of 16 chars", b"{}", 1_700_000_000)[:33]
    't=1700000000,v1=55fe6deff77ec00a7'
    """
    return f"t={time_s},v1={_mac(key, body, time_s)}"


def check(header: str, body: bytes, keys: Sequence[str], now_s: float) -> None:
    """Check a signature against every key, so that a new key can be used before the old one is taken out.

    Args:
        header: value of the signature header, ``t=<epoch seconds>,v1=<hex>``; up to four ``v1``.
        body: the bytes of the request.
        keys: secrets of the site, the newest and older ones that are still accepted.
        now_s: epoch seconds; the header's time may differ by five minutes.

    Raises:
        ValueError: it is not good; the message says why.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t" and value.isascii() and value.isdigit()]
    given = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not 1 <= len(given) <= 4 or len(times[0]) > 12:
        raise ValueError("is not of the form t=<seconds>,v1=<hex>")
    if abs(now_s - int(times[0])) > WINDOW_SECONDS:
        raise ValueError(f"has a time more than {WINDOW_SECONDS} seconds from now")
    macs = [_mac(key, body, int(times[0])) for key in keys]
    if not any(hmac.compare_digest(mac.encode(), each.encode()) for mac in macs for each in given):
        raise ValueError("does not match the body with any of the keys")


def _mac(key: str, body: bytes, time_s: int) -> str:
    return hmac.new(key.encode(), b"%d." % time_s + body, sha256).hexdigest()
