"""Addresses in settings: origins of sites, the path prefix of the service, proxies, and SQLite files."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote

Network = IPv4Network | IPv6Network
EVERY_ORIGIN = "*"
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:\d{1,5})?")
SQLITE = "sqlite:///"
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def origins(text: str) -> tuple[str, ...]:
    """The origins in a list with commas, as browsers write them.

    Args:
        text: such as ``https://site.example``, several separated by commas; ``*`` for every origin, "" for none.

    Returns:
        each origin in lower case, without a slash at its end, in the order given.

    Raises:
        ValueError: one of them is no origin.

    >>> origins("https://Site.example, http://localhost:3000/")
    ('https://site.example', 'http://localhost:3000')
    """
    found = tuple(part.rstrip("/").lower() for part in _parts(text))
    for origin in found:
        if origin != EVERY_ORIGIN and not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"{origin!r} is not an origin: write https://site.example, several separated by commas, or *"
            )
    return found


def prefix(text: str) -> str:
    """A path prefix with a slash before it and none behind; "" for none.

    Args:
        text: with or without slashes around it; "" and "/" mean no prefix.

    Raises:
        ValueError: it holds characters that a path prefix may not have.

    >>> prefix("/pauta/"), prefix("news/pauta"), prefix("/")
    ('/pauta', '/news/pauta', '')
    """
    stripped = text.strip().strip("/")
    found = f"/{stripped}" if stripped else ""
    if not _PREFIX.fullmatch(found) or {".", ".."} & set(found.split("/")):
        raise ValueError("is not a path prefix: write it as /pauta, with letters, digits, '.', '_', '~' and '-'")
    return found


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a list with commas; ``*`` means all.

    Args:
        text: addresses and networks of IPv4 and IPv6, separated by commas; "" for none.

    Returns:
        the networks in the order given; an address is a network of one, and ``*`` gives one of each version.

    Raises:
        ValueError: one of them is neither an address nor a network.

    >>> [str(network) for network in networks("127.0.0.1, 10.0.0.0/8")]
    ['127.0.0.1/32', '10.0.0.0/8']
    """
    parts = [part for name in _parts(text) for part in (("0.0.0.0/0", "::/0") if name == "*" else (name,))]
    try:
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise ValueError(f"{error}: write addresses or networks as 10.0.0.0/8, several separated by commas") from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def sqlite_address(file: Path) -> str:
    """The SQLAlchemy address of a SQLite file, whatever characters its folders have.

    Args:
        file: the file; an absolute path gives an address that does not depend on the working directory.

    >>> sqlite_address(Path("/data/50%?/events.db"))
    'sqlite:////data/50%25%3F/events.db'
    """
    return SQLITE + re.sub("[%?#]", lambda match: f"%{ord(match[0]):02X}", str(file))


def sqlite_file(address: str) -> Path | None:
    """The file of a SQLite address, None for another one.

    Args:
        address: of SQLAlchemy; parameters after ``?`` are not part of the file.

    >>> sqlite_file("sqlite:////data/50%25%3F/events.db"), sqlite_file("https://mlflow.example")
    (PosixPath('/data/50%?/events.db'), None)
    """
    return Path(unquote(address.removeprefix(SQLITE).partition("?")[0])) if address.startswith(SQLITE) else None
