"""``python -m tests.benchmarks.log_simulation``: the busiest hour of a portal, times 1, 10 and 100, through one log.

One process submits single clicks at a constant rate, as requests do; others follow the log and fold every click into a
live state of their own, as each process of the API does. ``seen`` is the time from the submission to the moment at
which the slowest of them has folded the click.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from script_shared.events import EventLog
from script_shared.events.following.follower import Batch, LogFollower
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.benchmarks.log_rates import Receiver, clicks, logs
from tests.benchmarks.scale import machine

BUSIEST_HOUR = 12_517  # clicks in the busiest hour of the generated data of full scale
THREADS = 64


class Folder:
    """Folds what is delivered, and notes when.

    Attributes:
        folded: seconds of the monotonic clock at which each entry was folded, by number.
    """

    def __init__(self) -> None:
        self._newsroom = Newsroom(LiveState(load_params(NewsParams, FILE).live))
        self.folded: dict[int, float] = {}

    def position(self) -> int:
        return self._newsroom.seq

    def deliver(self, batch: Batch) -> None:
        self._newsroom.apply(batch.entries, after=batch.after)
        now = time.monotonic()
        self.folded.update((entry.seq, now) for entry in batch.entries)


def follow(uri: str, last: int, pipe: Connection) -> None:
    """Fold the log up to an entry; sends when each was folded, and the CPU seconds that all took."""
    folder, begin = Folder(), time.process_time()
    follower = LogFollower(EventLog(uri), folder)
    follower.start()
    pipe.send("ready")
    while folder.position() < last:
        time.sleep(0.05)
    follower.stop()
    pipe.send((folder.folded, time.process_time() - begin))


def trial(uri: str, rate: float, seconds: float, processes: int) -> tuple[float, float, float]:
    """Median and 99th percentile of ``seen`` in seconds, and the share of one core that a following process takes."""
    count, context = max(20, int(rate * seconds)), multiprocessing.get_context("spawn")
    log = EventLog(uri)
    first = log.head()
    pipes, running = [], []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        running.append(context.Process(target=follow, args=(uri, first + count, theirs)))
        pipes.append(ours)
        running[-1].start()
    for pipe in pipes:
        pipe.recv()
    sent = _submit(log, rate, count, first)
    found = [pipe.recv() for pipe in pipes]
    for process in running:
        process.join()
    log.close()
    slowest = np.array([max(folded[number] for folded, _ in found) for number in range(first + 1, first + count + 1)])
    seen = slowest - np.sort(sent)
    cpu = max(seconds for _, seconds in found) / (slowest.max() - sent.min())
    return float(np.median(seen)), float(np.quantile(seen, 0.99)), float(cpu)


def _submit(log: EventLog, rate: float, count: int, after: int) -> np.ndarray:
    """Submit clicks at a rate; returns when each was submitted, seconds of the monotonic clock."""
    follower = LogFollower(log, Receiver(after))
    follower.start()
    begin, entries = time.monotonic(), clicks(f"at-{after}", count)

    def submit(number: int) -> float:
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        sent = time.monotonic()
        follower.submit([entries[number]]).result(60)
        return sent

    with ThreadPoolExecutor(THREADS) as pool:
        sent = np.array(list(pool.map(submit, range(count))))
    follower.stop()
    return sent


def main() -> int:
    """Run all trials and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.log_simulation", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each trial (default: 20)")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    args = parser.parse_args()
    names = f"{'log':<12}{'times':>6}{'clicks/s':>10}{'processes':>11}"
    print(f"{machine()}\n\n{names}{'seen p50 s':>12}{'p99 s':>8}{'core':>8}")
    for processes in args.processes:
        with tempfile.TemporaryDirectory(prefix="pauta-log-") as work, logs(Path(work)) as addresses:
            for name, uri in addresses.items():
                for times in args.times:
                    rate = times * BUSIEST_HOUR / 3600
                    p50, p99, core = trial(uri, rate, args.seconds, processes)
                    print(f"{name:<12}{times:>6}{rate:>10.1f}{processes:>11}{p50:>12.2f}{p99:>8.2f}{core:>8.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
