"""An evaluation that could not be judged is refused."""

import pytest

from pipelines.news.evaluation.step import evaluate, evaluate_service
from script_shared.errors import ReleaseMissingError, RunError, SettingsError
from tests.pipelines.news.small_run import context_of, make, refine

pytestmark = pytest.mark.slow


def test_without_a_release_in_service_there_is_nothing_to_evaluate(tmp_path):
    context = context_of(tmp_path, "r1")
    refine(context)
    with pytest.raises(ReleaseMissingError, match="no release is in service yet"):
        evaluate_service(context)


def test_a_run_assembled_from_other_data_is_refused(tmp_path):
    context = make(context_of(tmp_path, "r1"))
    refine(context, seed=5)
    with pytest.raises(RunError, match="assembled for users, articles and T"):
        evaluate(context)
    assert not context.run.complete("evaluated")


def test_a_judged_cutoff_that_is_not_measured_is_refused_before_the_work(tmp_path):
    with pytest.raises(SettingsError, match=r"gate\.cutoff 7 is not among evaluation\.cutoffs"):
        evaluate(context_of(tmp_path, "r1", "gate.cutoff = 7"))
