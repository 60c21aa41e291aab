"""The figures of the newest look as JSON, which the API exports as gauges."""

import json
from datetime import UTC, datetime
from typing import Any

from pipelines.guard.action import last_rollback
from pipelines.guard.tally import Tally
from pipelines.use_case import Context
from script_shared.releases import Pointer

NAME = "guard.json"  # in the use case's folder of evaluations; the API reads the same name


def write_figures(
    context: Context, look: dict[str, Any], tally: Tally, until_ms: int, pointer: Pointer | None
) -> dict[str, Any]:
    """Replace the figures of a use case; a reading process gets either the old file or the new one.

    Args:
        context: names the use case and its folder.
        look: its result.
        tally: of the release that was looked at.
        until_ms: where the look ended.
        pointer: the release in service now.

    Returns:
        the figures.
    """
    last = last_rollback(pointer) if pointer else None
    clicks = tally.clicks
    content = {
        **look,
        "looked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "until_ms": until_ms,
        "clicks": clicks,
        "answers": tally.answers,
        "hit_rate": tally.hits / clicks if clicks else None,
        "popularity": tally.popular / clicks if clicks else None,
        "last_rollback": last.isoformat(timespec="seconds") if last else None,
    }
    folder = context.settings.evaluation_dir / context.use_case
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / NAME, folder / f".{NAME}.partial"
    partial.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
    partial.replace(path)
    return content
