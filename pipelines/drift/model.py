"""What drift means for the model: its figures on labelled rows when it was trained and now.

Drift of data is no harm by itself. Only figures on rows whose outcome is known say whether the model still works.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any

from pipelines.drift.compare import Drift
from pipelines.measures.evaluation_csv import NAME, read_rows
from pipelines.report import Section, Table
from pipelines.use_case import Context
from script_shared.errors import PautaError
from script_shared.use_cases import FIRST

CANDIDATE, IN_SERVICE = "candidate", "in_service"
MAIN = ("hr", "ndcg", "auc", "pr_auc", "brier", "macro_f1")  # the figure of the sentence is the first that was measured
LOWER_IS_BETTER = ("brier", "log_loss", "ece")
SEGMENT = "all"


@dataclass(frozen=True)
class ModelFigure:
    """One figure of the release in service.

    Attributes:
        metric: such as ``hr@10``.
        before: the value when it was trained; low_before, high_before: its 95 % interval, nan without one.
        now: the newest value, of rows that came later; low, high: its interval.
    """

    metric: str
    before: float
    low_before: float
    high_before: float
    now: float
    low: float
    high: float

    @property
    def fell(self) -> bool | None:
        """Whether the value is worse now beyond both intervals; None if an interval is missing."""
        if any(map(isnan, (self.low_before, self.high_before, self.low, self.high))):
            return None
        if self.metric.partition("@")[0] in LOWER_IS_BETTER:
            return self.low > self.high_before
        return self.high < self.low_before


@dataclass(frozen=True)
class ModelFigures:
    """The figures of the release in service, when it was trained and now.

    Attributes:
        release: in service, "" for none.
        figures: those that were measured both times, the main one first.
        now_of: ``release`` if the release itself was measured again, ``candidate`` if only a model that was trained
            since was measured on newer rows, "" for neither.
        now_at: when, ISO 8601, "" for never.
    """

    release: str
    figures: tuple[ModelFigure, ...] = ()
    now_of: str = ""
    now_at: str = ""

    def sentence(self, *, alarm: bool) -> str:
        """What the drift means for the model, as far as it was measured.

        Args:
            alarm: whether columns that the model uses have large drift.
        """
        drift = "The data differ largely" if alarm else "The data do not differ largely"
        if not self.release:
            return f"{drift}; no release is in service that this could concern."
        if not self.figures:
            return (
                f"{drift}; what this means for release {self.release} is unknown, because nothing was measured on "
                "labelled rows since it was trained."
            )
        main = self.figures[0]
        moved = f"{main.metric} is {main.now:.3f}, it was {main.before:.3f} when it was trained"
        if self.now_of == CANDIDATE:
            return f"{drift}; release {self.release} was not measured again, but a model trained since was: {moved}."
        meaning = {
            True: f"release {self.release} is worse than when it was trained, beyond chance",
            False: f"release {self.release} is not measurably worse than when it was trained",
            None: f"whether release {self.release} is worse is unknown without intervals",
        }[main.fell]
        return f"{drift}; {meaning}: {moved}."

    def plain(self, *, alarm: bool) -> dict[str, Any]:
        """As JSON values, with the sentence."""
        figures = [{name: _none_for_nan(value) for name, value in asdict(each).items()} for each in self.figures]
        return {**asdict(self), "figures": figures, "sentence": self.sentence(alarm=alarm)}


def model_figures(context: Context) -> ModelFigures:
    """The figures of the release in service from the table of all evaluations; none where it cannot be read.

    Args:
        context: names the releases and the folder of evaluations.
    """
    try:
        pointer = context.releases.current()
        if pointer is None:
            return ModelFigures("")
        run_id = context.releases.manifest(pointer.version).run_id or pointer.version
        table = context.settings.evaluation_dir / ("" if context.use_case == FIRST else context.use_case) / NAME
        rows = read_rows(table).to_dict("records")
    except (PautaError, OSError):
        return ModelFigures("")
    return figures_of(rows, pointer.version, run_id)


def figures_of(rows: list[dict[str, str]], release: str, run_id: str) -> ModelFigures:
    """The same from rows, oldest first.

    Args:
        rows: as in the table of evaluations: ``run_id``, ``model``, ``release``, ``segment``, ``metric``, ``cutoff``,
            ``value``, ``low``, ``high``, ``protocol``, ``evaluated_at``.
        release: in service.
        run_id: of the run that made it.
    """
    rows = [row for row in rows if row.get("segment", SEGMENT) in (SEGMENT, "")]
    replayed = [row for row in rows if row.get("protocol") == "replay"]
    rows = replayed or rows  # the replay measures what is served
    own = [row for row in rows if row["run_id"] == run_id and row["model"] == CANDIDATE]
    again = [
        row for row in rows if row["run_id"] != run_id and row["model"] == IN_SERVICE and row["release"] == release
    ]
    if again and own:
        return _pair_figures(release, own, again, "release")
    place = rows.index(own[-1]) if own else len(rows)
    later = [row for row in rows[place + 1 :] if row["run_id"] != run_id and row["model"] == CANDIDATE]
    return _pair_figures(release, own, later, CANDIDATE) if own and later else ModelFigures(release)


def section_of(model: ModelFigures, drift: Drift) -> Section:
    """The model's figures beside the drift, as a section of the page."""
    rows = [(each.metric, each.before, each.low_before, each.high_before, each.now, each.low, each.high)
            for each in model.figures]  # fmt: skip
    header = ("figure", "when trained", "low", "high", "now", "low", "high")
    return Section(
        "What this means for the model", model.sentence(alarm=drift.alarm), [Table(header, rows)] if rows else []
    )


def _pair_figures(release: str, own: list[dict[str, str]], later: list[dict[str, str]], now_of: str) -> ModelFigures:
    newest = later[-1]["run_id"]
    before, now = ({_metric(row): row for row in some} for some in (own, [r for r in later if r["run_id"] == newest]))
    found = [
        ModelFigure(name, *_interval(before[name]), *_interval(now[name]))
        for name in before
        if name in now and not isnan(_number(before[name]["value"])) and not isnan(_number(now[name]["value"]))
    ]
    found.sort(key=_order)
    if not found:
        return ModelFigures(release)
    return ModelFigures(release, tuple(found), now_of, later[-1].get("evaluated_at", ""))


def _order(figure: ModelFigure) -> tuple[int, int]:
    name, _, cutoff = figure.metric.partition("@")
    return (MAIN.index(name) if name in MAIN else len(MAIN)), 0 if cutoff in ("", "10") else 1


def _metric(row: Mapping[str, str]) -> str:
    cutoff = str(row.get("cutoff") or "").partition(".")[0]
    return f"{row['metric']}@{cutoff}" if cutoff else row["metric"]


def _interval(row: Mapping[str, str]) -> tuple[float, float, float]:
    return _number(row["value"]), _number(row.get("low", "")), _number(row.get("high", ""))


def _number(text: str) -> float:
    return float(text) if text not in ("", None) else nan


def _none_for_nan(value: Any) -> Any:
    return None if isinstance(value, float) and isnan(value) else value
