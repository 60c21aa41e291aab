"""The live state on disk, its digest and its size: plain arrays, one folder per part, and one JSON file."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from script_shared.arrays import IntArray, Strings, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.news.counting.sparse_files import SparseEntries, load_sparse
from script_shared.news.params import LiveParams
from script_shared.news.state.reader_history import LATER
from script_shared.news.state.state import LiveState
from script_shared.throttle import yield_cpu
from script_shared.times import LATEST_MS

FACTS = "state.json"
_COUNTS = ("overall", "groups", "trends", "shown_counts")
_LATER = (
    "trends",
    "clusters",
    "sources",
    "visits",
)  # parts that a snapshot of an earlier version lacks; they begin empty
_PAIRS = ("together", "following", "onward", "later")
_VISIT_BYTES = 100 + 36 + 36  # dictionary entry, two keys
_SOURCE_BYTES = 100 + 36 + 24  # dictionary entry, key, count
_READER_BYTES = 68 + 24 + 33  # columns, key and slots, empty reads
_SHOWN_BYTES = 100 + 36 + 33  # dictionary entry, key, empty pairs
_NUMBER_BYTES = 8 + 4 + 2 + 8  # columns, place in the list of ids
_ARTICLE_BYTES = 100 + 90  # dictionary entry, id


def parts(state: LiveState) -> dict[str, dict[str, npt.NDArray[Any]]]:
    """The arrays of the state, by part and name; weights of pairs apart."""
    used = state.articles.used
    result = {name: getattr(state.counts, name).arrays() for name in _COUNTS}
    result |= {name: {"totals": getattr(state.counts, name).totals[:, :used]} for name in _PAIRS}
    whole = {name: getattr(state, name).arrays() for name in ("articles", "readers", "clusters", "sources", "visits")}
    return {**result, **whole, "shown": {"rows": state.shown.rows()}}


def facts(state: LiveState) -> dict[str, Any]:
    """Values that are not arrays."""
    return {
        "params": state.params.model_dump(exclude={"candidates"}),
        "now_ms": state.now_ms,
        "first_ms": state.time.first_ms,
        "events": state.events,
        "behind": state.time.behind,
        "landmarks": state.counts.decay.landmarks,
        "groups": state.group_names.names,
        "sections": list(state.articles.sections),
        "labels": state.group_names.labels.as_json(),
    }


def save_state(state: LiveState, folder: Path) -> None:
    """Write a state as plain arrays and one JSON file.

    Args:
        state: is only read.
        folder: is made when missing; ``state.json`` and a folder for each part.
    """
    for part, arrays in parts(state).items():
        sums = arrays.pop("sums", None)
        save_arrays(folder / part, arrays)
        if sums is not None:  # an article is read by few groups
            SparseEntries.of(sums).save(folder / part, "sums")
    for part in _PAIRS:
        getattr(state.counts, part).entries(state.articles.used).save(folder / part, "sums")
    Strings.of(state.articles.ids).save(folder / "articles", "ids")
    (folder / FACTS).write_text(json.dumps(facts(state)), encoding="utf-8")


def _facts_in(folder: Path) -> dict[str, Any]:
    try:
        saved: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / FACTS}: not readable ({error}).", fix="Fold the log again.") from error
    return saved


def pace_in(folder: Path) -> int:
    """How many times longer than their names say the windows of a saved state are; 1 before there was a pace.

    Args:
        folder: where the state is saved.

    Raises:
        ReleaseCorruptError: it cannot be read.
    """
    return int(_facts_in(folder)["params"].get("pace", 1))


def load_state(folder: Path, params: LiveParams) -> LiveState:
    """Read a saved state.

    Its windows last as long as they did when it was saved, whatever the params say.

    Args:
        folder: of ``save_state``.
        params: bounds of the state; ``articles`` must be as it was when the state was saved.

    Raises:
        ReleaseCorruptError: a file is missing or damaged, or the state was saved with other bounds.
    """
    state = LiveState(params.model_copy(update={"pace": pace_in(folder)}))
    _fill(state, folder)
    return state


def _fill(state: LiveState, folder: Path) -> None:
    """Fill a new state."""
    saved = _facts_in(folder)
    if saved["params"]["articles"] != state.params.articles:
        raise ReleaseCorruptError(f"{folder}: saved with other bounds.", fix="Fold the log again.")
    _load_time(state, saved, folder)
    state.group_names.restore(saved["groups"])
    state.group_names.labels.restore(saved.get("labels", {}))
    lacking = {name for name in _LATER if not (folder / name).exists()}
    try:
        _fill_counts(state, folder, lacking)
    except ValueError as error:
        raise ReleaseCorruptError(f"{folder}: {error}.", fix="Fold the log again.") from error
    ids = Strings.load(folder / "articles", "ids").tolist()
    of_articles = _arrays(folder / "articles", tuple(state.articles.arrays()))
    yield_cpu()
    state.articles.restore(of_articles, ids, saved["sections"])
    yield_cpu()
    state.readers.restore(_arrays(folder / "readers", _saved_columns(state, folder / "readers")))
    state.shown.restore(load_array(folder / "shown", "rows"))
    for name in ("clusters", "sources", "visits"):
        if name not in lacking:
            part = getattr(state, name)
            part.restore(_arrays(folder / name, tuple(part.arrays())))


def _fill_counts(state: LiveState, folder: Path, lacking: set[str]) -> None:
    """Restore all counts but those that an earlier version did not save."""
    for name in (name for name in _COUNTS if name not in lacking):
        sums, totals = load_sparse(folder / name, "sums"), load_array(folder / name, "totals")
        getattr(state.counts, name).restore({"sums": sums, "totals": totals})
        yield_cpu()
    for name in (name for name in _PAIRS if name not in lacking):
        getattr(state.counts, name).restore(
            SparseEntries.load(folder / name, "sums"), load_array(folder / name, "totals")
        )


def _saved_columns(state: LiveState, folder: Path) -> tuple[str, ...]:
    """The arrays of users that a snapshot has; one of an earlier version lacks some."""
    return tuple(name for name in state.readers.arrays() if name not in LATER or (folder / f"{name}.npy").exists())


def _load_time(state: LiveState, saved: dict[str, Any], folder: Path) -> None:
    """Take over the latest time; in a snapshot made before times had bounds it may lie beyond them."""
    state.events, behind = int(saved["events"]), int(saved.get("behind", 0))
    if not state.events:
        state.time.restore(0, 0, behind)
        return
    now_ms, first_ms = (max(0, min(int(saved[name]), LATEST_MS)) for name in ("now_ms", "first_ms"))
    state.time.restore(now_ms, first_ms, behind)
    moved = now_ms - int(saved["now_ms"])
    try:
        state.counts.decay.restore([int(landmark) + moved for landmark in saved["landmarks"]], now_ms)
    except ValueError as error:
        raise ReleaseCorruptError(f"{folder / FACTS}: {error}.", fix="Fold the log again.") from error


def _arrays(folder: Path, names: tuple[str, ...]) -> dict[str, IntArray]:
    return {name: load_array(folder, name) for name in names}


def digest_of(state: LiveState) -> str:
    """64 hex characters over every array, id and fact of a state: equal states have equal digests.

    Args:
        state: takes time in proportion to its bytes, 157 ms at 58,000 users.
    """
    total = sha256(json.dumps([facts(state), state.articles.ids]).encode())
    for part, arrays in sorted(parts(state).items()):
        for name, array in sorted(arrays.items()):
            total.update(f"{part} {name} {array.dtype} {array.shape}".encode())
            total.update(np.ascontiguousarray(array).tobytes())
    for part in _PAIRS:
        entries = getattr(state.counts, part).entries(state.articles.used)
        total.update(f"{part} {entries.shape}".encode() + entries.places.tobytes() + entries.values.tobytes())
    return total.hexdigest()


def sizes_of(state: LiveState) -> dict[str, int]:
    """Sizes of a state, for metrics; bytes are approximate.

    Args:
        state: the live state.

    Returns:
        ``articles`` (rows in use), ``known_articles``, ``readers``, ``events`` (folded so far) and ``bytes``.
    """
    return {
        "articles": int((state.articles.number_in >= 0).sum()),
        "known_articles": len(state.articles),
        "readers": len(state.readers),
        "events": state.events,
        "bytes": memory_bytes(state),
    }


def memory_bytes(state: LiveState) -> int:
    """Approximate memory: the size of the arrays, and an estimate per Python object."""
    counts = sum(getattr(state.counts, name).sums.nbytes for name in _COUNTS)
    pairs = state.counts.pair_cells.nbytes
    reads = 4 * sum(state.readers.total)
    shown = len(state.shown) * _SHOWN_BYTES + 6 * state.shown.pairs
    articles = len(state.articles) * _ARTICLE_BYTES + len(state.articles.ids) * _NUMBER_BYTES
    sources = len(state.sources) * _SOURCE_BYTES + len(state.visits) * _VISIT_BYTES
    return counts + pairs + reads + shown + articles + sources + len(state.readers) * _READER_BYTES
