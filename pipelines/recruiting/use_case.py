"""The recruiting use case: its steps in order, from the agency's files to a served release."""

from pipelines.common_steps import PROMOTE, TRACK, publish_step
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
    publish_step("pipelines.recruiting.release.publish:publish"),
    Step(
        "index",
        "pipelines.recruiting.release.vectors:index",
        about="puts its vectors on the index server, if one is set, beside those of the release in service",
    ),
    PROMOTE,
    TRACK,
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
    release_trial="pipelines.recruiting.release.trial:load_release",
    simulated_drift="pipelines.recruiting.sources.simulated_drift:simulated_drift",
    landing_source="json",
    fingerprint="pipelines.recruiting.sources.json_files:fingerprint",
    check="pipelines.recruiting.tables.landing:check",
    schedule="0 4 * * *",
)
