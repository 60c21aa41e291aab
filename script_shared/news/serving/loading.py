"""Loads the live part of a release: the snapshot of the live state in ``live/``, the ranker in ``ranker/``."""

import json
import logging
from pathlib import Path

from script_shared.arrays import IntArray, load_array
from script_shared.errors import PautaError, ReleaseCorruptError
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import LiveParams
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.release_folder import facts_in
from script_shared.news.state import state_io
from script_shared.news.state.reader_clusters import Assignment, nobody
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import FACTS as STATE_FACTS
from script_shared.news.state.state_io import load_state

log = logging.getLogger("pauta.loading")
POSITION = "position.json"  # {"seq": number of the last log entry that the snapshot holds}, 0 where there is no file
SHARED_VISITS = "shared_visits"  # uint64: visits in which several users were seen
RECALLED = "recalled"  # int64: numbers of clicks up to there that the snapshot does not hold


def load_newsroom(
    folder: Path, params: LiveParams, assignment: Assignment = nobody, *, empty: bool = False
) -> tuple[Newsroom, tuple[str, ...]]:
    """A newsroom from the release's snapshot (empty without one), and the missing parts.

    Args:
        folder: of the release.
        params: bounds of the state.
        assignment: the release's clusters of users, by which clicks from now on are counted.
        empty: leave a damaged snapshot out.

    Returns:
        the newsroom, and ``("live_snapshot",)`` if the release's snapshot is missing, damaged or left out.
    """
    params = with_pace(params, folder)
    missing: tuple[str, ...]
    newsroom, missing = (Newsroom(LiveState(params)), ("live_snapshot",)) if empty else _newsroom(folder, params)
    if newsroom.state is not None:
        newsroom.state.clusters.assignment = assignment
    return newsroom, missing


def _newsroom(folder: Path, params: LiveParams) -> tuple[Newsroom, tuple[str, ...]]:
    if not (folder / "live" / STATE_FACTS).exists():
        return Newsroom(LiveState(params)), ()
    try:
        seq = position(folder / "live" / POSITION)
        newsroom = Newsroom(load_state(folder / "live", params), seq=seq)
        newsroom.recalled, newsroom.shared_visits = (_load(folder / "live", name) for name in (RECALLED, SHARED_VISITS))
        return newsroom, ()
    except (PautaError, ValueError, KeyError, OSError) as error:
        log.error("the snapshot of the live state cannot be used: %s", error)
        return Newsroom(LiveState(params)), ("live_snapshot",)


def _load(folder: Path, name: str) -> IntArray | None:
    """None where the release was made before the array was kept."""
    return load_array(folder, name) if (folder / f"{name}.npy").exists() else None


def load_ranker(folder: Path) -> tuple[Ranker | None, tuple[str, ...]]:
    """The release's ranker (None if it has no usable one), and the missing parts.

    A release without the folder was made without a ranker: the order of candidates is its order, nothing is missing.

    Args:
        folder: of the release.

    Returns:
        the ranker, and ``("ranker",)`` if there is one that cannot be used; the reason is logged.
    """
    if not (folder / "ranker").exists():
        return None, ()
    try:
        ranker = Ranker.load(folder / "ranker")
    except (PautaError, ImportError, OSError) as error:
        log.error("the ranker cannot be used: %s", error)
        return None, ("ranker",)
    log.info("the ranker's trees are scored by %s", "compiled code" if ranker.uses_compiled_trees else "LightGBM")
    return ranker, ()


def with_pace(params: LiveParams, folder: Path) -> LiveParams:
    """Bounds of a live state with the pace of a release.

    Args:
        params: bounds from the params file.
        folder: of the release.
    """
    return params.model_copy(update={"pace": pace_in(folder)})


def pace_in(folder: Path) -> int:
    """Pace of a release: that of its live state, else of its facts; 1 for one made before there was a pace.

    The ranker's features are counts in windows of that pace, so a state that begins empty has it too.

    Args:
        folder: of the release.
    """
    for read in (lambda: state_io.pace_in(folder / "live"), lambda: int(facts_in(folder)["site"]["pace"])):
        try:
            return max(1, read())
        except (PautaError, KeyError, TypeError, ValueError):
            continue
    return 1


def position(path: Path) -> int:
    """Number of the last log entry that a snapshot holds, 0 where the file is missing.

    Args:
        path: ``live/position.json`` of the release.

    Raises:
        ReleaseCorruptError: it cannot be read.
    """
    if not path.exists():
        return 0
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["seq"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseCorruptError(f"{path}: not readable ({error}).", fix="Publish the release again.") from error
