"""Facts, segments and params in a release folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from script_shared.errors import ReleaseCorruptError, ReleaseError
from script_shared.news.params import FILE, ModelParams, NewsParams
from script_shared.news.segments import SEGMENT_NAMES, SEGMENTS, Segment
from script_shared.params import load_params

FORMAT = 1  # of the folder; a release of another format is refused


def facts_in(folder: Path) -> dict[str, Any]:
    """The content of ``model.json``.

    Args:
        folder: of the release.

    Returns:
        facts by name; ``format`` is the one of this code.

    Raises:
        ReleaseError: it cannot be read, or the folder's format is not this code's.
    """
    facts = _read_json(folder / "model.json")
    if facts.get("format") != FORMAT:
        raise ReleaseError(
            f"{folder}: format {facts.get('format')} is not {FORMAT}.", fix="Train and publish a release again."
        )
    return facts


def segments_in(folder: Path, facts: dict[str, Any]) -> list[Segment]:
    """The segments that a release has recommenders for, in the order of the table.

    Args:
        folder: of the release, for messages.
        facts: the content of its ``model.json``.

    Raises:
        ReleaseError: the one that everybody may belong to is not among them.
    """
    names = facts.get("segments", ())
    if SEGMENT_NAMES[-1] not in names:  # it takes every user whom no other segment takes
        raise ReleaseError(
            f"{folder}: it has no segment {SEGMENT_NAMES[-1]}.", fix="Train and publish a release again."
        )
    return [segment for segment in SEGMENTS if segment.name in names]


def params_in(path: Path, segments: Sequence[str]) -> ModelParams:
    """The params a release was made with; those of segments that it lacks are today's, and nothing asks for them.

    Args:
        path: the release's ``params.json``.
        segments: names of the segments that it has.

    Raises:
        ReleaseError: they are not those of this version.
    """
    saved = _read_json(path)
    unknown = [name for name in ModelParams.model_fields if name in SEGMENT_NAMES and name not in segments]
    if unknown:
        today = load_params(NewsParams, FILE).model.model_dump()
        saved = {**{name: today[name] for name in unknown}, **saved}
    try:
        return ModelParams.model_validate(saved)
    except ValidationError as error:
        raise ReleaseError(
            f"{path}: not the params of this version ({error.errors()[0]['msg']}).",
            fix="Train and publish a release again.",
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{path}: not readable ({error}).", fix="Publish the release again.") from error
    return content
