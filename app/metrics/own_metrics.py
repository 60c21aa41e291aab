"""Where a use case exports metrics of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

Across = Callable[[list[float]], float]


@dataclass(frozen=True)
class OwnMetrics:
    """The metrics of one use case.

    Attributes:
        registry: of the whole service: each name may be taken once. It is scraped with the metrics of the host.
        across: how a gauge of several worker processes becomes one value, by the gauge's name; the greatest of them
            where it is not named.
        leaving: called with a release some minutes after it left service: series with the label ``release`` are to be
            removed.
    """

    registry: CollectorRegistry
    across: dict[str, Across]
    leaving: list[Callable[[str], None]] = field(default_factory=list)
