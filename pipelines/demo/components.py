"""The programs that run as long as the demo: the API with the page of the tour, and the traffic."""

import sys

from pipelines.demo.place import Place
from pipelines.demo.traffic import TOKEN
from pipelines.supervisor.components import Component


def api(place: Place) -> Component:
    """The API with the page of the tour.

    Args:
        place: of the demo.
    """
    return Component("api", (sys.executable, "-m", "app.demo"), place.environment, place.logs / "api.log")


def traffic(place: Place, token: str, since_ms: int, minutes: float) -> Component:
    """The readers and the newsroom.

    Args:
        place: of the demo.
        token: of the site.
        since_ms: moment of the site at which they begin, epoch milliseconds, UTC.
        minutes: in which a day is lived.
    """
    module = (sys.executable, "-m", "pipelines.demo.traffic", str(place.world), str(place.state))
    flags = ("--url", place.url, "--since", str(since_ms), "--minutes", str(minutes), "--stay")
    environment = place.environment | {TOKEN: token}
    return Component("traffic", (*module, *flags), environment, place.logs / "traffic.log")
