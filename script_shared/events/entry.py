"""One entry of the event log."""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b
from struct import Struct
from typing import Any

TRACE = "traceparent"  # in the body of an entry that a traced request sent; no export holds it
_NEVER_STORED = re.compile("[\x00-\x1f\ud800-\udfff]")
SIZE, PERSON = 16, b"pauta-erased"  # bytes of a digest, and what keeps it apart from other digests of the same text


class Kind(IntEnum):
    """What an entry says. The numbers are stored; never change one."""

    CLICK = 1
    IMPRESSION = 2
    ARTICLE = 3
    ERASE = 4
    SERVED = 5
    QUARANTINE = 6
    LOGIN = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One event.

    Attributes:
        entry_id: makes the entry idempotent: the log takes an id once.
        kind: what it says.
        time_ms: when it happened, epoch milliseconds, UTC.
        user_id: pseudonymous user, "" for none; an ERASE entry carries ``user_digest`` of the user instead.
        article_id: the article, "" for none.
        body: further fields by kind, such as session, region, position, or an article's metadata. JSON-able.
        seq: place in the log, 1 or more; 0 before it is written.
    """

    entry_id: str
    kind: Kind
    time_ms: int
    user_id: str = ""
    article_id: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    seq: int = 0


def user_digest(user_id: str) -> str:
    """A one-way name of a user, by which an erased one is recognised without being kept: 32 hex characters.

    Args:
        user_id: the id as events have it, or a name of a visit (:func:`script_shared.events.person.session_name`).
    """
    return blake2b(user_id.encode(), digest_size=SIZE, person=PERSON).hexdigest()


_begun = blake2b(digest_size=SIZE, person=PERSON)  # copying it takes a third of the time
_first_half = Struct(">Q8x").unpack


def user_key(user_id: str) -> int:
    """The first 64 bits of :func:`user_digest` as a number.

    Args:
        user_id: the id as events have it.

    Returns:
        0 to 2^64 - 1, the same in every process and on every machine.
    """
    digest = _begun.copy()
    digest.update(user_id.encode())
    key: int = _first_half(digest.digest())[0]
    return key


def storable(text: str) -> bool:
    """Whether every database can keep the text: no control characters, no halves of characters.

    Args:
        text: of an event or article, before it is written.

    >>> storable("eleição"), storable("\\x00"), storable("\\ud800")
    (True, False, False)
    """
    return _NEVER_STORED.search(text) is None
