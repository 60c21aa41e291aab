"""``python -m pipelines.traffic``: sends the traffic of made-up users to a running API, at a steady rate."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from random import Random

from pipelines.traffic.events import Events
from pipelines.traffic.newsroom import Newsroom
from pipelines.traffic.readers import Crowd, visit
from pipelines.traffic.site import Site

SAY_EVERY_SECONDS = 10.0
STRAYS = 0.01  # of the visits: requests that are refused, as every site has them


def main(arguments: Sequence[str] | None = None) -> int:
    """Visit until the time is up or Ctrl-C; the exit code is 1 when not one list came."""
    asked = _flags(arguments)
    with closing(Site(asked.url, asked.token)) as site:
        return _drive(asked, site, Random(asked.seed))


def _drive(asked: argparse.Namespace, site: Site, draw: Random) -> int:
    model = site.get("/model")
    if not model:
        print(f"{asked.url} serves no release yet. Wait until {asked.url}/ready answers 200.", file=sys.stderr)
        return 1
    events = Events(site, asked.run)
    if (site.get("/info").get("clock") or {}).get("mode") == "data":
        events.set_clock()
    members = [reader for readers in model["examples"].values() for reader in readers]
    crowd, newsroom = Crowd(draw, asked.run, members, asked.readers), Newsroom(site, draw, asked.run, asked.news_every)
    visits = _visit_on(asked, crowd, newsroom, events, site, draw)
    events.flush()
    print(_summary(visits, events, newsroom, site))
    return 0 if visits and site.statuses[200] else 1


def _visit_on(
    asked: argparse.Namespace, crowd: Crowd, newsroom: Newsroom, events: Events, site: Site, draw: Random
) -> int:
    """Visit at the rate until the time is up; how many visits there were."""
    started, said, visits = time.monotonic(), time.monotonic(), 0
    try:
        while asked.seconds <= 0 or time.monotonic() - started < asked.seconds:
            newsroom.work()
            visit(crowd.visitor(), site, events, draw)
            visits += 1
            if draw.random() < STRAYS:
                site.get("/recommendations", num_recs=1000)
            if time.monotonic() - said > SAY_EVERY_SECONDS:
                said = time.monotonic()
                print(_summary(visits, events, newsroom, site), flush=True)
            time.sleep(max(0.0, started + visits / asked.rate - time.monotonic()))
    except KeyboardInterrupt:
        print()
    return visits


def _summary(visits: int, events: Events, newsroom: Newsroom, site: Site) -> str:
    statuses = ", ".join(f"{count} x {status or 'no answer'}" for status, count in sorted(site.statuses.items()))
    sent = events.sent
    return (
        f"{visits} visits, {sent['impression']} impressions, {sent['click']} clicks, {events.accepted} accepted, "
        f"{newsroom.published} articles; answers: {statuses}"
    )


def _flags(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pipelines.traffic", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8001", help="address of the API")
    parser.add_argument("--rate", type=float, default=10.0, help="visits a second")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long; 0 until Ctrl-C")
    parser.add_argument("--readers", type=int, default=200, help="how many users that no release knows")
    parser.add_argument("--news-every", type=float, default=20.0, help="seconds between two new articles")
    parser.add_argument("--seed", type=int, default=1, help="seed of all draws")
    parser.add_argument("--run", default=str(int(time.time())), help="part of every event id; ids count once")
    token = os.environ.get("PAUTA_ADMIN_TOKEN", "")
    parser.add_argument(
        "--token", default=token, help="admin token, needed to post new articles (default: PAUTA_ADMIN_TOKEN)"
    )
    asked = parser.parse_args(arguments)
    if asked.rate <= 0 or asked.readers < 0:
        parser.error("--rate must be above 0, --readers at least 0")
    return asked


if __name__ == "__main__":
    sys.exit(main())
