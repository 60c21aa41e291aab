"""The recruiting use case: its steps in order, from the agency's files to a served release."""

from pipelines.use_case import Step, UseCase
from script_shared.recruiting.params import FILE, RecruitingParams

DATA_STEPS = (
    Step(
        "landing",
        "pipelines.recruiting.tables.landing:landing",
        about="reads or generates the files and drops what is personal; an unchanged input is linked",
    ),
    Step(
        "refine",
        "pipelines.recruiting.tables.refine:refine",
        about="makes checked tables of vacancies, candidates and applications; rejected rows are in `rejected.parquet`",
    ),
    Step(
        "quality", "pipelines.recruiting.quality:quality", about="writes the data card and compares the newest quarter"
    ),
)
TRAINING_STEPS = (
    Step(
        "train",
        "pipelines.recruiting.training:train",
        about="fits encoder, ranker and match model, and makes the index",
    ),
    Step(
        "evaluate",
        "pipelines.recruiting.evaluation:evaluate",
        about="measures them on later applications, compared with baselines",
    ),
    Step(
        "gate",
        "pipelines.recruiting.release.gate:gate",
        about="compares the figures with the release in service and the baselines",
    ),
    Step("publish", "pipelines.recruiting.release.publish:publish", about="adds the candidate to the releases"),
    Step(
        "index",
        "pipelines.recruiting.release.vectors:index",
        about="puts its vectors on the index server, where one is set, beside those of the release in service",
    ),
    Step("promote", "pipelines.publishing:promote", about="puts it into service"),
    Step(
        "track",
        "pipelines.tracking.step:track",
        always=True,
        about="records the run in MLflow where there is one, also a run that failed or was refused; it never fails",
    ),
)
RECRUITING = UseCase(
    name="recruiting",
    params_kind=RecruitingParams,
    params_file=FILE,
    data_steps=DATA_STEPS,
    training_steps=TRAINING_STEPS,
    sources=("generated", "json", "download", "files", "parquet"),
    erasure="pipelines.recruiting.erasure:releases_holding",
    maintenance="pipelines.recruiting.maintenance:prune",
    trained_runs="pipelines.tracking.run_facts:trained_runs",
    training_record="pipelines.recruiting.release.training_record:record_of",
    check="pipelines.recruiting.tables.landing:check",
)
