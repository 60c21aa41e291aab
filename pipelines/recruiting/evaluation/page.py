"""The page a person reads after an evaluation: how good the orders are, for whom, and compared with which baselines."""

from typing import Any

from pipelines.recruiting.evaluation.counterfactual import MOVED
from pipelines.recruiting.evaluation.figures import CANDIDATE
from pipelines.report import Section, Table, render_page
from script_shared.plots import Plot, Series

LABELS = {
    CANDIDATE: "ranker",
    "newest": "newest vacancy first",
    "most_applied": "most applications in 14 days",
    "same_area": "same area, then newest",
    "tfidf_title": "TF-IDF of titles",
    "tfidf_text": "TF-IDF of all text",
    "lsa": "LSA",
    "learnt": "LSA with the learnt projection",
    "bm25": "BM25",
    "similarity": "similarity of the learnt vectors",
    "match": "match classifier",
    "applicants_order": "order inside a vacancy",
    "latest_first": "latest application first",
    "candidate_ranker": "candidates' ranker",
    "random": "random order",
}
PEOPLE = {
    **LABELS,
    CANDIDATE: "candidates' ranker, of the nearest",
    "newest": "latest activity first",
    "most_active": "most applications first",
    "same_area": "same area, then latest activity",
}
NEXT = {"hr_at_10": "among the first ten", "mrr_at_10": "MRR@10", "ndcg_at_10": "NDCG@10"}
RECALL = {
    f"{kind}recall_at_{depth}": f"{name} at {depth}"
    for kind, name in (("", "recall"), ("hired_", "of the hired"))
    for depth in (10, 50, 100)
}
HIRE = {
    "auc_hired": "AUC over all",
    "auc_inside": "AUC inside a vacancy",
    "ndcg_at_5": "NDCG@5 inside",
    "graded_ndcg_at_10": "NDCG@10 by outcome",
    "calibration_error": "calibration error",
    "brier": "Brier score",
}
GRADES = {"pearson": "Pearson", "spearman": "Spearman"}
READING = (
    "The models learnt from the days before the test. On each day of the test they know only the days before it. "
    "After each figure is its 95 % interval, by candidate here and by vacancy below."
)
HIRES = (
    "The AUC over all applications mostly measures which vacancies are filled; the order inside a vacancy, where a "
    "recruiter chooses, is learnt separately. Applications that are not decided yet count as not hired. Answers show "
    "the chance, but never order by it."
)
CORRELATED = "Correlation with the grade of the applications that have one: 0 refused, 1 put forward … 4 hired."


def render(content: dict[str, Any]) -> str:
    """The page as HTML text."""
    sections = [
        _figures(content, "The candidate's next vacancy among the open ones", READING, NEXT),
        _figures(content, "Applicants among all candidates", "Recall of a vacancy's applicants.", RECALL, PEOPLE),
        _figures(content, "Who is hired", HIRES, HIRE),
        _figures(content, "Does a higher score mean a better outcome?", CORRELATED, GRADES),
        _groups(content),
        _outcomes(content),
        _counterfactual(content),
    ]
    return render_page(
        "Evaluation of the recruiting models",
        sections,
        subtitle=f"Run {content['run_id']} · tested on {content['test']} · {content['cases']:,} cases",
        verdict=" ".join([headline(content), *content["alarms"]]),
    )


def headline(content: dict[str, Any]) -> str:
    """One sentence: the ranker compared with newest first."""
    own, plain = (value(content, model, "hr_at_10") for model in (CANDIDATE, "newest"))
    return (
        f"The vacancy that a candidate applies to next is among the first ten in {own:.1%} of the cases; newest first "
        f"has {plain:.1%}, of {content['open']:.0f} open vacancies."
    )


def value(content: dict[str, Any], model: str, metric: str) -> float:
    """One figure, nan when it was not measured."""
    found = [each for each in content["figures"] if (each["model"], each["metric"]) == (model, metric)]
    return float(found[0]["value"]) if found else float("nan")


def _figures(
    content: dict[str, Any], title: str, text: str, metrics: dict[str, str], labels: dict[str, str] = LABELS
) -> Section:
    by_name = {(each["model"], each["metric"]): each for each in content["figures"] if each["metric"] in metrics}
    models = list(dict.fromkeys(model for model, _ in by_name))
    rows = [(labels[model], *(_cell(by_name.get((model, metric))) for metric in metrics)) for model in models]
    table = Table(("order", *metrics.values()), rows)
    return Section(title, text, [*_plot(by_name, models, metrics, labels), table])


def _plot(
    by_name: dict[tuple[str, str], dict[str, Any]], models: list[str], metrics: dict[str, str], labels: dict[str, str]
) -> list[Plot]:
    """Every order by the first measure, with its interval; none if no order has it."""
    metric, name = next(iter(metrics.items()))
    found = [by_name[model, metric] for model in models if (model, metric) in by_name]
    if not found:
        return []
    values, low, high = ([_number(each[part]) for each in found] for part in ("value", "low", "high"))
    title = name[0].upper() + name[1:]
    return [Plot("rows", title, "order", [labels[each["model"]] for each in found], [Series(name, values, low, high)])]


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else value


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None or figure["value"] != figure["value"]:
        return "–"
    text = f"{figure['value']:.3f}"
    return text if figure["low"] != figure["low"] else f"{text} ({figure['low']:.3f} to {figure['high']:.3f})"


def _groups(content: dict[str, Any]) -> Section:
    header = ("group", "", "cases", "among the first ten", "low", "high", "newest first")
    columns = ("kind", "name", "cases", "hit", "low", "high", "plain")
    rows = [tuple(group[name] for name in columns) for group in content["groups"]]
    names = [f"{each['kind']}: {each['name']}" for each in content["groups"]]
    own, plain = ([_number(each[part]) for each in content["groups"]] for part in ("hit", "plain"))
    ends = ([_number(each[part]) for each in content["groups"]] for part in ("low", "high"))
    series = [Series("ranker", own, *ends), Series("newest first", plain)]
    plots = [Plot("rows", "Among the first ten, by group", "group", names, series, unit="percent")] if names else []
    return Section("For whom?", " ".join(content["group_sentences"]), [*plots, Table(header, rows)])


def _outcomes(content: dict[str, Any]) -> Section:
    header = ("area", "", "decided applications", "hired", "refused", "mean chance on the test days", "p")
    columns = ("area", "name", "applications", "hired", "refused", "chance", "p_value")
    rows = [tuple(each[name] for name in columns) for each in content["outcomes"]]
    tables = [Table(header, rows)] if rows else []
    return Section("Who was hired, by gender?", " ".join(content["outcome_sentences"]), tables)


def _counterfactual(content: dict[str, Any]) -> Section:
    found = content["counterfactual"]
    verdict = "No score changed" if found["largest_move"] <= MOVED else f"Scores changed by {found['largest_move']:.2g}"
    text = (
        f"{verdict} when {found['candidates']:,} candidates had a name of the other sex, words such as desenvolvedor "
        "and desenvolvedora were changed, and words for sex and family were added: both rankers and the match "
        f"classifier, {found['pairs']:,} pairs."
    )
    return Section("Does a person's name, sex or family change a score?", text)
