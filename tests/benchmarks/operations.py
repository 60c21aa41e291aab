"""``make bench-operations``: a fortnight on real clicks, with a bad release, a planted drift, and the guard.

The clicks of a share of the users are sent to a running API day by day, with lists asked for just before some of them.
Every evening the steps of the DAGs make a release out of the event log, and the gate decides. The live guard looks
several times a day. On one evening a release whose ranker prefers what it should avoid is refused by the gate, and is
forced past it; on another the regions of most clicks change, and the monitoring DAG's decision is taken ten times.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from tests.benchmarks.fortnight import Hits, Readers, clicks_of_users, days, of_days
from tests.benchmarks.installation import Installation
from tests.benchmarks.ranking import CLICKS
from tests.benchmarks.scale import machine
from tests.benchmarks.servers import TOKEN, Server, api

FIRST, LAST = date(2017, 10, 1), date(2017, 10, 13)
KNOWN_UNTIL = date(2017, 10, 2)  # the first release learns from a file of the days until here
BAD_EVENING, DRIFT_DAY = date(2017, 10, 7), date(2017, 10, 10)
DRIFTED_SHARE, NEW_REGION = 0.8, 9_999
LOOKS = 8  # of the guard on a day
PATIENCE_SECONDS = 300.0
TEN = 10  # decisions of the monitoring DAG on the evening of the drift
DATA = ("download", "refine", "quality")
TRAIN = ("train", "assemble", "rank", "evaluate", "gate")
RELEASE = ("publish", "promote")


@dataclass
class Row:
    """A day of the table."""

    day: date
    hits: Hits
    events: list[str] = field(default_factory=list)


class Fortnight:
    """Runs the days, one after the other.

    Args:
        place: the installation.
        server: its running API.
        clicks: of the chosen users.
        lists: asked for on a day.
    """

    def __init__(self, place: Installation, server: Server, clicks: pl.DataFrame, lists: int) -> None:
        self._place, self._clicks, self._lists = place, clicks, lists
        token = {"Authorization": f"Bearer {TOKEN}"}
        self._client = httpx.Client(base_url=server.address, timeout=60, headers=token, trust_env=False)
        self._readers = Readers(self._client)
        self._readers.remember(of_days(clicks, FIRST, KNOWN_UNTIL))

    def day(self, day: date) -> Row:
        """Traffic of a day, then its evening."""
        row, clicks = Row(day, Hits()), of_days(self._clicks, day, day)
        if day == DRIFT_DAY:
            clicks = drifted(clicks)
        row.hits = self._readers.live(clicks, self._lists, lambda lists: self._guard(row, lists), LOOKS)
        self._evening(row)
        return row

    def _evening(self, row: Row) -> None:
        run = f"day-{row.day:%d}"
        if self._place.steps(run, DATA)["quality"].get("alarm"):
            row.events.append("drift")
        decided = [self._decide() for _ in range(TEN if row.day == DRIFT_DAY else 1)]
        if started := [each for each in decided if each["dag_id"]]:
            row.events.append(f"{len(decided)} decisions started {len(started)} training: {started[0]['note']}")
        promoted = self._place.steps(run, (*TRAIN, *RELEASE))["promote"]["promoted"]
        row.events.append("promoted" if promoted else "refused")
        if promoted:
            self._wait(run)
        if row.day == BAD_EVENING:
            self._bad_release(row)

    def _decide(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._place.command("-c", DECIDE))
        return found

    def _bad_release(self, row: Row) -> None:
        """The evening's models with a ranker turned round: refused by the gate, then forced past it."""
        self._place.steps("bad", (*DATA, "train", "assemble", "rank"))
        for ranker in (self._place.work / "data" / "news" / "ranked" / "bad").rglob("ranker.txt"):
            ranker.write_text(turned_round(ranker.read_text()))
        accepted = self._place.steps("bad", ("evaluate", "gate"))["gate"]["accepted"]
        row.events.append(f"bad release: {'accepted' if accepted else 'refused'} by the gate")
        self._place.steps("bad", RELEASE, "--force", "promote")
        self._wait("bad")
        row.events.append("forced past the gate")

    def _guard(self, row: Row, lists: int) -> None:
        found = json.loads(self._place.command("-m", "pipelines", "guard", "--once", "--json", check=False))
        if found["status"] == "rolled_back":
            row.events.append(f"guard: {found['release']} -> {found['to']} after {lists} lists")
            self._wait(found["to"])

    def _wait(self, release: str) -> None:
        """Return once the API serves a release."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self._client.get("/info").json().get("release") != release:
            if time.monotonic() > until:
                raise TimeoutError(f"the API does not serve {release}")
            time.sleep(0.2)


DECIDE = """
import json
from dataclasses import asdict
from pipelines.monitoring.trigger import decide
from pipelines.registry import find
from script_shared.settings import load_settings
settings = load_settings()
case = find(settings, "news")
print(json.dumps(asdict(decide(case, case.context(settings, "monitoring"), busy=False))))
"""


def turned_round(model: str) -> str:
    """A LightGBM model with the opposite of every leaf's value, which puts every list in the opposite order."""
    lines = []
    for line in model.splitlines():
        if line.startswith("leaf_value="):
            values = (repr(-float(value)) for value in line.removeprefix("leaf_value=").split())
            line = "leaf_value=" + " ".join(values)
        lines.append(line)
    return "\n".join(line for line in lines if not line.startswith("tree_sizes=")) + "\n"


