"""``python -m tests.app.damaged RELEASE WORK [--some]``: a release's files damaged in every way, and the verdicts.

Each damaged copy is tried in a fork of this process, which has read no release and started no threads. Prints one JSON
object a line: ``{"file", "damage", "verdict"}``; the verdict of a fork that was killed names the signal.
"""

import contextlib
import gc
import io
import json
import logging
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from app import memory
from app.news.releases.release_loader import trial_input
from app.news.releases.release_trial import NewsTrial
from app.releases.release_trial import describe
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.releases import Manifest

SECONDS = 100


def halved(path: Path, content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(path: Path, content: bytes) -> bytes:
    return b""


def noise(path: Path, content: bytes) -> bytes:
    return np.random.default_rng(1).bytes(max(len(content), 64))


def _values(content: bytes, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    """The array with other values, its header as it was or as it must be."""
    array = np.load(io.BytesIO(content), allow_pickle=False)
    made = io.BytesIO()
    np.save(made, change(array.copy()), allow_pickle=False)
    return made.getvalue()


def _noisy(array: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(2).bytes(array.nbytes)
    return np.frombuffer(noise, array.dtype).reshape(array.shape) if array.size else array


def _wild(array: np.ndarray, value: float) -> np.ndarray:
    if array.size:
        array.flat[array.size // 2] = value
    return array


def _extreme(array: np.ndarray, *, high: bool) -> np.ndarray:
    if array.dtype.kind == "f":
        return _wild(array, np.finfo(array.dtype).max if high else np.finfo(array.dtype).min)
    if array.dtype.kind == "i" or (array.dtype.kind == "u" and high):  # 0, the least of the others, is nothing wild
        return _wild(array, np.iinfo(array.dtype).max if high else np.iinfo(array.dtype).min)
    return array


def _nan(array: np.ndarray) -> np.ndarray:
    return _wild(array, np.nan) if array.dtype.kind == "f" else array


def _other_kind(array: np.ndarray) -> np.ndarray:
    return array.astype(np.int64 if array.dtype.kind in "fb" else np.float64)


def _longer(array: np.ndarray) -> np.ndarray:
    return np.concatenate([array, array[:1]]) if len(array) else np.zeros((1, *array.shape[1:]), array.dtype)


OF_BYTES = {"halved": halved, "emptied": emptied, "noise": noise}
OF_VALUES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "noise as values": _noisy,
    "not a number": _nan,
    "huge": lambda array: _extreme(array, high=True),
    "hugely negative": lambda array: _extreme(array, high=False),
    "another kind": _other_kind,
    "one longer": _longer,
    "one dimension more": lambda array: array[None],
}
MISSING = "missing"


def damages(path: Path) -> Iterator[tuple[str, bytes | None]]:
    """By name what the file holds then, None when it is not there; those that change nothing are left out."""
    content = path.read_bytes()
    yield MISSING, None
    for name, change in OF_BYTES.items():
        yield name, change(path, content)
    if path.suffix == ".npy":
        for name, of_values in OF_VALUES.items():
            if (made := _values(content, of_values)) != content:
                yield name, made


def some(path: Path, number: int) -> Iterator[tuple[str, bytes | None]]:
    """The damages of one file that differ most (every other array is missing, every other halved), and one of the
    others in turn.
    """
    found = dict(damages(path))
    main = [name for name in (MISSING, "halved", "noise as values") if name in found]
    rest = [name for name in found if name not in main]
    if path.suffix == ".npy":
        main.remove((MISSING, "halved")[number % 2])
    yield from ((name, found[name]) for name in [*main, rest[number % len(rest)]])


def tried(folder: Path, params: NewsParams) -> dict[str, object]:
    """The verdict on a folder, made in a fork."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _try(folder, params, writer)
    os.close(writer)
    with os.fdopen(reader) as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"reason": signal.Signals(os.WTERMSIG(status)).name, "parts": {}}
    return dict(json.loads(said))


def _try(folder: Path, params: NewsParams, writer: int) -> None:
    """In the fork: never returns."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    signal.alarm(SECONDS)
    trial, reason = NewsTrial(trial_input(params)), ""
    try:
        trial.run(folder, Manifest.model_construct(), ())
    except Exception as error:  # noqa: BLE001  as the check itself does
        reason = describe(error)
    os.write(writer, json.dumps({"reason": reason, "parts": trial.parts}).encode())
    os._exit(0)


def small_params() -> NewsParams:
    """Those of the package, with a live state of few articles, which is made in no time."""
    params = load_params(NewsParams, FILE)
    return params.model_copy(update={"live": params.live.model_copy(update={"articles": 128})})


def main() -> None:
    release, work = Path(sys.argv[1]), Path(sys.argv[2])
    warnings.simplefilter("ignore")
    logging.disable()
    memory.import_lightgbm()
    params = small_params()
    gc.freeze()  # a collection in a fork would copy these pages
    gc.disable()
    shutil.copytree(release, work)
    print(json.dumps({"file": "", "damage": "", "verdict": tried(work, params)}), flush=True)
    for number, path in enumerate(sorted(path for path in work.rglob("*") if path.is_file())):
        content, name = path.read_bytes(), path.relative_to(work).as_posix()
        for damage, made in some(path, number) if "--some" in sys.argv else damages(path):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            if made is not None:
                path.write_bytes(made)
            print(json.dumps({"file": name, "damage": damage, "verdict": tried(work, params)}), flush=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
