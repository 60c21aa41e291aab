"""The page a person reads after an evaluation: how good the model is, for whom, and beside which plain rule."""

from typing import Any

from pipelines.report import Section, Table, render_page
from pipelines.students.evaluation.calibration import calibration_section
from pipelines.students.evaluation.models import CANDIDATE, SAME
from script_shared.plots import Plot, Series
from script_shared.students.features import STATUSES

NAMES = {
    "macro_f1": "macro-F1 of the status",
    "accuracy": "accuracy of the status",
    "recall_critical": "critical: share that is called critical",
    "precision_critical": "critical: share of those called critical that is",
    "recall_urgent": "critical: share that is called urgent",
    "precision_urgent": "critical: share of those called urgent that is",
    "auc_lagging": "AUC of lagging",
    "auc_newly_lagging": "AUC of lagging, of those who do not lag this year",
    "ap_lagging": "average precision of lagging",
    "auc_critical": "AUC of critical",
    "ap_critical": "average precision of critical",
    "brier_lagging": "Brier score of lagging",
    "brier_critical": "Brier score of critical",
    "calibration_error": "calibration error of lagging",
    "calibration_error_critical": "calibration error of critical",
}
LABELS = {"candidate": "candidate", "in_service": "in service", SAME: "same as this year", "prevalence": "prevalence"}
READING = (
    "Predicted is the status of the year after, from what is known in a year. The fits, the calibration and the "
    "thresholds use the training years alone. After each figure is its 95 % interval by student."
)


def render(content: dict[str, Any]) -> str:
    """The page as HTML text."""
    years = ", ".join(f"{year} to {year + 1}" for year in content["train"])
    return render_page(
        "Evaluation of the students' model",
        [
            *(_figures(content), _status(content), _calibration(content), _groups(content), _left_section(content)),
            *(_validation(content), _curve(content)),
        ],
        subtitle=f"Run {content['run_id']} · trained on {years} · tested on {content['test']}",
        verdict=" ".join([headline(content), *content["alarms"]]),
    )


def headline(content: dict[str, Any]) -> str:
    """One sentence: macro-F1 beside the plain rule."""
    own, same = value(content, CANDIDATE, "macro_f1"), value(content, SAME, "macro_f1")
    return f"Macro-F1 {own:.3f} where the rule “same as this year” has {same:.3f}; {content['students']:,} students."


def value(content: dict[str, Any], model: str, metric: str) -> float:
    """One figure, nan when it was not measured."""
    found = [figure for figure in content["figures"] if (figure["model"], figure["metric"]) == (model, metric)]
    return float(found[0]["value"]) if found else float("nan")


def _figures(content: dict[str, Any]) -> Section:
    models = list(dict.fromkeys(figure["model"] for figure in content["figures"]))
    by_name = {(figure["model"], figure["metric"]): figure for figure in content["figures"]}
    rows = [(name, *(_cell(by_name.get((model, metric))) for model in models)) for metric, name in NAMES.items()]
    header = ("measure", *(LABELS[model] for model in models))
    missing = [
        f"{LABELS[model].capitalize()} could not be measured: {why}." for model, why in content["missing"].items()
    ]
    return Section("How good is it?", " ".join([READING, *missing]), [Table(header, rows)])


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None or figure["value"] != figure["value"]:
        return "–"
    text = f"{figure['value']:.3f}"
    return text if figure["low"] != figure["low"] else f"{text} ({figure['low']:.3f} to {figure['high']:.3f})"


def _status(content: dict[str, Any]) -> Section:
    rows = [(name, *counts) for name, counts in zip(STATUSES, content["confusion"], strict=True)]
    limits = content["thresholds"]
    text = (
        f"Critical from a chance of {limits['critical']:.2f} on, else alert from a chance of lagging of "
        f"{limits['lagging']:.2f} on; urgent from a chance of critical of {limits['urgent']:.2f} on."
    )
    return Section("Actual and predicted status", text, [Table(("actual", *STATUSES), rows), *_costs(content)])


def _costs(content: dict[str, Any]) -> list[Table]:
    """The cost table, if the thresholds were chosen by it."""
    if content["costs"] is None:
        return []
    rows = [(name, *costs) for name, costs in zip(STATUSES, content["costs"], strict=True)]
    text = "Cost of each mistake; the thresholds of the status are those with the lowest cost on the training years."
    return [Table(("came", *(f"called {name}" for name in STATUSES)), rows, text)]


def _calibration(content: dict[str, Any]) -> Section:
    metrics = {"lagging": "calibration_error", "critical": "calibration_error_critical"}
    return calibration_section(content, {name: value(content, CANDIDATE, metric) for name, metric in metrics.items()})


def _groups(content: dict[str, Any]) -> Section:
    header = ("group", "", "students", "lagged", "mean chance", "AUC", "critical", "of those urgent", "urgent")
    names = ("kind", "name", "students", "lagging", "chance", "auc", "critical", "found", "alarms")
    rows = [tuple(group[name] for name in names) for group in content["groups"]]
    return Section("For whom?", " ".join(content["group_sentences"]), [Table(header, rows)])


def _left_section(content: dict[str, Any]) -> Section:
    left = content["left"]
    text = (
        f"{left['students']:,} students ({left['share']:.0%}) left before the next sheet, so nobody knows what became "
        f"of them. {left['lagging_of_left']:.0%} of them lagged in their last year, {left['lagging_of_stayed']:.0%} of "
        "those who stayed. The model learns from those who stay and speaks for them."
    )
    return Section("Who is not in these figures", text)


def _validation(content: dict[str, Any]) -> Section:
    rows = [(NAMES[each["metric"]], each["mean"], each["deviation"]) for each in content["cross_validation"]]
    repeats = content["cross_validation"][0]["repeats"] if rows else 0
    text = (
        f"Cross-validation on the training years alone, {repeats} times with other draws; all years of a student are "
        "in one part. Figures on the test may be lower: it is of another year."
    )
    return Section("Without the test", text, [Table(("measure", "mean", "deviation over repeats"), rows)])


def _curve(content: dict[str, Any]) -> Section:
    points = content["learning_curve"]
    series = [
        Series(NAMES[name], [each[name] for each in points]) for name in ("macro_f1", "auc_lagging", "ap_critical")
    ]
    names = [str(each["students"]) for each in points]
    plot = Plot("lines", "Figures by students", "students to learn from", names, series, numeric=True, top=1.0)
    text = "Smaller models than the candidate, on the test. Where a line still rises, more students would help."
    return Section("Would more students help?", text, [plot] if points else [])
