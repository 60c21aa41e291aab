"""One evaluation as a document: models, users and figures."""

import json
from dataclasses import asdict, dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import Any, Literal

from pipelines.measures.figures import Difference, Figure
from pipelines.news.replay.figures import ReplayResult

CANDIDATE, IN_SERVICE, EARLIER = "candidate", "in_service", "earlier"  # earlier_1, earlier_2 ... were in service before
BATCH, REPLAY = "batch", "replay"  # protocols: one list per user at T; a list before every click


@dataclass(frozen=True)
class Evaluation:
    """One evaluation, complete.

    Attributes:
        run_id: of the pipeline run.
        kind: of a candidate, or of the release in service on the newest data.
        evaluated_at: UTC, ISO 8601.
        source: of the raw data.
        releases: by model, the release it is; rows that are no release are not there.
        window: start, end (UTC, ISO 8601), both in epoch milliseconds, and the protocol.
        ground_truth: counts of reads kept and left out, and of users.
        segments: by segment the counts of held-out users and of their new reads.
        missing: by model, why it could not be evaluated.
        notes: sentences a user of the figures must know.
        figures: see ``pipelines.measures.figures``.
        differences: of the candidate to every other model.
        judged: metric and cutoff the gate looks at.
        seconds: how long each part took.
        lacking: segments that the release in service does not have.
        replayed: the same window click by click, through the code that serves; None when it was not replayed.
    """

    run_id: str
    kind: Literal["candidate", "service"]
    evaluated_at: str
    source: str
    releases: dict[str, str]
    window: dict[str, Any]
    ground_truth: dict[str, int]
    segments: dict[str, dict[str, int]]
    missing: dict[str, str]
    notes: list[str]
    figures: list[Figure]
    differences: list[Difference]
    judged: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    replayed: ReplayResult | None = None

    def by_click(self) -> "Evaluation | None":
        """The figures of the replay as an evaluation of its own, to be read and drawn alike; None without."""
        if self.replayed is None:
            return None
        metric = "hr" if self.judged["metric"] == "recall" else self.judged["metric"]  # one click: the same
        return replace(
            self,
            figures=self.replayed.figures,
            differences=self.replayed.differences,
            segments=self.replayed.segments,
            judged={**self.judged, "metric": metric},
            replayed=None,
        )

    def earlier(self) -> list[str]:
        """Earlier releases that were measured, in the order they were chosen."""
        return [model for model in self.releases if model.startswith(f"{EARLIER}_") and model not in self.missing]

    def models(self) -> list[str]:
        """Evaluated models, in the order of the figures."""
        return list(dict.fromkeys(figure.model for figure in self.figures))

    def figure(self, model: str, segment: str, metric: str, cutoff: int) -> Figure | None:
        """One figure, None when it was not measured."""
        wanted = (model, segment, metric, cutoff)
        return next((f for f in self.figures if (f.model, f.segment, f.metric, f.cutoff) == wanted), None)

    def difference(self, reference: str, segment: str, metric: str, cutoff: int) -> Difference | None:
        """The difference to a reference, None when it was not measured."""
        wanted = (reference, segment, metric, cutoff)
        return next((d for d in self.differences if (d.reference, d.segment, d.metric, d.cutoff) == wanted), None)

    def as_json(self) -> str:
        """The whole evaluation; a missing figure is null."""
        return json_text(asdict(self))

    def rows(self) -> list[dict[str, Any]]:
        """One CSV row per figure: those of one list per user, then those of the replay."""
        clicks = self.replayed.figures if self.replayed else []
        return [
            {
                "run_id": self.run_id,
                "evaluated_at": self.evaluated_at,
                "source": self.source,
                "release": self.releases.get(figure.model, ""),
                **asdict(figure),
                "window_start": self.window["start"],
                "window_end": self.window["end"],
                "protocol": protocol,
            }
            for protocol, figures in ((BATCH, self.figures), (REPLAY, clicks))
            for figure in figures
        ]


def json_text(content: Any) -> str:
    """JSON in which nan is null.

    Args:
        content: JSON values; nan and infinite numbers may be among them.
    """
    return json.dumps(_nulls(content), indent=1, allow_nan=False)


def read_evaluation(path: Path) -> Evaluation:
    """Read the output of ``as_json``; null becomes nan.

    Args:
        path: of ``metrics.json``.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    figures = [Figure(**_nans(row)) for row in content.pop("figures")]
    differences = [Difference(**_nans(row)) for row in content.pop("differences")]
    replayed = content.pop("replayed", None)
    return Evaluation(**content, figures=figures, differences=differences, replayed=_replay_result(replayed))


def _replay_result(content: dict[str, Any] | None) -> ReplayResult | None:
    if content is None:
        return None
    rows = {name: content.pop(name, []) for name in ("figures", "differences", "sources", "source_differences")}
    figures, differences, sources, of_sources = rows.values()
    return ReplayResult(
        **content,
        figures=[Figure(**_nans(row)) for row in figures],
        differences=[Difference(**_nans(row)) for row in differences],
        sources=[Figure(**_nans(row)) for row in sources],
        source_differences=[Difference(**_nans(row)) for row in of_sources],
    )


def _nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nulls(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_nulls(part) for part in value]
    return None if isinstance(value, float) and isnan(value) else value


def _nans(row: dict[str, Any]) -> dict[str, Any]:
    return {key: float("nan") if part is None else part for key, part in row.items()}
