"""What a proxy in front says about a request: client, scheme, host and path prefix.

``X-Forwarded-For``, ``-Proto``, ``-Host`` and ``-Prefix`` are believed of trusted proxies alone; anybody can send them.
"""

import re
from collections.abc import Awaitable, Sequence
from functools import lru_cache
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from script_shared.addresses import Network, prefix

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?")
_LONGEST_PREFIX = 200


class ForwardedHeaders:
    """Makes a request look as the client sent it, path prefix included.

    A proxy may send the path with or without the prefix; both are understood. So the prefix must not be the name of a
    route, such as ``/events``.

    Args:
        root: path prefix where the proxy names none.
        trusted: networks of the proxies.
    """

    def __init__(self, app: ASGIApp, root: str, trusted: Sequence[Network]) -> None:
        self.app, self._root = app, root
        self._trusted = tuple(trusted)
        self._is_trusted = lru_cache(4096)(lambda address: within(address, self._trusted))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            root = self._root
            if any(name.startswith(b"x-forwarded-") for name, _ in scope["headers"]) and self._is_trusted(_peer(scope)):
                root = self._believe(scope) or root
            if root and _under(scope, root):
                return RedirectResponse(f"{root}/", 308)(scope, receive, send)
        return self.app(scope, receive, send)  # without a coroutine of its own, which each message would pass

    def _believe(self, scope: Scope) -> str:
        """Apply the proxy's headers; returns the path prefix, "" for none."""
        headers = Request(scope).headers
        if (scheme := _last(headers.get("x-forwarded-proto", ""))) in ("http", "https"):
            scope["scheme"] = scheme
        if _HOST.fullmatch(host := _last(headers.get("x-forwarded-host", ""))):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", host.encode()), *others]
        if client := self._client(",".join(headers.getlist("x-forwarded-for"))):
            scope["client"] = (client, 0)
        return _prefix(headers.get("x-forwarded-prefix", ""))

    def _client(self, chain: str) -> str:
        """The nearest address in front of the trusted proxies, "" when there is none."""
        addresses = [address for part in chain.split(",")[-20:] if (address := _address(part))]
        others = [address for address in addresses if not self._is_trusted(address)]
        return others[-1] if others else next(iter(addresses), "")


def within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; False for a text that is no address.

    Args:
        address: IPv4 or IPv6; an IPv4 address inside IPv6 counts as IPv4.
        networks: those of the proxies that are trusted.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _last(value: str) -> str:
    return value.rpartition(",")[2].strip()


def _address(part: str) -> str:
    """An address without its port; "" if it is not an address."""
    text = part.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _prefix(value: str) -> str:
    if len(value) > _LONGEST_PREFIX:
        return ""
    try:
        return prefix(_last(value))
    except ValueError:
        return ""


def _under(scope: Scope, root: str) -> bool:
    """Write the prefix into the scope; True when the path is the prefix alone and has to end with a slash."""
    path: str = scope["path"]
    scope["root_path"] = root
    if not path.startswith(f"{root}/") and path != root:
        scope["path"] = root + path
        scope["raw_path"] = root.encode() + (scope.get("raw_path") or path.encode())
    return path == root and scope["method"] in ("GET", "HEAD")
