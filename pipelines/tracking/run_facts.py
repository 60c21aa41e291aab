"""What the training records of all use cases take from the facts of a run's steps."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.runs import MANIFEST, Run
from pipelines.tracking.record import Release, State
from pipelines.tracking.registry_plan import release_of
from script_shared.errors import PautaError
from script_shared.releases import Releases

AFTER_TRAINING = ("evaluated", "gated", "published")
TRACKED = "tracked"  # where the step that ends a run leaves its mark
FRESH_SECONDS = 3_600  # a run that finished a step within the last hour may still be going on


def trained_runs(root: Path) -> list[str]:
    """Ids of the runs below the use case's folder in which a model was trained.

    Args:
        root: the use case's data folder.
    """
    return sorted({path.parent.name for path in (root / "trained").glob(f"[!.]*/{MANIFEST}")})


def steps_after(run: Run, since: int) -> dict[str, dict[str, Any]]:
    """Facts of the steps that followed a training, in order; a later training makes earlier ones void.

    Args:
        since: when the training ended, epoch milliseconds.
    """
    steps: dict[str, dict[str, Any]] = {}
    for name in AFTER_TRAINING:
        if not run.complete(name) or finished_ms(run.facts(name)) < since:
            break
        steps[name] = run.facts(name)
        since = finished_ms(steps[name])
    return steps


def state_of(run: Run, steps: dict[str, Any], ended_ms: int, *, over: bool) -> State:
    """Whether the training ended with a release, ended without one, or may still go on.

    Args:
        steps: those that followed it.
        ended_ms: when the last of them ended.
        over: nothing more will happen in the run.
    """
    if "published" in steps:
        return "finished"
    marked = run.complete(TRACKED) and finished_ms(run.facts(TRACKED)) >= ended_ms
    return "failed" if over or marked or time.time() - ended_ms / 1_000 > FRESH_SECONDS else "running"


def finished_ms(facts: dict[str, Any]) -> int:
    """When a step ended, epoch milliseconds.

    Args:
        facts: of a complete step; ``finished_at`` is ISO 8601 with an offset.
    """
    return int(1_000 * datetime.fromisoformat(facts["finished_at"]).timestamp())


def data_of(run: Run, folder: str) -> dict[str, str]:
    """Source and fingerprint of the data, from the facts of the folder that holds it as it came; empty without it.

    Args:
        run: whose folders are read.
        folder: of the step that holds the data as it came, such as ``raw``.

    Returns:
        ``source`` and ``fingerprint``, each only if it is known.
    """
    facts = run.facts(folder) if run.complete(folder) else {}
    return {name: str(facts[name]) for name in ("source", "fingerprint") if facts.get(name)}


def published_release(releases: Releases, steps: dict[str, Any]) -> Release | None:
    """The release of a run; None if it has none, if it was deleted, or while the release store is unreachable.

    Args:
        releases: of the use case.
        steps: facts of the run's steps, by folder.
    """
    if "published" not in steps:
        return None
    try:
        return release_of(releases.manifest(str(steps["published"]["version"])), releases.uri)
    except PautaError:
        return None


def gate_note(gated: dict[str, Any], reasons: Iterable[str]) -> str:
    """The verdict of the gate and its reasons as Markdown, "" for a run that the gate has not seen.

    Args:
        gated: facts of the gate, empty without.
        reasons: sentences.
    """
    if not gated:
        return ""
    verdict = "Accepted by the gate." if gated.get("accepted") else "Refused by the gate."
    return "\n".join([f"**{verdict}**", "", *(f"- {reason}" for reason in reasons)])
