"""One event in the form that the live state folds."""

from dataclasses import dataclass

from script_shared.events import Entry, Kind
from script_shared.live_signs import LATE


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor, in an event and in a request.

    Attributes:
        user: pseudonymous user; where it is empty the session identifies the user.
        session: id of the visit, "" when the site sends none (pauses then separate visits).
        region, device, os: "" when unknown.
    """

    user: str = ""
    session: str = ""
    region: str = ""
    device: str = ""
    os: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent(Visitor):
    """A click or an impression, in the log's order.

    Attributes:
        kind: ``Kind.CLICK`` or ``Kind.IMPRESSION``.
        article: the article's id.
        time_ms: when it happened, epoch milliseconds, UTC.
        referrer: how the visit came, "" when unknown.
        section: the article's section, "" when unknown.
        position: place in the list it was shown in, from 0; -1 when unknown.
        n: length of that list, 0 when unknown.
        late: it was known to be late when it came, so its time says nothing about the clock.
        proof: what the API found out about who sent it: ``signed``, ``answer``, ``unsigned`` or "", see ``trust``.
        network: pseudonym of the network it came from, "" when unknown.
    """

    kind: Kind
    article: str
    time_ms: int
    referrer: str = ""
    section: str = ""
    position: int = -1
    n: int = 0
    late: bool = False
    proof: str = ""
    network: str = ""


_TEXTS = ("session", "region", "device", "os", "referrer", "section", "proof", "network")
_LIVE = (Kind.CLICK, Kind.IMPRESSION)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def live_event(entry: Entry) -> LiveEvent | None:
    """The log's entry as a live event; None for entries that are neither clicks nor impressions.

    Args:
        entry: of the log, of any kind.
    """
    if entry.kind not in _LIVE:
        return None
    get = entry.body.get
    session, region, device, os, referrer, section, proof, network = [
        value if type(value := get(name, "")) is str else _text(value) for name in _TEXTS
    ]
    return LiveEvent(
        entry.user_id,
        session,
        region,
        device,
        os,
        kind=entry.kind,
        article=entry.article_id,
        time_ms=entry.time_ms,
        referrer=referrer,
        section=section,
        position=-1 if (position := get("position")) is None else int(position),
        n=0 if (n := get("n")) is None else int(n),
        late=bool(get(LATE)),
        proof=proof,
        network=network,
    )
