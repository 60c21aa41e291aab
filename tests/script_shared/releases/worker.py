"""A process that works on releases: started by tests that need real processes, and killed by some of them.

It says ``ready``, waits for a line on stdin, works, and prints one line per result.
"""

import itertools
import random
import sys
from pathlib import Path

from script_shared.errors import PautaError
from script_shared.releases import Releases
from tests.script_shared.releases.made import make_folder


def take(releases: Releases, work: Path, name: str) -> None:
    """Try to publish version ``v1`` with own content."""
    folder = make_folder(work / name, name, files=8)
    try:
        print("won", releases.publish(folder, "v1").folder)
    except PautaError as error:
        print(type(error).__name__)


def promote(releases: Releases, work: Path, name: str) -> None:
    """Promote any release, many times; prints the sequence numbers of own moves."""
    random.seed(name)
    for number in range(15):
        reason = f"{name} {number}"
        try:
            pointer = releases.promote(random.choice(releases.versions()), reason, by=name, check=False)
        except PautaError as error:
            print(type(error).__name__)
            continue
        if pointer.reason == reason:
            print("moved", pointer.sequence)


def prune(releases: Releases, work: Path, name: str) -> None:
    """Delete whatever may be deleted while publishing more."""
    for number in range(8):
        releases.publish(make_folder(work / name, f"{name}{number}"), f"{name}.{number}")
        print("deleted", *releases.prune(0))


def churn(releases: Releases, work: Path, name: str) -> None:
    """Publish, promote and prune until killed."""
    for number in itertools.count():
        version = f"{name}.{number}"
        releases.publish(make_folder(work / name, version, files=12, size=20_000), version)
        releases.promote(version, "churn")
        if number % 4 == 3:
            releases.prune(1)


def main() -> None:
    mode, uri, work, name = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    {"take": take, "promote": promote, "prune": prune, "churn": churn}[mode](Releases(uri), Path(work), name)


if __name__ == "__main__":
    main()
