"""A folded newsroom on disk, which the next process loads; what editors posted is read from the log."""

import json
from pathlib import Path
from typing import Any

from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import LiveParams
from script_shared.news.state.reader_clusters import Assignment
from script_shared.news.state.state_io import load_state, save_state

FACTS, STATE = "newsroom.json", "state"


def can_be_kept(newsroom: Newsroom) -> bool:
    """Whether another process may load it: it folded something, nothing failed, and nobody was erased.

    A process that folds the log again does not see the entries of a person who was erased; this one counted them.

    Args:
        newsroom: in service.
    """
    sound = newsroom.state is not None and not newsroom.has_failed and newsroom.whole and not newsroom.unclean
    return sound and not newsroom.has_erased and newsroom.seq > newsroom.snapshot_seq


def save_newsroom(newsroom: Newsroom, folder: Path) -> None:
    """Write all but what editors posted.

    Args:
        newsroom: one that can be kept; it is only read.
        folder: is made when missing.
    """
    assert newsroom.state is not None
    save_state(newsroom.state, folder / STATE)
    names = ("seq", "now_ms", "snapshot_seq", "snapshot_ms", "origin")
    facts: dict[str, Any] = {name: getattr(newsroom, name) for name in names}
    facts |= {"state_seq": newsroom.state_fold.seq, "last_hour": newsroom.last_hour.as_json()}
    facts |= {"reads": newsroom.reads.as_json()}
    facts["signs"] = {"readers": sorted(newsroom.signs.readers), "live": newsroom.signs.live}
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def load_newsroom(folder: Path, params: LiveParams, assignment: Assignment) -> Newsroom:
    """Read what was written.

    Args:
        folder: of ``save_newsroom``.
        params: those of the newsroom that was saved.
        assignment: the release's clusters of users.

    Raises:
        PautaError: a file is missing or damaged.
        ValueError, KeyError, OSError: the facts are.
    """
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    state = load_state(folder / STATE, params)
    state.clusters.assignment = assignment
    newsroom = Newsroom(state, seq=int(facts["seq"]))
    newsroom.resumed, newsroom.origin = True, str(facts["origin"])
    newsroom.snapshot_seq, newsroom.snapshot_ms = int(facts["snapshot_seq"]), int(facts["snapshot_ms"])
    newsroom.now_ms, newsroom.state_fold.seq = int(facts["now_ms"]), int(facts["state_seq"])
    newsroom.last_hour.restore(facts["last_hour"])
    newsroom.reads.restore(facts["reads"])
    newsroom.signs.readers, newsroom.signs.live = set(facts["signs"]["readers"]), bool(facts["signs"]["live"])
    return newsroom
