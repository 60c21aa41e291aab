"""Which errors are worth another try."""

import pytest
from airflow.sdk import RetryAction

from pipelines.airflow.retries import DELAY, POLICY
from script_shared import errors


@pytest.mark.parametrize(
    "error", [errors.TransientError("quota"), errors.UnavailableError("store"), ConnectionResetError(), TimeoutError()]
)
def test_what_did_not_answer_is_tried_again_after_a_pause(error: Exception) -> None:
    decision = POLICY.evaluate(error, try_number=1, max_tries=3)
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay == DELAY


@pytest.mark.parametrize(
    "error",
    [
        errors.InputError("bad file"),
        errors.SettingsError("bad key"),
        errors.SourceError("no such file"),
        errors.RunError("no data"),
        errors.ReleaseCorruptError("checksum"),
        KeyError("user"),
        ModuleNotFoundError("polars"),
        ZeroDivisionError(),
    ],
)
def test_what_would_fail_again_fails_at_once(error: Exception) -> None:
    assert POLICY.evaluate(error, try_number=1, max_tries=3).action is RetryAction.FAIL


def test_other_errors_are_tried_as_often_as_the_task_says() -> None:
    assert POLICY.evaluate(OSError("disk"), try_number=1, max_tries=3).action is RetryAction.DEFAULT