def table(rows: list[Row]) -> str:
    """The days as a markdown table."""
    lines = ["| day | lists | failed or empty | HR@10 | most read, 1h | what happened |", "|---|---|---|---|---|---|"]
    for row in rows:
        hits = row.hits
        shares = f"{hits.share(hits.hits):.3f} | {hits.share(hits.most_read):.3f}"
        lines.append(f"| {row.day} | {hits.lists:,} | {hits.failed} | {shares} | {'; '.join(row.events)} |")
    return "\n".join(lines)


def drifted(clicks: pl.DataFrame) -> pl.DataFrame:
    """The clicks with one new region for most users."""
    moved = pl.col("user_id").hash(3) % 100 < int(100 * DRIFTED_SHARE)
    return clicks.with_columns(click_region=pl.when(moved).then(NEW_REGION).otherwise(pl.col("click_region")))


def main() -> int:
    """Run the fortnight, print the table and the record of decisions; 1 if a list failed or was empty."""
    args = _arguments()
    if not args.clicks.is_file():
        print(f"{args.clicks} is missing: give --clicks, or set PAUTA_REAL_DATA.", file=sys.stderr)
        return 1
    place = Installation(args.work, {"PAUTA_CLOCK": "data", "PAUTA_SERVED_SHARE": "1"})
    clicks, file = clicks_of_users(args.clicks, args.share), place.work / "known.parquet"
    place.work.mkdir(parents=True)
    of_days(clicks, FIRST, KNOWN_UNTIL).write_parquet(file)
    place.env |= {"PAUTA_SOURCE": "globo_clicks", "PAUTA_SOURCE_PATH": str(file)}
    print(f"{machine()}; {args.share:.1%} of the users, {clicks.height:,} clicks", flush=True)
    place.steps("first", (*DATA, *TRAIN, *RELEASE), "--force", "promote")
    rows = []
    with api(place.env, 1) as server:
        fortnight = Fortnight(place, server, clicks, args.lists)
        for day in days(KNOWN_UNTIL + timedelta(days=1), args.until):
            rows.append(fortnight.day(day))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    print("\n" + table(rows) + "\n")
    for what in ("list", "verify"):
        print(place.command("-m", "pipelines", "audit", what))
    return 1 if any(row.hits.failed for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-operations", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--share", type=float, default=0.02, help="share of the users (default: 0.02)")
    parser.add_argument("--lists", type=int, default=800, help="lists asked for on a day (default: 800)")
    parser.add_argument("--until", type=date.fromisoformat, default=LAST, help=f"last day (default: {LAST})")
    parser.add_argument("--work", type=Path, default=Path(".pauta/operations"), help="a new folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
