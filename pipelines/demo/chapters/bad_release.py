"""A bad release: its ranker puts last what readers want most. The gate measures it and refuses it."""

import json
from pathlib import Path

from pipelines.demo.stage import ChapterFailedError, Stage
from pipelines.runs import new_run_id

UNTIL_RANK = ("download", "refine", "quality", "train", "assemble", "rank")
OFFERED = ("evaluate", "gate", "publish", "promote")
BAD = "bad_release"  # what later chapters know it by
MOST_REASONS = 3


def bad_release(stage: Stage) -> None:
    """Train on the newest clicks, plant the fault, and offer the result to the gate.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: the gate accepted it.
    """
    run = new_run_id()
    stage.note("bad_training", run=run)
    stage.command("news", "--run-id", run, *_flags(UNTIL_RANK))
    context = stage.context("news", run)
    turn_round(context.run.folder("ranked"))
    stage.note("bad_fault")
    stage.command("news", "--run-id", run, *_flags(OFFERED))
    verdict = context.run.facts("gated")
    if verdict["accepted"]:
        raise ChapterFailedError("the gate accepted the bad release")
    worse = [reason for reason in verdict["reasons"] if "not " not in reason.split("%")[-1]] or verdict["reasons"]
    stage.kept[BAD] = run
    stage.show(reasons=worse[:MOST_REASONS], release=run)
    stage.note("refused", release=run)


def _flags(steps: tuple[str, ...]) -> list[str]:
    return [flag for step in steps for flag in ("--step", step)]


def turn_round(folder: Path) -> None:
    """Turn the rankers of a trained run round, as a wrong sign in a training would, and serve them to everybody.

    Args:
        folder: of the step ``rank``, with models that are measured and the one that is published.
    """
    for path in folder.rglob("ranker.txt"):
        path.write_text(turned_round(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in folder.rglob("ranker.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(facts | {"segments": ["logged", "semi_logged", "anonymous"]}), encoding="utf-8")
    for path in folder.rglob("mixing.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        trusted = dict.fromkeys(facts["trusted_clicks"], 0.0)
        path.write_text(json.dumps(facts | {"otherwise": 0.0, "trusted_clicks": trusted}), encoding="utf-8")


def turned_round(model: str) -> str:
    """A LightGBM model with the opposite of every leaf's value, which puts every list in the opposite order.

    Args:
        model: in LightGBM's text format.

    >>> turned_round("tree_sizes=9\\nleaf_value=0.5 -1\\n")
    'leaf_value=-0.5 1.0\\n'
    """
    lines = []
    for line in model.splitlines():
        if line.startswith("leaf_value="):
            values = (repr(-float(value)) for value in line.removeprefix("leaf_value=").split())
            line = "leaf_value=" + " ".join(values)
        lines.append(line)
    return "\n".join(line for line in lines if not line.startswith("tree_sizes=")) + "\n"
