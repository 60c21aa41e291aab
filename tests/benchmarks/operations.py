"""``make bench-operations``: a fortnight on real clicks, with two bad releases, a planted drift, and the guard.

The clicks of a share of the users are sent to a running API day by day, with lists asked for just before some of them.
Every evening the steps of the DAGs make a release out of the event log, and the gate decides. The live guard looks
several times a day. On two evenings a bad release is made: one whose articles have each other's ids, one whose ranker
prefers what it should avoid; the gate judges it, and it is forced past the gate. On another day the regions of most
clicks change, and the monitoring DAG's decision is taken ten times. Meanwhile strangers ask for lists without a pause.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import polars as pl

from script_shared.news.params import FILE
from tests.benchmarks.bad_releases import shuffle_ids, turn_rankers_round
from tests.benchmarks.fortnight import Hits, Readers, clicks_of_users, days, of_days
from tests.benchmarks.installation import Installation
from tests.benchmarks.patrol import Patrol
from tests.benchmarks.ranking import CLICKS
from tests.benchmarks.scale import machine
from tests.benchmarks.servers import TOKEN, Server, api

FIRST, LAST = date(2017, 10, 1), date(2017, 10, 13)
KNOWN_UNTIL = date(2017, 10, 2)  # the first release learns from a file of the days until here
BAD_EVENINGS: dict[date, tuple[str, Callable[[Path], object]]] = {  # name of the run, and what makes its release bad
    date(2017, 10, 3): ("shuffled-ids", shuffle_ids),
    date(2017, 10, 5): ("turned-round", turn_rankers_round),
}
DRIFT_DAY = date(2017, 10, 6)
DRIFTED_SHARE, NEW_REGION = 0.8, 9_999
LOOKS, CLOSE_LOOKS = 8, 24  # of the guard on a day; on the day after a bad release
PARAMS = (  # in place of those of the product
    ("cool_down_hours = 24 ", "cool_down_hours = 0.01 "),  # of the guard: a day takes minutes here
    ("replayed_clicks = 2000 ", "replayed_clicks = 1000 "),  # for a shorter evening
    ("requests = 9000 ", "requests = 2500 "),
    ("references = 3 ", "references = 1 "),
)
PATIENCE_SECONDS = 900.0
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
        self._client = httpx.Client(base_url=server.address, timeout=600, headers=token, trust_env=False)
        self._readers = Readers(self._client)
        self._readers.remember(of_days(clicks, FIRST, KNOWN_UNTIL))

    def day(self, day: date) -> Row:
        """Traffic of a day, then its evening."""
        row, clicks = Row(day, Hits()), of_days(self._clicks, day, day)
        if day == DRIFT_DAY:
            clicks = drifted(clicks)
        looks = CLOSE_LOOKS if day - timedelta(days=1) in BAD_EVENINGS else LOOKS
        row.hits = self._readers.live(clicks, self._lists, lambda lists: self._guard(row, lists), looks)
        self._evening(row)
        return row

    def _evening(self, row: Row) -> None:
        run = f"day-{row.day:%d}"
        if self._place.steps(run, DATA)["quality"].get("alarm"):
            row.events.append("drift")
        times = TEN if row.day == DRIFT_DAY else 1
        first = datetime(row.day.year, row.day.month, row.day.day, 23, tzinfo=UTC)
        decided = [self._place.decide(first + timedelta(minutes=5 * number)) for number in range(times)]
        if started := [each for each in decided if each.dag_id]:
            row.events.append(f"{times} decisions started {len(started)} training: {started[0].note}")
        promoted = self._place.steps(run, (*TRAIN, *RELEASE))["promote"]["promoted"]
        row.events.append("promoted" if promoted else "refused")
        if promoted:
            self._wait(run)
        if row.day in BAD_EVENINGS:
            self._bad_release(row, *BAD_EVENINGS[row.day])

    def _bad_release(self, row: Row, run: str, spoil: Callable[[Path], object]) -> None:
        """The evening's models, made bad: judged by the gate, then forced past it."""
        self._place.steps(run, (*DATA, "train", "assemble", "rank"))
        spoil(self._place.work / "data" / "news" / "ranked" / run)
        gate = self._place.steps(run, ("evaluate", "gate"))["gate"]
        row.events.append(f"{run}: {'accepted' if gate['accepted'] else 'refused'} by the gate")
        self._place.steps(run, ("gate", *RELEASE), "promote")
        self._wait(run)
        row.events.append("forced past the gate")

    def _guard(self, row: Row, lists: int) -> None:
        found = self._place.guard()
        if found.status == "rolled_back":
            row.events.append(f"guard: {found.release} -> {found.to} after {lists} lists ({found.sentence})")
            self._wait(found.to)
        elif found.status == "held":
            row.events.append(f"guard: {found.release} held: {found.sentence}")

    def _wait(self, release: str) -> None:
        """Return once the API serves a release."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self._client.get("/info").json().get("release") != release:
            if time.monotonic() > until:
                raise TimeoutError(f"the API does not serve {release}")
            time.sleep(0.2)


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
    place = prepared(Installation(args.work, {"PAUTA_CLOCK": "data", "PAUTA_SERVED_SHARE": "1"}), PARAMS)
    clicks = clicks_of_users(args.clicks, args.share)
    file = place.work / "known.parquet"
    of_days(clicks, FIRST, KNOWN_UNTIL).write_parquet(file)
    place.env |= {"PAUTA_SOURCE": "globo_clicks", "PAUTA_SOURCE_PATH": str(file)}
    print(f"{machine()}; {args.share:.1%} of the users, {clicks.height:,} clicks", flush=True)
    place.steps("first", (*DATA, *TRAIN, *RELEASE), "promote")
    rows = []
    with api(place.env, 1, PATIENCE_SECONDS) as server, Patrol(server.address) as patrol:
        fortnight = Fortnight(place, server, clicks, args.lists)
        for day in days(KNOWN_UNTIL + timedelta(days=1), args.until):
            begin = time.monotonic()
            rows.append(fortnight.day(day))
            print(f"{table(rows[-1:]).splitlines()[-1]} {time.monotonic() - begin:,.0f} s", flush=True)
    print(f"\n{table(rows)}\n")
    print(
        f"strangers, also during trainings and swaps: {patrol.lists:,} lists, {patrol.failed} failed or empty, ", end=""
    )
    print(f"the slowest after {patrol.slowest:.1f} s\n")
    for what in ("list", "verify"):
        print(place.command("audit", what))
    return 1 if patrol.failed or any(row.hits.failed for row in rows) else 0


def prepared(place: Installation, changes: Sequence[tuple[str, str]]) -> Installation:
    """The installation with a params file of its own.

    Args:
        place: the installation.
        changes: texts of the product's params file, each with its replacement.

    Raises:
        ValueError: the file does not have one of the texts exactly once.
    """
    place.work.mkdir(parents=True, exist_ok=True)
    params, own = FILE.read_text(), place.work / "news.toml"
    for line, instead in changes:
        if params.count(line) != 1:
            raise ValueError(f"{FILE} has no {line!r} to replace")
        params = params.replace(line, instead)
    own.write_text(params)
    place.env["PAUTA_PARAMS_FILE"] = str(own)
    return place


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-operations", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--share", type=float, default=0.03, help="share of the users (default: 0.03)")
    parser.add_argument("--lists", type=int, default=400, help="lists asked for on a day (default: 400)")
    parser.add_argument("--until", type=date.fromisoformat, default=LAST, help=f"last day (default: {LAST})")
    parser.add_argument("--work", type=Path, default=Path(".pauta/operations"), help="a new folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
