"""Evaluations made up for tests of what is done with them."""

from math import nan

from pipelines.measures.figures import METRICS, Difference, Figure
from pipelines.news.evaluation.result import Evaluation

SEGMENTS = {"logged": 400, "semi_logged": 300, "anonymous": 200}


def made_up(values: dict[str, dict[str, float]], **changes) -> Evaluation:
    """An evaluation in which every measure of a model on a segment is the given value (0.1 where none is given)."""
    figures, differences = [], []
    for segment in (*SEGMENTS, "all"):
        users = SEGMENTS.get(segment, 900)
        for metric in METRICS:
            for model, by_segment in values.items():
                value = by_segment.get(segment, 0.1)
                figures.append(Figure(model, segment, metric, 10, value, value - 0.01, value + 0.01, users))
                if model != "candidate" and "candidate" in values:
                    gap = values["candidate"].get(segment, 0.1) - value
                    differences.append(
                        Difference("candidate", model, segment, metric, 10, gap, gap - 0.005, gap + 0.005)
                    )
    content = {
        "run_id": "r1",
        "kind": "candidate",
        "evaluated_at": "2026-11-20T10:00:00+00:00",
        "source": "sample",
        "releases": {"candidate": "r1", **({"in_service": "r0"} if "in_service" in values else {})},
        "window": {
            "start": "2022-08-14T15:00:00+00:00",
            "end": "2022-08-15T03:00:00+00:00",
            "start_ms": 1,
            "end_ms": 2,
            "protocol": "time_split",
        },
        "ground_truth": {"new_reads": 1000, "users_evaluated": 900},
        "segments": {name: {"users": users, "new_reads": users} for name, users in SEGMENTS.items()},
        "missing": {},
        "notes": [],
        "figures": figures,
        "differences": differences,
        "judged": {"metric": "ndcg", "cutoff": 10},
    }
    return Evaluation(**{**content, **changes})


MISSING = nan
