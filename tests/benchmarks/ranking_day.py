"""One test day of the ranking benchmark: every model's ranks of the clicked articles, kept in a folder."""

import hashlib
import json
import os
import resource
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.news.evaluation.rolling import Result, Window, groups
from pipelines.news.replay.figures import GroupFigure, group_figures
from pipelines.news.replay.stream import Stream
from script_shared.arrays import IntArray
from tests.benchmarks.entrants import Contest

ROOT, FACTS, RANKS = Path(__file__).parents[2], "day.json", "ranks.npz"
OURS = ("script_shared/news", "script_shared/params", "pipelines/news")  # code on which the ranker's ranks depend
THEIRS = tuple(f"tests/benchmarks/{name}.py" for name in ("entrants", "peers", "session_peers", "stan"))


@dataclass(frozen=True)
class Day:
    """What one test day gave.

    Attributes:
        name: of the day, YYYY-MM-DD.
        ranks: by model int64 (n), rank of the clicked article in each of n cases, from 0.
        users: int64 (n), whose click it is.
        members: by group of clicks bool (n).
        sample: bool (n), the cases on which the peers are evaluated.
        peers: names of the models that are peers.
        facts: counts, timings and costs, JSON-able.
    """

    name: str
    ranks: dict[str, IntArray]
    users: IntArray
    members: dict[str, IntArray]
    sample: IntArray
    peers: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, result: Result, stream: Stream, window: Window, contest: Contest) -> "Day":
        """What a replay gave."""
        facts = {
            "window": asdict(window),
            **result.facts,
            "machine": f"{os.cpu_count()} cores, {os.uname().machine}",
            "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            "logins": "simulated",
            "peers": contest.costs(),
        }
        sample = np.array([contest.asks(int(place)) for place in result.places], bool)
        users, members = stream.user[result.places], groups(stream, result.places)
        return cls(name, result.ranks, users, members, sample, list(contest.entrants), facts)

    def figures(self, resamples: int, seed: int) -> list[GroupFigure]:
        """Every measure of every model on every group; peers of a share of the users beside all on that share."""
        if self.sample.all():
            return group_figures(self.ranks, self.users, self.members, resamples, seed)
        own = {name: ranks for name, ranks in self.ranks.items() if name not in self.peers}
        rows, part = group_figures(own, self.users, self.members, resamples, seed), self.shared()
        named = {f"{name}, share of the peers": of for name, of in part.members.items()}
        return rows + group_figures(part.ranks, part.users, named, resamples, seed)

    def shared(self) -> "Day":
        """The cases alone on which every model was evaluated."""
        ranks, members = ({name: of[self.sample] for name, of in by.items()} for by in (self.ranks, self.members))
        mine = self.sample
        return replace(self, ranks=ranks, members=members, users=self.users[mine], sample=mine[mine])

    def with_peers_of(self, other: "Day") -> "Day":
        """The same with the peers' ranks of an earlier run on the same cases."""
        if not np.array_equal(self.users, other.users):
            raise ValueError(f"the peers of {self.name} were evaluated on other clicks")
        ranks = {**self.ranks, **{name: other.ranks[name] for name in other.peers}}
        facts = {**self.facts, "peers": other.facts["peers"]}
        return replace(self, ranks=ranks, sample=other.sample, peers=other.peers, facts=facts)

    def save(self, folder: Path, settings: dict[str, str]) -> None:
        """Keep it, with the settings and the code that it was made with."""
        folder.mkdir(parents=True, exist_ok=True)
        columns = {f"rank {name}": of for name, of in self.ranks.items()}
        columns |= {f"member {name}": of for name, of in self.members.items()}
        np.savez_compressed(folder / RANKS, users=self.users, sample=self.sample, **columns)
        whole = {"settings": settings, "name": self.name, "peers": self.peers, "facts": self.facts}
        (folder / FACTS).write_text(json.dumps(whole, default=float), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Day":
        """A day that was kept."""
        whole = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        with np.load(folder / RANKS, allow_pickle=False) as kept:
            columns = {name: kept[name] for name in kept.files}
        ranks, members = (
            {name.removeprefix(kind): of for name, of in columns.items() if name.startswith(kind)}
            for kind in ("rank ", "member ")
        )
        return cls(whole["name"], ranks, columns["users"], members, columns["sample"], whole["peers"], whole["facts"])


def is_kept(folder: Path, settings: dict[str, str], *, only: str = "", file: str = FACTS) -> bool:
    """Whether a folder holds a finished day with these settings; ``only`` names one of them to compare."""
    if not (folder / file).is_file():
        return False
    kept = json.loads((folder / file).read_text(encoding="utf-8"))["settings"]
    return bool(kept[only] == settings[only] if only else kept == settings)


def settings_of(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, str]:
    """Digests of settings and code: ``ours`` of the ranker, ``theirs`` of the peers."""
    return {"ours": _digest(ours, OURS), "theirs": _digest(theirs, THEIRS)}


def _digest(values: dict[str, Any], places: tuple[str, ...]) -> str:
    total = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode())
    for place in (ROOT / name for name in places):
        files = [place] if place.is_file() else sorted(place.rglob("*.*"))
        total.update(b"".join(file.read_bytes() for file in files if file.suffix in (".py", ".toml")))
    return total.hexdigest()
