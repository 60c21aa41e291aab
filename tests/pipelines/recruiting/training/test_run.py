"""A small generated run, from tables to a release that answers."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.recruiting.evaluation import counterfactual as counterfactual_test
from pipelines.recruiting.evaluation.counterfactual import MOVED
from pipelines.recruiting.evaluation.outcome_groups import KIND
from pipelines.recruiting.sources.generated import generate
from pipelines.recruiting.sources.planted.personal import traces
from pipelines.recruiting.tables.reading import read_tables
from pipelines.recruiting.training import step
from pipelines.recruiting.training.encoder_fit import encode_all
from pipelines.recruiting.training.match_fit import refuse_giveaways
from pipelines.recruiting.training.models import Models
from pipelines.recruiting.training.records import Data, data_of
from pipelines.use_case import Context
from script_shared.errors import InputError, ReleaseCorruptError, UnavailableError
from script_shared.recruiting.features.match_features import NAMES
from script_shared.recruiting.features.world import World
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.recruiting.ranking.skills import FILLERS, compare, skills_of
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.store.figures import FigureStore
from script_shared.recruiting.texts import words
from script_shared.storage.tables import tables_address
from tests.pipelines.recruiting.conftest import do, make_context

pytestmark = pytest.mark.slow

TINY = (
    "generated.vacancies = 150",
    "generated.candidates = 400",
    "generated.applications = 1200",
    "encoder.width = 48",
    "encoder.learnt_width = 24",
    "encoder.max_terms = 3000",
    "ranker.cases = 200",
    "ranker.trees = 20",
    "ranker.min_leaf = 10",
    "match.trees = 20",
    "evaluation.resamples = 40",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Context:
    context = make_context(tmp_path_factory.mktemp("recruiting"), *TINY)
    do(context, "landing", "refine", "train", "evaluate")
    return context


@pytest.fixture
def matcher(run: Context) -> Matcher:
    return Matcher.load(run.run.read("trained"), "v1")


def data(run: Context) -> Data:
    return data_of(read_tables(run.run.read("refined")))


def figure(run: Context, model: str, metric: str) -> float:
    content = json.loads((run.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    return float(
        next(each["value"] for each in content["figures"] if (each["model"], each["metric"]) == (model, metric))
    )


def test_the_ranker_beats_the_newest_vacancies_on_planted_outcomes(run: Context) -> None:
    assert figure(run, "candidate", "mrr_at_10") > figure(run, "newest", "mrr_at_10") + 0.05
    page = (run.run.read("evaluated") / "report.html").read_text(encoding="utf-8")
    assert "No score changed" in page


def test_figures_by_planted_gender_and_the_counterfactual_of_scores_are_in_the_report(run: Context) -> None:
    content = json.loads((run.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in content["groups"] if each["kind"] == KIND} == {"man", "woman"}
    assert {each["name"] for each in content["outcomes"]} == {"man", "woman"}
    moved = content["counterfactual"]
    assert moved["pairs"] >= 200
    assert set(moved["scores"]) == {"ranker", "candidate_ranker", "match"}
    assert max(moved["scores"].values()) <= MOVED


def test_the_counterfactual_finds_a_word_that_changes_scores(run: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = data(run)
    models = Models.load(run.run.read("trained") / "held_out", 0)
    world = World(whole.vacancies, whole.candidates, *encode_all(whole, models.spaces.encoder).spaces(models.spaces))
    monkeypatch.setattr(counterfactual_test, "OTHER", {"java": "cobol", "sap": "excel"})
    moved = counterfactual_test.counterfactual(models, world, whole.candidates[:30], np.arange(5), int(whole.day.max()))
    assert moved.vectors > MOVED
    assert max(moved.scores.values()) > MOVED


def test_outcomes_of_applicants_are_measured_beside_trivial_orders(run: Context) -> None:
    for model in ("candidate", "learnt", "newest", "most_active", "same_area", "tfidf_text", "bm25"):
        assert figure(run, model, "recall_at_10") <= figure(run, model, "recall_at_100") <= 1
    for model in ("match", "candidate_ranker", "similarity", "latest_first"):
        assert -1 <= figure(run, model, "pearson") <= 1
        assert -1 <= figure(run, model, "spearman") <= 1
        assert figure(run, model, "graded_ndcg_at_10") > 0


def test_models_that_a_process_of_its_own_fits_are_the_same(run: Context, tmp_path: Path) -> None:
    until, own = run.run.facts("trained")["held_out_until"], run.run.read("trained") / "held_out"
    with step._beside(step.FEW + 1) as start:
        cases = start(step.fit_held_out, run.run.read("refined"), tmp_path, until, step.model_params(run.params))
    assert cases.result() == run.run.facts("trained")["held_out_cases"]
    boosters = sorted(path.relative_to(own) for path in own.rglob("*.txt"))
    assert len(boosters) >= 3
    assert [(own / name).read_text() == (tmp_path / name).read_text() for name in boosters] == [True] * len(boosters)


def test_a_vacancy_is_answered_with_candidates_and_reasons(matcher: Matcher) -> None:
    found = matcher.rank_candidates(3, None, 10)
    assert len(found) == 10
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0 <= each.match_probability <= 1 for each in found)
    reasons = matcher.reasons(found[0].row, 3)
    have = matcher.candidates.words_of(found[0].row)
    assert all(set(words(skill)) - FILLERS <= have for skill in reasons.skills.shared)
    assert not any(set(words(skill)) - FILLERS <= have for skill in reasons.skills.missing)
    assert matcher.candidates.record(found[0].row)["cv_text"] is None


def test_planted_skills_are_found_and_the_others_are_missing(run: Context, matcher: Matcher) -> None:
    truth = run.run.read("landing") / "truth"
    has = dict(pl.read_parquet(truth / "candidates.parquet").select("candidate_id", "skills").iter_rows())
    wants = dict(pl.read_parquet(truth / "vacancies.parquet").iter_rows())
    shared, lacking, missing = 0, 0, 0
    for row in matcher.open_vacancies().tolist()[:20]:
        phrases = {skill: f"Experiência com {skill}" for skill in wants[matcher.vacancies.id_of(row)]}
        named = {skill: text for skill, text in phrases.items() if text in skills_of(matcher.vacancies.get(row))}
        for each in matcher.rank_candidates(row, None, 10):
            found = compare(matcher.vacancies.get(row), matcher.candidates.words_of(each.row), most=100)
            planted = set(has[matcher.candidates.id_of(each.row)])
            assert {named[skill] for skill in planted & named.keys()} <= set(found.shared)
            shared += len(planted & named.keys())
            lacking += len(named.keys() - planted)
            missing += len({named[skill] for skill in named.keys() - planted} & set(found.missing))
    assert shared > 50
    assert missing > 0.7 * lacking > 50


def test_no_planted_personal_data_is_in_the_release_or_its_index(
    run: Context, matcher: Matcher, tmp_path: Path
) -> None:
    _, _, files = generate(tmp_path, run.params.generated)
    pieces = 0
    for row in range(len(matcher.candidates)):
        text = json.dumps(matcher.candidates.record(row), ensure_ascii=False, default=str)
        for piece in files.personal.get(matcher.candidates.id_of(row), ()):
            pieces += 1
            left = traces(f"{text} {' '.join(sorted(matcher.candidates.words_of(row)))}", piece)
            assert set(left) <= {"Paulo"}, "a city has this name, too"
    assert pieces >= 300
    secrets = {
        secret.encode()
        for own in files.personal.values()
        for piece in own
        if piece.kind != "name"
        for secret in piece.secrets
        if len(secret) >= 8 and not secret.isdigit()  # digits are in the numbers of trees, too
    }
    assert len(secrets) > 100
    for file in (path for path in run.run.read("trained").rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert [secret for secret in secrets if secret in content] == [], file.name


def test_what_is_added_is_found_at_once_and_what_is_erased_never_again(matcher: Matcher) -> None:
    row = matcher.add_candidate(Candidate("new", title="Fiandeira de algodão", cv="tear fiar algodão zz9"))
    assert matcher.search("zz9", "candidates", 3)[0][0] == row
    thing = matcher.add_vacancy(Vacancy("v-new", matcher.day, "Fiandeira de algodão zz9"))
    assert thing in matcher.open_vacancies()
    assert matcher.search("zz9", "vacancies", 3)[0][0] == thing
    matcher.add_application(row, thing, matcher.day)
    assert [entry[0] for entry in matcher.world.activity.of_candidate[row]] == [thing]
    matcher.erase_candidate(row)
    assert matcher.candidates.row("new") == -1
    assert row not in [found for found, _ in matcher.search("zz9", "candidates", 3)]
    assert matcher.world.activity.of_vacancy[thing] == []


def test_an_inline_pair_leaves_nothing_behind(matcher: Matcher) -> None:
    before = len(matcher.candidates), len(matcher.vacancies), len(matcher.world.vacancy_vectors("learnt"))
    found = matcher.match({"title": "Desenvolvedor", "cv_text": "java"}, {"title": "Desenvolvedor Java"})
    assert 0 <= found.match_probability <= 1
    assert before == (len(matcher.candidates), len(matcher.vacancies), len(matcher.world.vacancy_vectors("learnt")))


def test_a_damaged_release_is_refused(run: Context, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(run.run.read("trained"), tmp_path / "release")
    file = tmp_path / "release" / "ranker.txt"
    file.write_text(file.read_text(encoding="utf-8")[:2000], encoding="utf-8")
    with pytest.raises(ReleaseCorruptError, match="ends early"):
        Matcher.load(tmp_path / "release")


def test_what_comes_later_is_not_known_before(run: Context) -> None:
    whole = data(run)
    day = int(np.median(whole.day))
    known = whole.before(day)
    assert len(known.day) == int((whole.day < day).sum())
    assert known.updated.max() < day
    changed = whole.updated[whole.day < day] >= day
    assert changed.any()
    assert (known.grade[changed] == -1).all()


def test_a_planted_leak_is_refused_by_name() -> None:
    draw = np.random.default_rng(1)
    came = draw.random(500) < 0.2
    features = draw.normal(size=(500, len(NAMES))).astype(np.float32)
    refuse_giveaways(features, came, 0.95)
    features[:, NAMES.index("applicants")] = came + draw.normal(size=500) * 0.1
    with pytest.raises(InputError, match="the feature applicants alone predicts who is hired"):
        refuse_giveaways(features, came, 0.95)


def test_publishing_writes_the_figures_into_the_tables_and_works_without_them(
    run: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    version = do(run, "gate", "publish")["version"]
    store = FigureStore(tables_address(run.settings, "recruiting"))
    kept = {(each["model"], each["metric"]): each["value"] for each in store.of(version)}
    store.close()
    assert kept["candidate", "mrr_at_10"] == pytest.approx(figure(run, "candidate", "mrr_at_10"))

    def unreachable(*_: object) -> None:
        raise UnavailableError("the tables are unreachable.", fix="Check them.")

    monkeypatch.setattr(FigureStore, "put", unreachable)
    assert do(run, "publish")["version"] == version
    assert "are not in the tables" in caplog.text
