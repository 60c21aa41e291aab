"""The metrics that a use case exports beside those of the host."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

Across = Callable[[list[float]], float]


@dataclass(frozen=True)
class OwnMetrics:
    """The metrics of one use case.

    Attributes:
        registry: that of the whole service, so each name may be used once. It is scraped with the host's metrics.
        across: how a gauge of several worker processes becomes one value, by the gauge's name; the greatest of them
            where it is not named.
        leaving: called with a release some minutes after it left service, to remove the series with its label
            ``release``.
    """

    registry: CollectorRegistry
    across: dict[str, Across]
    leaving: list[Callable[[str], None]] = field(default_factory=list)
