"""The gate: what a candidate has to beat, and what stops it."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.recruiting.release.gate import gate
from tests.pipelines.recruiting.conftest import make_context


def judged(tmp_path: Path, **change: Any) -> dict[str, Any]:
    values = {"candidate": 0.5, "newest": 0.2} | change.pop("values", {})
    content = {
        "cases": 400,
        "release": "in_service" in values or None,
        "missing": {},
        "alarms": [],
        "figures": [{"model": name, "metric": "mrr_at_10", "value": value} for name, value in values.items()],
        "differences": [{"reference": "newest", "metric": "mrr_at_10", "low": 0.2, "high": 0.4}],
    } | change
    context = make_context(tmp_path, force=content.pop("force", None))
    with context.run.write("evaluated") as (folder, _):
        (folder / "metrics.json").write_text(json.dumps(content), encoding="utf-8")
    return gate(context)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({}, True),
        ({"values": {"newest": 0.6}, "differences": []}, False),
        ({"values": {"in_service": 0.51}}, True),
        ({"values": {"in_service": 0.6}}, False),
        ({"alarms": ["AUC of 0.990 is above 0.95."]}, False),
        ({"cases": 5}, False),
        ({"values": {"candidate": None}}, False),
    ],
)
def test_a_candidate_has_to_be_better_than_the_baselines_and_not_worse_than_what_serves(
    tmp_path: Path, change: dict[str, Any], accepted: bool
) -> None:
    verdict = judged(tmp_path, **change)
    assert verdict["accepted"] is accepted
    assert verdict["reasons"]


def test_a_person_may_overrule_it_and_the_verdict_says_so(tmp_path: Path) -> None:
    verdict = judged(tmp_path, force="promote", alarms=["too good."])
    assert verdict["accepted"] is True
    assert verdict["reasons"][0] == "A person chose to promote it; the figures alone say refuse."
