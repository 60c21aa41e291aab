"""Its steps, as the pipelines run them; and the same use case with trainings that start by themselves."""

from dataclasses import replace

from pipelines.use_case import Step, UseCase
from tests.fourth_use_case.model import MONITORED_PARAMS, PARAMS, LoansParams, MonitoredLoansParams

STEPS = "tests.fourth_use_case.steps"
LOANS = UseCase(
    name="loans",
    params_kind=LoansParams,
    params_file=PARAMS,
    data_steps=(
        Step("download", f"{STEPS}:download", about="copies the CSV"),
        Step("refine", f"{STEPS}:refine", about="checks every row"),
    ),
    training_steps=(
        Step("train", f"{STEPS}:train", about="fits the means"),
        Step("evaluate", f"{STEPS}:evaluate", about="measures them on the newest days"),
        Step("gate", f"{STEPS}:gate", about="compares them with the day before"),
        Step("publish", f"{STEPS}:publish", about="adds them to the releases"),
        Step("promote", "pipelines.publishing:promote", about="puts them into service"),
    ),
    sources=("csv",),
    schedule="0 5 * * *",
    evaluation=f"{STEPS}:evaluate_service",
    evaluation_schedule="0 6 * * 1",
    maintenance="pipelines.housekeeping:prune",
    check=f"{STEPS}:check",
)
MONITORED = replace(LOANS, params_kind=MonitoredLoansParams, params_file=MONITORED_PARAMS)
