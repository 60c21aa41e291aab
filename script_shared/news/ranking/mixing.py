"""How the live order is mixed with the list of the segment's model, by release and segment.

With few clicks an hour the live counts say little, so the live order is mixed with the segment's list. How many clicks
are enough depends on the site: a ranker that has the segment's list among its features may need no mixing. The
pipeline tries some numbers of clicks on requests that the ranker did not learn from, and the release keeps the best.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from script_shared.news.counting import windows
from script_shared.news.params import ServingParams
from script_shared.news.state.state import LiveState

log = logging.getLogger("pauta.mixing")
FILE = "mixing.json"


@dataclass(frozen=True)
class Mixing:
    """The number of clicks from which the live order is used alone.

    Attributes:
        otherwise: decayed clicks of an hour, for segments that have no number of their own.
        by_segment: the same by segment; 0 for a live order that is always used alone.

    >>> Mixing(100.0, {"logged": 0.0}).trust("logged", 5.0), Mixing(100.0).trust("logged", 5.0)
    (1.0, 0.05)
    """

    otherwise: float
    by_segment: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def default(cls, params: ServingParams) -> "Mixing":
        """Without a release's own choice: the first of ``serving.trusted_clicks`` for everybody.

        Args:
            params: of serving.
        """
        return cls(params.trusted_clicks[0])

    def trust(self, segment: str, clicks: float) -> float:
        """The weight of the live order, 0..1, for a number of decayed clicks of an hour.

        Args:
            segment: name of the segment.
            clicks: as ``clicks_of_an_hour`` gives them.

        Returns:
            0 to 1.
        """
        return reliance(clicks, self.by_segment.get(segment, self.otherwise))

    def save(self, folder: Path) -> None:
        """Write the choice beside the live state.

        Args:
            folder: an existing folder, ``live`` of the release.
        """
        text = json.dumps({"otherwise": self.otherwise, "trusted_clicks": dict(self.by_segment)})
        (folder / FILE).write_text(text, encoding="utf-8")


def reliance(clicks: float, enough: float) -> float:
    """Weight of the live order, 0..1: 1 from ``enough`` clicks on, 0 before the first click.

    Args:
        clicks: decayed clicks of the last hour, 0 or more.
        enough: clicks per hour from which only live data count; ``serving.trusted_clicks``.

    Returns:
        0 to 1, proportional to ``clicks`` in between.
    """
    if clicks <= 0.0:
        return 0.0
    return 1.0 if clicks >= enough else clicks / enough


def clicks_of_an_hour(state: LiveState, now_ms: int) -> float:
    """All clicks, decayed with a half-life of one hour.

    Args:
        state: the live state.
        now_ms: epoch milliseconds, UTC, by the release's clock.

    Returns:
        clicks; a click one hour old counts a half.
    """
    hour = windows.INDEX["1h"]
    total = float(state.counts.overall.totals[state.counts.overall.windows.index(hour), 0])
    decay = state.counts.decay
    return total * decay.factor(hour, max(now_ms, decay.latest_ms))


def load_mixing(folder: Path, params: ServingParams) -> tuple[Mixing, tuple[str, ...]]:
    """The choice of a release, and the missing parts; an earlier release without one has the default.

    Args:
        folder: of the release; the choice is in ``live/mixing.json``.
        params: whose ``trusted_clicks`` is the default.

    Returns:
        the choice, and ``("mixing",)`` if a file cannot be read; then the default is used and the reason is logged.
    """
    path = folder / "live" / FILE
    if not path.exists():
        return Mixing.default(params), ()
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        by_segment = {str(name): max(0.0, float(value)) for name, value in saved["trusted_clicks"].items()}
        return Mixing(float(saved["otherwise"]), by_segment), ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("%s is left out: %s", path, error)
        return Mixing.default(params), ("mixing",)
