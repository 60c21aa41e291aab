"""The input of a request for recommendations."""

from typing import NamedTuple


class RankRequest(NamedTuple):
    """A request for a ranked list.

    Attributes:
        now_ms: the moment of the request, epoch milliseconds, UTC.
        user: pseudonymous user, "" for none; ``session``: the visit, "" for none.
        region, device, os: as in events, "" when unknown.
        section: only articles of this section, "" for all.
        context_item: the article being read, "" for none.
        history: further article ids the user read, oldest first.
        n: how many items are wanted.
    """

    now_ms: int
    user: str = ""
    session: str = ""
    region: str = ""
    device: str = ""
    os: str = ""
    section: str = ""
    context_item: str = ""
    history: tuple[str, ...] = ()
    n: int = 20
