"""The record of one training: all that is sent to MLflow, as values that do not depend on MLflow."""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from script_shared.storage.local import digest_file

State = Literal["running", "finished", "failed"]
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_\-. /]")


@dataclass(frozen=True)
class Release:
    """A release as the registry knows it.

    Attributes:
        version: its name in the releases store.
        run_id: the pipeline run that made it, "" when a person did.
        uri: where it is.
        checksum: SHA-256 of its manifest, which holds the checksums of all its files.
        created_at: UTC, ISO 8601.
        verdict: what the gate said: accepted, refused, or "" when it was not asked.
        reasons: of the verdict.
    """

    version: str
    run_id: str
    uri: str
    checksum: str
    created_at: str
    verdict: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One training.

    Attributes:
        key: names the training; a run that was trained twice has two.
        run_id: of the pipeline run.
        state: running while it may still go on.
        started_ms: epoch milliseconds.
        ended_ms: epoch milliseconds; when its last step ended.
        params: flat names to texts.
        metrics: flat names to numbers; none is nan.
        tags: short texts, for people and searches.
        data: name and digest of the data that it was trained on.
        release: what came out of it.
        files: by place among the artifacts, the file.
    """

    key: str
    run_id: str
    state: State
    started_ms: int
    ended_ms: int
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    release: Release | None = None
    files: dict[str, Path] = field(default_factory=dict)

    def as_json(self) -> str:
        """Everything but the files, which are beside it."""
        content = asdict(self)
        del content["files"]
        return json.dumps(content, indent=1, sort_keys=True, allow_nan=False)

    def digest(self) -> str:
        """Changes with any value, and with any byte of a file."""
        parts = [self.as_json(), *(f"{name} {digest_file(self.files[name]).sha256}" for name in sorted(self.files))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables as flat names and texts.

    Args:
        values: nested tables of JSON values.
        prefix: before each name.

    Returns:
        texts by name; values that are no texts are JSON.

    >>> flat({"logged": {"als": {"factors": 64}}, "cutoffs": [5, 10], "max_users": None})
    {'logged.als.factors': '64', 'cutoffs': '[5, 10]', 'max_users': 'null'}
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value if isinstance(value, str) else json.dumps(value, default=str)
    return found


def metric_name(*parts: str) -> str:
    """The parts as one name that MLflow takes; the first part groups it.

    Args:
        *parts: joined by ``/``; characters that MLflow refuses become ``_``.

    >>> metric_name("logged", "ndcg@10")
    'logged/ndcg_at_10'
    """
    return _NOT_IN_NAMES.sub("_", "/".join(parts).replace("@", "_at_"))


def numbers(found: dict[str, Any]) -> dict[str, float]:
    """The numbers among the values, without those that are missing.

    Args:
        found: values of any type.

    Returns:
        finite numbers by name.
    """
    kept = {name: value for name, value in found.items() if isinstance(value, int | float)}
    return {name: float(value) for name, value in kept.items() if math.isfinite(value)}
