"""Step publish: the trained release with its model card, its figures and the gate's verdict."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.publishing import publish_release, step_facts
from pipelines.recruiting.release.model_card import card_of
from pipelines.runs import MANIFEST
from pipelines.use_case import Context
from script_shared.recruiting.release_folder import CARD


def publish(context: Context) -> dict[str, Any]:
    """Publish the run's model with its figures, the gate's verdict and its card.

    Returns:
        ``version``, ``files``, ``megabytes`` of the release.

    Raises:
        RunError: the run is not trained, evaluated and gated yet.
    """
    run = context.run
    facts = {
        "source": run.facts("landing").get("source") if run.complete("landing") else None,
        "gate": step_facts(context, "gated"),
        "evaluation": step_facts(context, "evaluated"),
        "training": step_facts(context, "trained"),
    }
    with TemporaryDirectory(prefix="pauta-recruiting-") as scratch:
        folder = Path(scratch) / "release"
        shutil.copytree(run.read("trained"), folder, ignore=shutil.ignore_patterns(MANIFEST))
        (folder / CARD).write_text(json.dumps(card_of(facts), indent=1, ensure_ascii=False), encoding="utf-8")
        return publish_release(context, folder, facts)
