"""Removes inner addresses from texts that strangers read: errors, and settings at GET /info.

Logs and admin routes keep the whole text. What we write names no address; quoted words of drivers and stores may.
"""

import re

HIDDEN = "…"
_ADDRESS = re.compile(
    r"""
      (?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{0,30}://) [^\s'"<>)\],;]+   # URLs: the scheme stays
    | (?<![\w.]) \d{1,3}(?:\.\d{1,3}){3} (?:/\d+)? (?::\d+)? (?![\w.]) # IPv4
    | \[?(?<![\w:]) (?:(?=[0-9A-Fa-f:]*::)[0-9A-Fa-f:]{2,39} | (?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}) # IPv6
      \]?(?::\d+)? (?![\w:])
    | (?<= \bserver\ at\ )" [^"]+ "                                    # 'connection to server at "name"'
    | (?<= \bhost\ name\ )" [^"]+ "                                    # 'could not translate host name "name"'
    | \bport\ \d+\b
    | (?<![\w.\-]) (?=[A-Za-z0-9.\-]*[A-Za-z]) [A-Za-z0-9](?:[A-Za-z0-9.\-]{0,60}[A-Za-z0-9])? # name:port
      :(?:80|443|\d{4,5}) \b
    """,
    re.VERBOSE,
)


def public(text: str) -> str:
    """The text without hosts, ports and what follows a URL's scheme.

    Args:
        text: of an error, which may hold the words of a driver.

    >>> public('connection to server at "postgres" (172.18.0.3), port 5432 failed: Connection refused')
    'connection to server at … (…), … failed: Connection refused'
    >>> public("s3://pauta-models/news cannot be read (http://minio:9000/)")
    's3://… cannot be read (http://…)'
    """
    return _ADDRESS.sub(lambda found: (found["scheme"] or "") + HIDDEN, text)
