"""Decides which errors are retried: missing answers and killed processes, but never invalid input or bugs."""

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from script_shared.errors import PautaError, TransientError, UnavailableError

RETRIES = 3
DELAY = timedelta(seconds=30)
MISTAKES = [
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    TypeError,
    ValueError,
]

POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[TransientError, UnavailableError, ConnectionError, TimeoutError],
            action=RetryAction.RETRY,
            retry_delay=DELAY,
            reason="something did not answer; it may answer later",
        ),
        RetryRule(exception=PautaError, action=RetryAction.FAIL, reason="the same input would fail again"),
        RetryRule(exception=list(MISTAKES), action=RetryAction.FAIL, reason="a mistake in the code or its input"),
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "pauta",
    "retries": RETRIES,  # also spent when the task's process was killed, which raises nothing
    "retry_delay": DELAY,
    "retry_policy": POLICY,
    "execution_timeout": timedelta(hours=2),
}
